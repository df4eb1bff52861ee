"""Looking after a challenge that runs: who is invited, later dates, the end."""

from __future__ import annotations

from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from challenges.audience_form import people_named
from challenges.domain.closing import close_challenge, extend_dates
from challenges.domain.invitations import invite_by_name, withdraw_invitation
from challenges.enums import ChallengeState
from challenges.fetching import managed_challenge
from challenges.forms import ExtendForm, InviteForm
from challenges.models import Challenge, Invitation
from challenges.queries import INVITATIONS_BY_NAME, invitations_listed
from challenges.wording import why_asked_in_short
from crowdhub.common.errors import Refusal, put_refusal
from crowdhub.common.keyset import counted
from crowdhub.common.numbers import grouped
from crowdhub.people.models import Member
from crowdhub.people.names import shown_name
from crowdhub.people.signed_out import login_required

PAGE_SIZE = 50


@login_required
@require_http_methods(["GET", "POST"])
def invitations(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who is invited, why, and who has looked; a POST invites one more person by name."""
    member, challenge = _launched(request, public_id)
    form = InviteForm(request.POST or None)
    status = 200
    if request.method == "POST":
        if _invite(form, challenge, member):
            messages.success(request, _("The invitation is on its way."))
            return redirect("challenges:invitations", challenge.public_id)
        status = 422
    return _invitations_page(request, member, challenge, form, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def withdraw(request: HttpRequest, public_id: str, member_id: str) -> HttpResponse:
    """Take one invitation away, after asking."""
    member, challenge = _launched(request, public_id)
    invitation = get_object_or_404(
        Invitation.objects.select_related("member", "challenge"), challenge=challenge, member__public_id=member_id
    )
    name = shown_name(invitation.member, viewer=member)
    if request.method == "GET":
        context = {
            "heading": _("Withdraw this invitation?"),
            "question": "challenges/_withdraw.html",
            "challenge": challenge,
            "invitation": invitation,
            "name": name,
        }
        return render(request, "ask.html", context)
    try:
        withdraw_invitation(invitation, actor=member)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return _invitations_page(request, member, challenge, InviteForm(), status=refusal.status)
    messages.success(request, _("The invitation of %(name)s is withdrawn.") % {"name": name})
    return redirect("challenges:invitations", challenge.public_id)


@login_required
@require_http_methods(["GET", "POST"])
def extend(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let phases end later."""
    member, challenge = _launched(request, public_id)
    form = ExtendForm(request.POST or None, phases=list(challenge.phases.all()))
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                extend_dates(challenge, actor=member, ends=form.ends())
            except Refusal as refusal:
                put_refusal(form, refusal)
                status = refusal.status
            else:
                messages.success(request, _("The new dates are saved."))
                return redirect("pages:room", challenge.public_id)
    return render(request, "challenges/extend.html", {"form": form, "challenge": challenge}, status=status)


@login_required
@require_http_methods(["GET", "POST"])
def close(request: HttpRequest, public_id: str) -> HttpResponse:
    """End a challenge at once, after asking."""
    member, challenge = _launched(request, public_id)
    status = 200
    if request.method == "POST":
        try:
            close_challenge(challenge, actor=member)
        except Refusal as refusal:
            messages.warning(request, str(refusal))
            status = refusal.status
        else:
            messages.success(request, _("The challenge is closed."))
            return redirect("pages:room", challenge.public_id)
    return render(request, "challenges/close.html", {"challenge": challenge}, status=status)


def _launched(request: HttpRequest, public_id: str) -> tuple[Member, Challenge]:
    member, challenge = managed_challenge(request, public_id)
    if challenge.state == ChallengeState.DRAFT:
        raise Http404
    return member, challenge


def _invite(form: InviteForm, challenge: Challenge, actor: Member) -> bool:
    if not form.is_valid():
        return False
    found, problems = people_named(form.cleaned_data["who"])
    if problems or len(found) != 1:
        form.add_error("who", problems or [_("Invite one person at a time.")])
        return False
    try:
        invite_by_name(challenge, member=found[0], actor=actor)
    except Refusal as refusal:
        form.add_error("who", str(refusal))
        return False
    return True


def _invitations_page(
    request: HttpRequest, member: Member, challenge: Challenge, form: InviteForm, *, status: int
) -> HttpResponse:
    search = request.GET.get("q", "").strip()[:100]
    listed = invitations_listed(challenge, search=search)
    page, count = INVITATIONS_BY_NAME.page(listed, request.GET.dict(), size=PAGE_SIZE), counted(listed)
    reasons = why_asked_in_short(page.rows)
    context = {
        "challenge": challenge,
        "form": form,
        "page": page,
        "count": count,
        "count_shown": grouped(count.number),
        "rows": [(one, shown_name(one.member, viewer=member), reasons[one.pk]) for one in page.rows],
        "q": search,
        "query": f"{urlencode({'q': search})}&" if search else "",
    }
    return render(request, "challenges/invitations.html", context, status=status)
