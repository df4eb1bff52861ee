"""Which pages a browser may fetch before somebody opens them, and an answer to those who ask for any other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.urls import reverse

# To show one of these changes nothing and is on no record. The home page notes a visit, a challenge that its invitation
# was seen, an idea that somebody had it before their eyes, a case who holds it: none of that is true before the click.
QUIET: Final = ("challenges:list", "ideas:mine", "inbox:list", "rewards:mine", "rewards:board")
RULES: Final = "pages:prefetching"


def rules() -> dict[str, Any]:
    """Return the speculation rules: a link to a quiet page is fetched when the pointer rests on it or goes down.

    What was fetched is thrown away with the page that the link stands on, so that nobody misses their own changes.
    """
    anywhere = [{"href_matches": reverse(name)} for name in QUIET]
    return {"prefetch": [{"where": {"or": anywhere}, "eagerness": "moderate"}]}


class PrefetchMiddleware:
    """Name the rules with every page, and have nothing else fetched ahead of time."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.headers.get("Content-Type", "").startswith("text/html") and request.user.is_authenticated:
            response.headers.setdefault("Speculation-Rules", f'"{reverse(RULES)}"')
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """Refuse (503) what is fetched ahead and is not quiet; the browser asks again when the page is wanted."""
        match = request.resolver_match
        ahead = request.headers.get("Sec-Purpose", "").startswith("prefetch")
        if not ahead or (match is not None and match.view_name in QUIET):
            return None
        return HttpResponse(status=503, headers={"Cache-Control": "no-store"})
