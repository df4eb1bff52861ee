"""What is too much for any page, refused before it is read."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

LARGEST_REQUEST: Final = 24 * 1024 * 1024  # bytes; above the largest file that an import takes


class SizeLimitMiddleware:
    """Refuse (413) what is larger than any form takes.

    Django bounds the fields of a form, but writes files to the disk whatever their size and whoever sends them. A body
    without a length is none: WSGI reads no further than the length that was told.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        length = str(request.META.get("CONTENT_LENGTH") or "")
        if length.isascii() and length.isdigit() and int(length) > LARGEST_REQUEST:
            # The rest of the body is still to come, so the connection cannot carry another request.
            return HttpResponse("Too large", status=413, content_type="text/plain", headers={"Connection": "close"})
        return self.get_response(request)
