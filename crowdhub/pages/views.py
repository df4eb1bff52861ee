from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from crowdhub.common.colour import accent_css
from crowdhub.pages.search import search_for
from crowdhub.people.request import member_of
from crowdhub.tenancy.context import current_organization


@require_safe
@cache_control(private=True, max_age=3600)
def theme(request: HttpRequest) -> HttpResponse:
    """The organization's accent colour as a stylesheet, because a strict CSP allows no inline style."""
    return HttpResponse(accent_css(current_organization().accent_colour), content_type="text/css")


@login_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    words = request.GET.get("q", "").strip()[:200]
    found = search_for(words, member=member_of(request))
    return render(request, "pages/search.html", {"words": words, "found": found})


@login_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    return render(request, "pages/home.html", {})


@login_required
@require_safe
def challenge(request: HttpRequest, public_id: str) -> HttpResponse:
    return render(request, "pages/challenge.html", {})
