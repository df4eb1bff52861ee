"""What changed between two versions of an idea: in words, and by files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

# Comparing words takes time by the square of their number, so long changed parts are shown as a whole.
MAX_WORDS: Final = 1500


@dataclass(frozen=True)
class Piece:
    """A stretch of text; kind: "same", "added" or "removed"."""

    kind: str
    text: str


@dataclass(frozen=True)
class FileChange:
    """A file that was added or taken away between two versions."""

    name: str
    is_new: bool


def file_changes(before: list[dict[str, str]], after: list[dict[str, str]]) -> list[FileChange]:
    """Return what was taken away and what was added, as lists that a Revision keeps; other bytes are another file."""
    return [
        *(FileChange(file["name"], is_new=False) for file in before if file not in after),
        *(FileChange(file["name"], is_new=True) for file in after if file not in before),
    ]


def differences(before: str, after: str) -> list[Piece]:
    """Return the pieces that make `before` (same and removed) and `after` (same and added) again."""
    pieces: list[Piece] = []
    for piece in _by_line(before, after):
        if pieces and pieces[-1].kind == piece.kind:
            piece = Piece(piece.kind, pieces.pop().text + piece.text)
        pieces.append(piece)
    return pieces


def _by_line(before: str, after: str) -> Iterator[Piece]:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    for tag, start, end, new_start, new_end in SequenceMatcher(None, old, new).get_opcodes():
        removed, added = "".join(old[start:end]), "".join(new[new_start:new_end])
        if tag == "replace":
            yield from _by_word(removed, added)
        else:
            yield from _pieces(tag, removed, added)


def _by_word(before: str, after: str) -> Iterator[Piece]:
    old, new = re.findall(r"\s+|\w+|[^\w\s]", before), re.findall(r"\s+|\w+|[^\w\s]", after)
    if len(old) > MAX_WORDS or len(new) > MAX_WORDS:
        yield from _pieces("replace", before, after)
        return
    for tag, start, end, new_start, new_end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        yield from _pieces(tag, "".join(old[start:end]), "".join(new[new_start:new_end]))


def _pieces(tag: str, removed: str, added: str) -> Iterator[Piece]:
    if tag == "equal":
        yield Piece("same", removed)
        return
    if removed:
        yield Piece("removed", removed)
    if added:
        yield Piece("added", added)
