"""What changed between two versions of an idea: in words, or whole parts where that would take long, and by files."""

from __future__ import annotations

import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final

# A step compares two lines or words once. Anybody can write two texts that differ in everything, and every reader's
# visit compares them again. Some 350 changed lines are found so, and 150 changed words of one part.
MOST_STEPS: Final = 150_000
MOST_FOR_LINES: Final = MOST_STEPS // 2
MOST_FOR_A_PART: Final = MOST_STEPS // 10  # of lines that became others, word by word

_Block = tuple[int, int, int]  # where it begins in the old and in the new sequence, and how long both are alike


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


@dataclass(frozen=True)
class Comparison:
    """The pieces that make the old text (same and removed) and the new one (same and added) again.

    `is_rough` when something was too long to be compared in detail, and stands there as a whole.
    """

    pieces: list[Piece]
    is_rough: bool
    steps: int


def compare(before: str, after: str) -> Comparison:
    """Compare two texts in at most MOST_STEPS steps, whatever they say."""
    effort = _Effort()
    pieces: list[Piece] = []
    for piece in _by_line(before, after, effort):
        if pieces and pieces[-1].kind == piece.kind:
            piece = Piece(piece.kind, pieces.pop().text + piece.text)
        pieces.append(piece)
    return Comparison(pieces, effort.was_too_little, effort.steps)


class _Effort:
    """Counts steps, and remembers whether there were too few of them."""

    def __init__(self) -> None:
        self.steps = 0
        self.was_too_little = False

    def room(self, most: int) -> int:
        return min(most, MOST_STEPS - self.steps)


def _by_line(before: str, after: str, effort: _Effort) -> Iterator[Piece]:
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    head, tail = _alike_at_the_ends(old, new, effort)
    yield from _pieces("same", old[:head])
    middle, new_middle = old[head : len(old) - tail], new[head : len(new) - tail]
    blocks = _alike(middle, new_middle, effort, MOST_FOR_LINES)
    if blocks is None:
        yield from _replaced(middle, new_middle)
    else:
        for removed, added, same in _walk(middle, new_middle, blocks):
            yield from _by_word("".join(removed), "".join(added), effort)
            yield from _pieces("same", same)
    yield from _pieces("same", old[len(old) - tail :])


def _by_word(before: str, after: str, effort: _Effort) -> Iterator[Piece]:
    old, new = re.findall(r"\s+|\w+|[^\w\s]", before), re.findall(r"\s+|\w+|[^\w\s]", after)
    blocks = _alike(old, new, effort, MOST_FOR_A_PART)
    for removed, added, same in _walk(old, new, blocks or []):
        yield from _replaced(removed, added)
        yield from _pieces("same", same)


def _walk(
    old: Sequence[str], new: Sequence[str], blocks: list[_Block]
) -> Iterator[tuple[Sequence[str], Sequence[str], Sequence[str]]]:
    """Yield what was removed, what was added in its place, and what stayed behind that."""
    at, new_at = 0, 0
    for start, new_start, length in [*blocks, (len(old), len(new), 0)]:
        yield old[at:start], new[new_at:new_start], old[start : start + length]
        at, new_at = start + length, new_start + length


def _replaced(removed: Sequence[str], added: Sequence[str]) -> Iterator[Piece]:
    yield from _pieces("removed", removed)
    yield from _pieces("added", added)


def _pieces(kind: str, texts: Sequence[str]) -> Iterator[Piece]:
    if texts:
        yield Piece(kind, "".join(texts))


def _alike_at_the_ends(old: Sequence[str], new: Sequence[str], effort: _Effort) -> tuple[int, int]:
    shorter = min(len(old), len(new), MOST_FOR_LINES // 2)
    head = next((place for place in range(shorter) if old[place] != new[place]), shorter)
    left = min(min(len(old), len(new)) - head, MOST_FOR_LINES // 2)
    tail = next((place for place in range(left) if old[-1 - place] != new[-1 - place]), left)
    effort.steps += head + tail
    return head, tail


def _alike(old: Sequence[str], new: Sequence[str], effort: _Effort, most: int) -> list[_Block] | None:
    """Return the longest common subsequence in blocks, or None when it is not found in that many steps.

    E. W. Myers, An O(ND) Difference Algorithm and Its Variations, 1986. A diagonal holds the places (x, y) of both
    sequences with the same x - y; the nth round tells how far x comes on each of them with n changes, -1 for nowhere.
    """
    if not old or not new:
        return []
    last = effort.steps + effort.room(most)
    rounds: list[array[int]] = []
    while effort.steps < last:
        changes = len(rounds)
        reached = _starts(rounds, len(old), len(new))
        effort.steps += len(reached)
        for place, x in enumerate(reached):
            y = start = x - (2 * place - changes)
            if x < 0 or effort.steps >= last:
                continue
            while x < len(old) and y < len(new) and old[x] == new[y]:
                x += 1
                y += 1
            effort.steps += y - start
            reached[place] = x
            if x == len(old) and y == len(new):
                return _blocks(rounds, x, y)
        rounds.append(reached)
    effort.was_too_little = True
    return None


def _starts(rounds: list[array[int]], most: int, new_most: int) -> array[int]:
    """Return from where the next round goes on along each diagonal: one change behind where the last one came."""
    if not rounds:
        return array("i", [0])
    before = rounds[-1]
    lowest = -len(rounds)
    added = (x if x - lowest - 2 * place <= new_most else -1 for place, x in enumerate(before))
    removed = (x + 1 if 0 <= x < most else -1 for x in before)
    return array("i", map(max, chain(added, (-1,)), chain((-1,), removed)))


def _blocks(rounds: list[array[int]], x: int, y: int) -> list[_Block]:
    """Go back from the end of both sequences to their beginning."""
    found: list[_Block] = []
    while True:
        changes = len(rounds)
        place = (x - y + changes) // 2
        start = _starts(rounds, x, y)[place]
        if x > start:
            found.append((start, start - (x - y), x - start))
        if changes == 0:
            return found[::-1]
        y = start - (x - y)
        x = start
        before = rounds.pop()
        if place < changes and before[place] == x and y > 0:
            y -= 1  # something was added
        else:
            x -= 1
