from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from crowdhub.tenancy.context import current_organization


class MemberMiddleware:
    """Speak the member's language and time zone; a visitor gets the browser's, then the organization's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        member = request.user
        language = member.language if member.is_authenticated else translation.get_language_from_request(request)
        zone = member.timezone if member.is_authenticated else current_organization().timezone
        with translation.override(language), timezone.override(zone):
            response = self.get_response(request)
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response = response.render()
            # Pages are of one reader: no cache on the way may keep one, and a signed-out browser asks again.
            response.headers.setdefault("Cache-Control", "private, no-cache")
            response.headers.setdefault("Content-Language", translation.get_language() or "en")
            return response
