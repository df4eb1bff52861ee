from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from challenges.enums import Action
from challenges.fetching import visible_challenge
from challenges.queries import has_accepted_terms
from challenges.rules import has_open, takes_part
from crowdhub.people.signed_out import login_required


@login_required
@require_GET
def terms(request: HttpRequest, public_id: str) -> HttpResponse:
    """The terms under which ideas are handed in; they are accepted before the first idea, and a link leads there."""
    member, challenge = visible_challenge(request, public_id)
    if challenge.terms is None:
        raise Http404
    accepted = has_accepted_terms(member, challenge)
    context = {
        "challenge": challenge,
        "accepted": accepted,
        "may_accept": not accepted and has_open(challenge, Action.SUBMIT) and takes_part(member, challenge),
    }
    return render(request, "challenges/terms.html", context)
