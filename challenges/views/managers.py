"""Who looks after a challenge, on a page that needs no script: managers, deputies and moderators."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from challenges import rules
from challenges.domain.managing import appoint_manager, appoint_moderator, dismiss_manager, dismiss_moderator
from challenges.enums import ManagerPart
from challenges.fetching import managed_challenge
from challenges.models import Challenge, ChallengeManager, ChallengeModerator
from challenges.queries import managed_by, managers_listed, moderators_listed, people_to_appoint
from crowdhub.common.errors import Refusal
from crowdhub.common.http import refuse_unless
from crowdhub.people.models import Member
from crowdhub.people.names import shown_name
from crowdhub.people.signed_out import login_required

MODERATOR = "moderator"  # what the form says for somebody who is to moderate, beside the parts of managers
MOST_FOUND = 20  # whoever is looked for is named more precisely then


@login_required
@require_http_methods(["GET", "POST"])
def managers(request: HttpRequest, public_id: str) -> HttpResponse:
    """Who looks after a challenge and who could; a POST adds somebody, or changes their part as a manager."""
    member, challenge = managed_challenge(request, public_id)
    if request.method == "GET":
        return _page(request, member, challenge)
    _check_may_appoint(member, challenge)
    appointed = Member.objects.filter(public_id=request.POST.get("member", "")[:10]).first()
    part = request.POST.get("part", ManagerPart.MANAGER)
    if appointed is None or part not in (*ManagerPart.values, MODERATOR):
        return _page(request, member, challenge, refused=_("Choose somebody from the list."), status=422)
    try:
        _appoint(challenge, appointed, part, actor=member)
    except Refusal as refusal:
        return _page(request, member, challenge, refused=str(refusal), status=refusal.status)
    messages.success(request, _told(appointed, part, viewer=member))
    return redirect("challenges:managers", challenge.public_id)


@login_required
@require_POST
def remove(request: HttpRequest, public_id: str, member_id: str) -> HttpResponse:
    """Take the challenge from one of its managers; whoever takes it from themselves goes back to their list."""
    done = _("%(name)s no longer manages this challenge.")
    return _take_away(request, public_id, member_id, managers_listed, dismiss_manager, done)


@login_required
@require_POST
def remove_moderator(request: HttpRequest, public_id: str, member_id: str) -> HttpResponse:
    """Take the moderation of a challenge from somebody."""
    done = _("%(name)s no longer moderates this challenge.")
    return _take_away(request, public_id, member_id, moderators_listed, dismiss_moderator, done)


def _take_away(
    request: HttpRequest,
    public_id: str,
    member_id: str,
    listed: Callable[[Challenge], QuerySet[Any]],
    dismiss: Callable[..., None],
    done: str,
) -> HttpResponse:
    member, challenge = managed_challenge(request, public_id)
    _check_may_appoint(member, challenge)
    removed = get_object_or_404(listed(challenge), member__public_id=member_id).member
    try:
        dismiss(challenge, member=removed, actor=member)
    except Refusal as refusal:
        return _page(request, member, challenge, refused=str(refusal), status=refusal.status)
    messages.success(request, done % {"name": shown_name(removed, viewer=member)})
    if not managed_by(member).filter(pk=challenge.pk).exists():
        return redirect("challenges:list")
    return redirect("challenges:managers", challenge.public_id)


def _check_may_appoint(member: Member, challenge: Challenge) -> None:
    refuse_unless(rules.appoint_people, member, challenge, rules.WHO_APPOINTS)


def _appoint(challenge: Challenge, member: Member, part: str, *, actor: Member) -> None:
    if part == MODERATOR:
        appoint_moderator(challenge, member=member, actor=actor)
    else:
        appoint_manager(challenge, member=member, part=ManagerPart(part), actor=actor)


def _told(appointed: Member, part: str, *, viewer: Member) -> str:
    name = {"name": shown_name(appointed, viewer=viewer)}
    if part == MODERATOR:
        return _("%(name)s is now a moderator of this challenge.") % name
    if part == ManagerPart.DEPUTY:
        return _("%(name)s is now a deputy for this challenge.") % name
    return _("%(name)s is now a manager of this challenge.") % name


def _page(
    request: HttpRequest, member: Member, challenge: Challenge, *, refused: str = "", status: int = 200
) -> HttpResponse:
    search = request.GET.get("q", "").strip()[:100]
    may_appoint = rules.appoint_people(member, challenge)
    found = list(people_to_appoint(challenge, search=search)[: MOST_FOUND + 1]) if may_appoint else []
    managing = list(managers_listed(challenge))
    context = {
        "challenge": challenge,
        "managers": _named((one for one in managing if one.part == ManagerPart.MANAGER), member),
        "deputies": _named((one for one in managing if one.part == ManagerPart.DEPUTY), member),
        "moderators": _named(moderators_listed(challenge), member),
        "may_appoint": may_appoint,
        "found": [(person, shown_name(person, viewer=member)) for person in found[:MOST_FOUND]],
        "are_more": len(found) > MOST_FOUND,
        "q": search,
        "refused": refused,
    }
    return render(request, "challenges/managers.html", context, status=status)


def _named(
    appointed: Iterable[ChallengeManager] | Iterable[ChallengeModerator], viewer: Member
) -> list[tuple[Member, str, bool]]:
    """Return members, the names to show, and whether their part sleeps because they have lost the role for it."""
    return [
        (one.member, shown_name(one.member, viewer=viewer), not getattr(one, "is_acting", True)) for one in appointed
    ]
