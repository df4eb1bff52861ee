from __future__ import annotations

import contextlib
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation.trans_real import parse_accept_lang_header

from crowdhub.people.models import Member
from crowdhub.tenancy.context import current_organization


class MemberMiddleware:
    """Speak the member's language and time zone; a visitor gets the browser's, then the organization's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        member = request.user
        language = member.language if member.is_authenticated else _language_of_visitor(request)
        zone = member.timezone if member.is_authenticated else current_organization().timezone
        with translation.override(language), timezone.override(zone):
            response = self.get_response(request)
            if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                response = response.render()
            # Pages are of one reader: no cache on the way may keep one, and a signed-out browser asks again.
            response.headers.setdefault("Cache-Control", "private, no-cache")
            response.headers.setdefault("Content-Language", translation.get_language() or "en")
            return response


def speak_as_to(member: Member) -> None:
    """Speak the language and time zone of a member who signs in by other means than a session, until the answer ends.

    To be called within MemberMiddleware, which ends it.
    """
    translation.activate(member.language)
    timezone.activate(member.timezone)


def _language_of_visitor(request: HttpRequest) -> str:
    """Return the first language that the browser asks for and the pages speak, or else the organization's."""
    for asked, _weight in parse_accept_lang_header(request.headers.get("Accept-Language", "")):
        with contextlib.suppress(LookupError):
            return translation.get_supported_language_variant(asked)
    language: str = current_organization().language
    return language
