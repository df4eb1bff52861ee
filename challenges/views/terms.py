from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from challenges.domain.terms import accept_terms
from challenges.queries import has_accepted_terms
from challenges.views.fetching import visible_challenge
from crowdhub.common.errors import Refusal
from crowdhub.people.signed_out import login_required


@login_required
@require_GET
def terms(request: HttpRequest, public_id: str) -> HttpResponse:
    """The terms under which ideas are handed in, and the way to accept them."""
    member, challenge = visible_challenge(request, public_id)
    if challenge.terms is None:
        raise Http404
    context = {
        "challenge": challenge,
        "accepted": has_accepted_terms(member, challenge),
        "next": request.GET.get("next", ""),
    }
    return render(request, "challenges/terms.html", context)


@login_required
@require_POST
def accept(request: HttpRequest, public_id: str) -> HttpResponse:
    """Accept the terms, and go back to where the member came from."""
    member, challenge = visible_challenge(request, public_id)
    try:
        accept_terms(challenge, member=member)
    except Refusal as refusal:
        messages.warning(request, str(refusal))
        return render(
            request, "challenges/terms.html", {"challenge": challenge, "accepted": True, "next": ""}, status=409
        )
    messages.success(request, _("You have accepted the terms."))
    return redirect(_back(request) or reverse("pages:challenge", args=[challenge.public_id]))


def _back(request: HttpRequest) -> str:
    """Return the address on this host that the form wants to lead on to, if it is one."""
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if is_ours else ""
