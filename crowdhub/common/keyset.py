"""Pages of a long list that begin after a row, so that the thousandth costs no more than the first.

The address of a page holds what its neighbour was sorted by, not a number of rows to pass over. Of names and other
texts it holds only whose they are, because addresses end up in histories and logs: the database looks them up.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from typing import Any, Generic, TypeVar

from django.core.signing import BadSignature, Signer
from django.db.models import Model, Q, QuerySet, Subquery

Row = TypeVar("Row", bound=Model)
COUNTED = 10_000  # beyond it nobody needs the exact number, and counting would cost more than the page


# Takes the rows of a part, the values after which they begin (or None), whether downwards, and how many are needed.
Narrow = Callable[["QuerySet[Any]", "Sequence[Any] | None", bool, int], "QuerySet[Any]"]


@dataclass(frozen=True)
class Part:
    """Rows of a list that share their order: by columns that are never null in it, the last of them unique.

    Beside a text stands the id of its row: `pk`, or `member_id` for `member__name`.

    narrow: finds the first rows in an order for which there is no single index, instead of a plain comparison.
    """

    columns: tuple[str, ...]
    condition: Q = field(default_factory=Q)
    narrow: Narrow | None = None


@dataclass(frozen=True)
class KeysetPage(Generic[Row]):
    """Some rows of a list, and the parameters of the pages beside it; empty where there is none."""

    rows: list[Row]
    after: str = ""
    before: str = ""

    @property
    def has_other_pages(self) -> bool:
        return bool(self.after or self.before)


@dataclass(frozen=True)
class Counted:
    """How many rows there are; more than `number` when `is_more`."""

    number: int
    is_more: bool = False


def counted(rows: QuerySet[Any], *, up_to: int = COUNTED) -> Counted:
    """Count rows, and stop when there are more than `up_to`."""
    number = rows.order_by()[: up_to + 1].count()
    return Counted(min(number, up_to), is_more=number > up_to)


class Keyset:
    """The order of a list, in parts that follow each other; every part is sorted downwards when `descending`.

    name: tells the orders of different lists apart, so that the parameter of one is none of another.
    """

    def __init__(self, name: str, parts: Sequence[Part], *, descending: bool = False) -> None:
        self.parts, self.descending = parts, descending
        self.signer = Signer(salt=f"keyset:{name}:{descending}")

    def page(self, rows: QuerySet[Row], parameters: Mapping[str, str], *, size: int) -> KeysetPage[Row]:
        """Return the page after or before the place that the parameters name; the first one when they name none."""
        after, before = (self._place(parameters.get(key, ""), rows.model) for key in ("after", "before"))
        if before is not None:
            found = self._walk(rows, size + 1, before, backwards=True)
            if len(found) > size:
                page = found[size - 1 :: -1]
                return KeysetPage(page, after=self.place_of(page[-1]), before=self.place_of(page[0]))
            after = None  # the beginning was reached, and the first page is a full one
        found = self._walk(rows, size + 1, after)
        if not found and after is not None:
            after, found = None, self._walk(rows, size + 1, None)
        page = found[:size]
        return KeysetPage(
            page,
            after=self.place_of(page[-1]) if len(found) > size else "",
            before=self.place_of(page[0]) if after is not None and page else "",
        )

    def ordered(self, rows: QuerySet[Row], part: Part, *, backwards: bool = False) -> QuerySet[Row]:
        """Return the rows of a part in their order."""
        sign = "-" if self.descending != backwards else ""
        return rows.filter(part.condition).order_by(*(f"{sign}{column}" for column in part.columns))

    def _walk(
        self, rows: QuerySet[Row], limit: int, place: tuple[int, list[Any]] | None, *, backwards: bool = False
    ) -> list[Row]:
        """Return up to `limit` rows from a place on, part by part; as far as a part is not needed it is not asked."""
        found: list[Row] = []
        start = place[0] if place else 0
        for number in range(start, -1, -1) if backwards else range(start, len(self.parts)):
            part, values = self.parts[number], place[1] if place and number == start else None
            less, missing = self.descending != backwards, limit - len(found)
            ordered = self.ordered(rows, part, backwards=backwards)
            if part.narrow is not None:
                ordered = part.narrow(ordered, values, less, missing)
            elif values is not None:
                ordered = ordered.filter(beyond(part.columns, values, less=less))
            found += ordered[:missing]
            if len(found) >= limit:
                break
        return found

    def place_of(self, row: Model) -> str:
        """Return the value of the parameters `after` and `before` that names the place of a row."""
        for number, part in enumerate(self.parts):
            values = [_value_of(row, column) for column in part.columns]
            if None not in values:
                return self.signer.sign_object([number, *map(_packed, values)])
        raise ValueError("A row is in no part of its list.")

    def _place(self, token: str, model: type[Model]) -> tuple[int, list[Any]] | None:
        """Return the part and the values that a parameter names; None for one that is not of this list."""
        if not token:
            return None
        try:
            number, *values = self.signer.unsign_object(token)
        except (BadSignature, ValueError):
            return None
        if not 0 <= number < len(self.parts) or len(values) != len(self.parts[number].columns):
            return None  # of an earlier version of the list
        known = dict(zip(self.parts[number].columns, map(_unpacked, values), strict=True))
        return number, [_text_of(model, column, known) if value is None else value for column, value in known.items()]


def beyond(columns: Sequence[str], values: Sequence[Any], *, less: bool) -> Q:
    """Return the condition that a row comes after these values.

    The first column is compared once more by itself, which is what an index can begin at.
    """
    compare = "lt" if less else "gt"
    pairs = list(zip(columns, values, strict=True))
    (last, bound), earlier = pairs[-1], pairs[:-1]
    after = reduce(
        lambda rest, pair: Q(**{f"{pair[0]}__{compare}": pair[1]}) | (Q(**{pair[0]: pair[1]}) & rest),
        reversed(earlier),
        Q(**{f"{last}__{compare}": bound}),
    )
    return Q(**{f"{columns[0]}__{compare}e": values[0]}) & after


def _value_of(row: Any, column: str) -> Any:
    for name in column.split("__"):
        row = getattr(row, name, None)
    return row


def _text_of(model: type[Model], column: str, known: Mapping[str, Any]) -> Subquery:
    """Return the text of a column as it is in the row that it belongs to, whose id is another column of the part."""
    path, _, name = column.rpartition("__")
    owner: Any = model._meta.get_field(path).related_model if path else model
    return Subquery(owner._default_manager.filter(pk=known[f"{path}_id" if path else "pk"]).values(name))


def _packed(value: Any) -> Any:
    """Return what stands in an address for a value: nothing for a text, which may be the name of somebody."""
    if isinstance(value, str):
        return None
    return {"at": value.isoformat()} if isinstance(value, datetime) else value


def _unpacked(value: Any) -> Any:
    return datetime.fromisoformat(value["at"]) if isinstance(value, dict) else value
