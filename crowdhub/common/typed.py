"""What somebody typed into a form that could not be taken, for the page that answers it.

Without JavaScript the text is nowhere else: so whatever refuses a form hands it back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.utils.functional import Promise
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _

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


def kept(request: HttpRequest) -> dict[str, Any]:
    """Return what templates/errors/typed.html shows: the texts, whether files were sent, and where the form stands."""
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
