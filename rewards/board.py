"""The leaderboard as one reader sees it: the top, and the reader's own place with the three nearest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from crowdhub.people.models import Member
from crowdhub.people.names import shown_name
from rewards.queries import listed_standings, with_places

TOP = 10
NEIGHBOURS = 3


@dataclass(frozen=True)
class BoardRow:
    rank: int
    row: int
    name: str
    points: int
    is_reader: bool


@dataclass(frozen=True)
class Board:
    """`around` is empty when the reader is not on the board, or stands among the top anyway."""

    top: list[BoardRow]
    around: list[BoardRow]
    own: BoardRow | None


def board_for(reader: Member, *, newcomers: bool = False) -> Board:
    """Return the leaderboard, or the newcomers' one, in three queries."""
    standings = listed_standings(newcomers=newcomers)
    first, last = _window(standings, reader)
    places = with_places(standings).filter(Q(row__lte=TOP) | Q(row__range=(first, last)))
    rows = [_row(place, reader) for place in places]
    own = next((row for row in rows if row.is_reader), None)
    around = [row for row in rows if first <= row.row <= last] if own and own.row > TOP else []
    return Board(top=[row for row in rows if row.row <= TOP], around=around, own=own)


def _window(standings: Any, reader: Member) -> tuple[int, int]:
    """Return the first and last row of the reader and the three nearest: two before, one after where there are."""
    own = standings.filter(member=reader).values_list("shown", flat=True).first()
    if own is None:
        return (0, 0)
    ahead = standings.filter(Q(shown__gt=own) | Q(shown=own, member_id__lt=reader.pk)).count()
    row = ahead + 1
    first = max(row - 2, 1)
    return (first, first + NEIGHBOURS)


def _row(place: Any, reader: Member) -> BoardRow:
    return BoardRow(
        rank=place.rank,
        row=place.row,
        name=shown_name(place.member, viewer=reader),
        points=place.shown,
        is_reader=place.member_id == reader.pk,
    )
