"""What is too much for any page, refused before it is read."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

LARGEST_REQUEST: Final = 24 * 1024 * 1024  # bytes; above the largest file that an import takes
# A browser hears an answer only when it has said everything; whoever sends more than this need not hear it.
LARGEST_HEARD: Final = 10 * LARGEST_REQUEST
AT_ONCE: Final = 64 * 1024


class SizeLimitMiddleware:
    """Refuse (413) what is larger than any form takes.

    Django bounds the fields of a form, but writes files to the disk whatever their size and whoever sends them. A body
    without a length is none: WSGI reads no further than the length that was told.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        told = str(request.META.get("CONTENT_LENGTH") or "")
        length = int(told) if told.isascii() and told.isdigit() else 0
        if length <= LARGEST_REQUEST:
            return self.get_response(request)
        if length <= LARGEST_HEARD:
            while request.read(AT_ONCE):
                pass
        response = _problem(request) if request.path.startswith("/api/") else _page(request)
        # Not all of the body may have been read, so the connection cannot carry another request.
        response.headers["Connection"] = "close"
        return response


def _page(request: HttpRequest) -> HttpResponse:
    # Nobody knows yet whose page it is.
    with translation.override(translation.get_language_from_request(request)):
        return HttpResponse(render_to_string("413.html"), status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def _problem(request: HttpRequest) -> HttpResponse:
    """Answer as crowdhub.api does, which is above this layer."""
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    data = {
        "type": "about:blank",
        "title": status.phrase,
        "status": int(status),
        "detail": _("This is more than can be sent at once."),
        "instance": request.path,
        "errors": [],
    }
    return JsonResponse(data, status=status, content_type="application/problem+json")
