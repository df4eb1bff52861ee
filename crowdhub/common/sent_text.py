"""Everything that visitors send is cleaned before any form or query has it, so that no new one can forget to."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, TypeVar, cast

from django.http import Http404, HttpRequest, HttpResponse, QueryDict, UnreadablePostError

from crowdhub.common.characters import clean_sent, is_clean, mark_asked

Fields = TypeVar("Fields", bound=QueryDict)

# Part of the names of fields out of which nothing is taken, because only their owner knows what is right; these fields
# refuse what cannot be stored.
_LEFT_ALONE: Final = "password"
_CHARSET: Final = re.compile(r";\s*charset\s*=[^;]*", re.IGNORECASE)


def read_as_utf8(application: Callable[..., Any]) -> Callable[..., Any]:
    """Wrap a WSGI application so that it takes every request for UTF-8, as browsers send it, whatever it calls itself.

    Some of Python's encodings are no texts at all, and in others halves of characters can be said.
    """

    def answer(environ: dict[str, Any], start_response: Any) -> Any:
        if "CONTENT_TYPE" in environ:
            environ["CONTENT_TYPE"] = _CHARSET.sub("", environ["CONTENT_TYPE"])
        return application(environ, start_response)

    return answer


class SentTextMiddleware:
    """Clean the form, the query and the cookies; an address with such a character in it leads nowhere (404).

    Bodies of the API are cleaned by its parsers, because only they know what is in them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.GET = cleaned(request.GET, mark_asked)
        if not all(map(is_clean, request.COOKIES.values())):
            request.COOKIES = {name: value for name, value in request.COOKIES.items() if is_clean(value)}
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if not all(is_clean(value) for value in (*args, *kwargs.values()) if isinstance(value, str)):
            raise Http404
        # The views of the API, among the few others that need no token, read their bodies themselves.
        if not getattr(view, "csrf_exempt", False):
            clean_form(request)


def clean_form(request: HttpRequest) -> None:
    """Let `request.POST` have clean texts alone."""
    try:
        sent = request.POST
    except UnreadablePostError:
        return  # whoever needs it finds out that the connection is gone
    request.POST = cleaned(sent)


def cleaned(sent: Fields, clean: Callable[[str], str] = clean_sent) -> Fields:
    """Return the fields with clean names and values, or the same ones where they are so."""
    lists = {
        mark_asked(name): values if _LEFT_ALONE in name else [clean(value) for value in values]
        for name, values in sent.lists()
    }
    if lists == dict(sent.lists()):
        return sent
    fresh = QueryDict(mutable=True, encoding=sent.encoding)
    for name, values in lists.items():
        fresh.setlist(name, values)
    fresh._mutable = False
    return cast(Fields, fresh)
