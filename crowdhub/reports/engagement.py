"""The engagement report as people read it: frozen months with the names of departments, in the order of the tree."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crowdhub.people.models import Department
from crowdhub.reports.models import FrozenMonth
from crowdhub.reports.privacy import MEASURES

MEASURE_LABELS: Final[dict[str, Promise]] = {
    "members": gettext_lazy("Members"),
    "active": gettext_lazy("Took part"),
    "ideas": gettext_lazy("Ideas handed in"),
    "comments": gettext_lazy("Comments"),
    "votes": gettext_lazy("Votes"),
    "invited": gettext_lazy("Invited"),
    "answered": gettext_lazy("Ideas answered"),
}


@dataclass(frozen=True)
class ReportRow:
    """The figures of one group in one month, as MEASURES orders them; None is hidden."""

    month: date
    name: str
    part_of: str
    depth: int  # 0 the organization, 1 a department, 2 one below it
    figures: tuple[int | None, ...]
    least: int  # the smallest group that the month shows


@dataclass(frozen=True)
class GridRow:
    """One measure of one group, month after month: a number, None where it is hidden, or "" where it has no people."""

    name: str
    depth: int
    cells: tuple[int | str | None, ...]
    leasts: tuple[int, ...]  # the smallest group that each month shows

    @property
    def in_words(self) -> list[tuple[int | str | None, str]]:
        """Each cell, with what stands there when it is hidden."""
        return [(cell, hidden_text(least)) for cell, least in zip(self.cells, self.leasts, strict=True)]


def hidden_text(least: int) -> str:
    return _("hidden (<%(least)d)") % {"least": least}


def legend(leasts: Collection[int]) -> list[str]:
    """Return what a reader has to know to read the figures right; `leasts` are the smallest groups of its months."""
    least = min(leasts)
    several = _("This number was raised meanwhile: where a hidden figure names a higher one, that one held.")
    return [
        _("A member counts, with everything that they did, in the department where they were on the month's last day.")
        + " "
        + _("People without a department are not in this report."),
        _("A department includes the departments below it. Deeper than the second level, they are not listed."),
        _("“Took part” means: handed in an idea or commented in that month, or had voted where voting ended in it."),
        _("A vote counts in the month in which voting ended. Votes of running votings are not in it yet.")
        + " "
        + _("Until then it is a secret how many there are."),
        _("“%(hidden)s” stands for groups of fewer than %(least)d people, and of which nobody or everybody took part.")
        % {"hidden": hidden_text(least), "least": least}
        + " "
        + _("Others are hidden as well where those could be computed from the totals otherwise."),
        *([several] if len(set(leasts)) > 1 else []),
        _("A month is fixed when it is first read; later changes do not change it. There are no totals over months."),
    ]


def report_rows(months: Iterable[FrozenMonth]) -> list[ReportRow]:
    """Return every row of the report, month by month, each department after the one it is part of."""
    tree = _Names()
    rows: list[ReportRow] = []
    for frozen in months:
        for row in sorted(frozen.rows, key=tree.place):
            parent = row["parent"]
            rows.append(
                ReportRow(
                    month=frozen.month,
                    name=tree.name(row["department"]),
                    part_of="" if row["department"] is None else tree.name(parent),
                    depth=len(tree.place(row)),
                    figures=tuple(row["figures"][measure] for measure in MEASURES),
                    least=frozen.least,
                )
            )
    return rows


def measure_grid(months: list[FrozenMonth], measure: str) -> list[GridRow]:
    """Return one measure as a table of groups by months."""
    tree = _Names()
    found: dict[int | None, dict[date, int | None]] = {}
    places: dict[int | None, tuple[tuple[str, int], ...]] = {}
    for frozen in months:
        for row in frozen.rows:
            group = row["department"]
            found.setdefault(group, {})[frozen.month] = row["figures"][measure]
            places[group] = tree.place(row)
    leasts = tuple(each.least for each in months)
    return [
        GridRow(
            tree.name(group), len(places[group]), tuple(found[group].get(each.month, "") for each in months), leasts
        )
        for group in sorted(found, key=lambda group: places[group])
    ]


def organization_totals(months: Iterable[FrozenMonth], measure: str) -> list[tuple[date, int]]:
    """Return the whole organization's figure for each month in which it is shown: what a chart can draw."""
    totals = [
        (frozen.month, row["figures"][measure]) for frozen in months for row in frozen.rows if row["department"] is None
    ]
    return [(month, figure) for month, figure in totals if figure is not None]


class _Names:
    """Names of departments as they are today, in one query: a renamed department is still the same one."""

    def __init__(self) -> None:
        self._names: dict[int, str] = dict(Department.objects.values_list("pk", "name"))

    def name(self, department: int | None) -> str:
        return _("All departments") if department is None else self._names[department]

    def place(self, row: dict[str, Any]) -> tuple[tuple[str, int], ...]:
        """Return where a row stands in the tree: the names from the top, with ids to part equal ones."""
        chain = [number for number in (row["parent"], row["department"]) if number is not None]
        return tuple((self._names[number].casefold(), number) for number in chain)
