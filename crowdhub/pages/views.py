from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from challenges.enums import Action, ChallengeState
from challenges.rules import WHO_MANAGES, edit_challenge, has_open, manages, takes_part
from crowdhub.common import prefetching as ahead
from crowdhub.common.colour import accent_css
from crowdhub.common.http import refuse_unless
from crowdhub.pages import challenge as challenge_page
from crowdhub.pages import home as home_page
from crowdhub.pages.rate_words import rate_sentence
from crowdhub.pages.search import search_for
from crowdhub.people.request import member_of
from crowdhub.people.signed_out import login_required
from crowdhub.tenancy.context import current_organization
from ideas.queries import answer_rate
from ideas.rules import write_idea


@require_safe
@cache_control(private=True, max_age=3600)
def theme(request: HttpRequest) -> HttpResponse:
    """The organization's accent colour as a stylesheet, because a strict CSP allows no inline style."""
    return HttpResponse(accent_css(current_organization().accent_colour), content_type="text/css")


@require_safe
@cache_control(private=True, max_age=3600)
def prefetching(request: HttpRequest) -> HttpResponse:
    """Which links a browser may follow before they are clicked; a strict CSP allows no such list in the page itself."""
    return JsonResponse(ahead.rules(), content_type="application/speculationrules+json")


@login_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").replace("\0", "").strip()[:200]  # PostgreSQL cannot hold a NUL
    found = search_for(words, member=member_of(request))
    return render(request, "pages/search.html", {"words": words, "found": found})


@login_required
@require_safe
def guidelines(request: HttpRequest) -> HttpResponse:
    """What helps, what moderators do, and what happens with terms and points; the same for everybody."""
    return render(request, "pages/guidelines.html")


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    member = member_of(request)
    home_page.note_visit(member)
    asked, ideas = home_page.asked_of(member), list(home_page.latest_ideas_of(member))
    duties = home_page.duties_of(member)
    context = {
        "in_short": home_page.in_short(duties, asked, ideas),
        "asked": asked,
        "duties": duties,
        "ideas": ideas,
        "news": home_page.news_for(member),
        "first_steps": duties.steps,
    }
    return render(request, "pages/home.html", context)


@login_required
@require_safe
def challenge(request: HttpRequest, public_id: str) -> HttpResponse:
    member = member_of(request)
    shown = challenge_page.challenge_for(member, public_id)
    page = challenge_page.cards(shown, member).get_page(request.GET.get("page"))
    context = challenge_page.brief_context(shown, member) | {
        "why": challenge_page.welcome(shown, member),
        "manages": manages(member, shown),
        "takes_ideas": write_idea(member, shown),
        "takes_votes": takes_part(member, shown) and has_open(shown, Action.VOTE),
        "rate": rate_sentence(answer_rate(shown)),
        "page": page,
        "ideas": challenge_page.dress(list(page), viewer=member),
    }
    return render(request, "pages/challenge.html", context)


@login_required
@require_safe
def preview(request: HttpRequest, public_id: str) -> HttpResponse:
    """A draft's page as those will see it whom it asks; what they can do there waits for the launch."""
    member = member_of(request)
    shown = challenge_page.challenge_for(member, public_id)
    refuse_unless(edit_challenge, member, shown, WHO_MANAGES)
    if shown.state != ChallengeState.DRAFT:
        return redirect("pages:challenge", shown.public_id)
    why = challenge_page.sample_welcome(shown)
    context = challenge_page.brief_context(shown, member) | {"is_preview": True, "why": why}
    return render(request, "pages/challenge.html", context)
