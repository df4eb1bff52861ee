"""What somebody gets whose session has ended: a page to sign in, and whatever they typed meanwhile.

A form is sent to its address before anybody can know that its sender is signed out, and without JavaScript its text
is nowhere else. So the answer to it holds the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import wraps
from typing import Any, Final, TypeVar, cast
from urllib.parse import urlsplit

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

View = TypeVar("View", bound=Callable[..., HttpResponseBase])
SECRET: Final = re.compile("password|csrf|code")
LINE: Final = 60  # characters that are short enough for a field of one line
SEVERAL_WORDS: Final = re.compile(r"\S\s+\S")
# How the fields are called into which people write; a word in any other field is a choice, a mark or an id.
WRITTEN_IN: Final[dict[str, str | Promise]] = {
    "title": _("Title"),
    "name": _("Name"),
    "email": _("E-mail address"),
    "body": _("Text"),
    "text": _("Text"),
    "names": _("Skills"),
    "new_terms": _("Text"),
    "reason": _("Reason"),
    "reasons": _("Reasons"),
    "objective": _("Objective"),
    "why_it_matters": _("Why it matters"),
    "good_answer": _("What a good answer looks like"),
    "success_measure": _("Success measure"),
}


@dataclass(frozen=True)
class Typed:
    """A text that was sent, and what its field is called."""

    label: str | Promise
    text: str

    @property
    def is_line(self) -> bool:
        return "\n" not in self.text and len(self.text) <= LINE

    @property
    def rows(self) -> int:
        """How many lines show enough of it."""
        return min(14, self.text.count("\n") + len(self.text) // LINE + 1)


def login_required(view: View) -> View:
    """Let only members in; a visitor is led to the sign-in page, and one who sent a form gets its text back (401)."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.method != "POST":
            return redirect_to_login(request.get_full_path())
        # Not by redirect for htmx either: it leaves the page alone at a 401, with the text on it.
        return render(request, "people/signed_out.html", _kept(request), status=401)

    return cast(View, answer)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that is not surely its sender's own: its session is another one by now, or another site sent it."""
    context: dict[str, Any] = {"no_cookie": reason == REASON_NO_CSRF_COOKIE}
    # Nobody may put words on our pages from elsewhere, as if the reader had typed them.
    if not reason.startswith(("Origin", "Referer")):
        context |= _kept(request)
    return render(request, "403_csrf.html", context, status=403)


def _kept(request: HttpRequest) -> dict[str, Any]:
    return {"typed": list(_typed_in(request)), "has_files": bool(request.FILES), "form_page": _page_of_form(request)}


def _typed_in(request: HttpRequest) -> Iterator[Typed]:
    for name, values in request.POST.lists():
        known = WRITTEN_IN.get(name.rpartition("-")[2])
        for text in values:
            is_written = SEVERAL_WORDS.search(text) or (known and text.strip())
            if is_written and not SECRET.search(name):
                yield Typed(known or _("Text"), text)


def _page_of_form(request: HttpRequest) -> str:
    """Return the address where the form stands, which may be another one than it is sent to."""
    page = request.headers.get("Referer", "")
    here = url_has_allowed_host_and_scheme(page, {request.get_host()}, require_https=request.is_secure())
    if not page or not here:
        return request.get_full_path()
    parts = urlsplit(page)
    return f"{parts.path}?{parts.query}" if parts.query else parts.path
