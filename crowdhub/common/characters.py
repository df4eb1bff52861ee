"""Characters that no text of a person has: taken out wherever text comes in, because nobody misses what nobody sees.

Mail and spreadsheets cannot hold some of them, PostgreSQL cannot hold others, and marks that turn the direction of a
line make a name look like another one.
"""

from __future__ import annotations

import re
from typing import Any, Final

# What ends a line in one system or another; word processors paste the second one.
_LINE_ENDS: Final = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
# Control characters but tab and line end, halves of a character, the byte order mark, and what XML excludes besides.
_NEVER: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff\ufffe\uffff]")
_TURNING: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
# Spaces, joiners, marks of direction, and letters that some scripts fill a place with.
_UNSEEN: Final = re.compile(
    "[\\s\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u2800\u3164\uffa0]+"
)


def clean_text(text: str) -> str:
    """Return a text of any length with its lines ended by LF, and without what is no character of a text."""
    return _NEVER.sub("", _LINE_ENDS.sub("\n", text))


def clean_line(text: str) -> str:
    """Return a name or a title: one line, of which nothing turns the reading direction."""
    return _TURNING.sub("", clean_text(text)).replace("\n", " ").replace("\t", " ")


def clean_sent(text: str) -> str:
    """Return what somebody sent or imported, before it is known what it is for; nothing where nothing can be seen."""
    cleaned = clean_text(text)
    return "" if not cleaned.isspace() and _UNSEEN.fullmatch(cleaned) else cleaned


def mark_asked(text: str) -> str:
    """Return what somebody asks for, with a mark where such a character was: a filter then finds nothing, not all."""
    return _NEVER.sub("\ufffd", _LINE_ENDS.sub("\n", text))


def clean_data(data: Any) -> Any:
    """Return what was sent as JSON with every text in it clean, the names of its fields as well."""
    if isinstance(data, str):
        return clean_sent(data)
    if isinstance(data, list):
        return [clean_data(inner) for inner in data]
    if isinstance(data, dict):
        return {clean_text(name): clean_data(inner) for name, inner in data.items()}
    return data


def is_clean(text: str) -> bool:
    """Tell whether a text has none of the characters that no text has."""
    return _NEVER.search(text) is None
