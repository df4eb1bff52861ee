from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from django import template
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from ideas.differences import Piece

register = template.Library()

ELEMENTS: Final = {"same": ("", ""), "added": ("<ins>", "</ins>"), "removed": ("<del>", "</del>")}


@register.simple_tag
def marked(pieces: Iterable[Piece], show: object = True) -> SafeString:
    """A text with what was added and removed; plain when there is nothing to compare with (`show` is empty)."""
    # The elements are ours; every text is escaped by format_html_join.
    marks = {kind: tuple(map(SafeString, ELEMENTS[kind if show else "same"])) for kind in ELEMENTS}
    return format_html_join("", "{}{}{}", ((marks[one.kind][0], one.text, marks[one.kind][1]) for one in pieces))
