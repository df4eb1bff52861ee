"""The pages of what may not be, is not there, or came too late: they hand back whatever was typed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from crowdhub.common.errors import Refusal
from crowdhub.common.typed import kept


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what the reader may not do, with the reason."""
    return _page(request, 403, str(exception))


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer what is not there, or not for the reader; nothing tells which."""
    return _page(request, 404)


class RefusalMiddleware:
    """Answers a refusal of the domain that no view expected: something has changed while the request was under way.

    Nothing is kept of what the view has written before. The transaction is not marked yet, because the answer, and the
    session that is saved after it, still need one that works.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, Refusal):
            return None
        request.keeps_nothing = True  # type: ignore[attr-defined]  # a request grows by middleware
        status = 403 if exception.status == 403 else 409
        return _page(request, status, str(exception))


def _page(request: HttpRequest, status: int, reason: str = "") -> HttpResponse:
    context = {"reason": reason} | _handed_back(request)
    response = render(request, f"{status}.html", context, status=status)
    if reason:
        response.headers["X-Reason"] = quote(reason)  # for static/js/trouble.js, where htmx asked for a part of a page
    return response


def _handed_back(request: HttpRequest) -> dict[str, Any]:
    """Return what was typed, where the token of its form was checked.

    Nobody may put words on our pages from elsewhere; and a form that nobody has read yet may be one that cannot be.
    """
    is_own = request.method == "POST" and getattr(request, "csrf_processing_done", False)
    return kept(request) if is_own else {}
