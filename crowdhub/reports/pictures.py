"""The pictures of the engagement report, each with the sentence that says what it shows.

They are drawn from the frozen months and from nothing else, so they can show no figure that the table beside them
hides. A sentence names only figures that are shown, and shares of two that are both shown for the same people.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from crowdhub.common.numbers import grouped, per_cent
from crowdhub.reports.engagement import MEASURE_LABELS, organization_totals, report_rows
from crowdhub.reports.models import FrozenMonth
from crowdhub.reports.privacy import MEASURES

FUNNEL: Final = ("members", "invited", "active")
TOP_LEVEL: Final = 1


@dataclass(frozen=True)
class Picture:
    """What the tags `bar_chart` and `bars` draw; a value of None is hidden and has no bar."""

    name: str
    caption: str
    sentence: str
    rows: list[tuple[str, int | None, str]]
    note: str = ""

    @property
    def labels(self) -> list[str]:
        return [label for label, _value, _note in self.rows]

    @property
    def series(self) -> list[tuple[str, list[int]]]:
        """The values as columns over time have them, which know no hidden ones."""
        return [(self.name, [value for _label, value, _note in self.rows if value is not None])]


def by_month(months: Sequence[FrozenMonth], measure: str) -> Picture | None:
    """Return the whole organization's figure over time, without the months in which it is hidden; None without any."""
    totals = organization_totals(months, measure)
    if not totals:
        return None
    label = str(MEASURE_LABELS[measure])
    left_out = _("Months in which the total is hidden, or nobody was counted, are left out of the chart.")
    return Picture(
        name=label,
        caption=_("%s in all departments, by month") % label,
        sentence=_course(label, totals),
        rows=[(_month(month), figure, "") for month, figure in totals],
        note=left_out if len(totals) < len(months) else "",
    )


def by_department(month: FrozenMonth, measure: str) -> Picture | None:
    """Return the figure of each department of the first level in one month, hidden ones as hidden; None without any."""
    place = MEASURES.index(measure)
    rows = [(row.name, row.figures[place]) for row in report_rows([month]) if row.depth == TOP_LEVEL]
    if not rows:
        return None
    label, when = str(MEASURE_LABELS[measure]), _month(month.month)
    return Picture(
        name=label,
        caption=_("%(figure)s by department, %(month)s") % {"figure": label, "month": when},
        sentence=_comparison(label, when, rows),
        rows=[(name, figure, "") for name, figure in rows],
    )


def from_asked_to_taking_part(month: FrozenMonth) -> Picture | None:
    """Return how many members all departments had in one month, how many were invited and how many took part.

    None when any of the three is hidden: a picture of the others would be a frame around it.
    """
    totals = {measure: dict(organization_totals([month], measure)).get(month.month) for measure in FUNNEL}
    members, invited, active = (totals[measure] for measure in FUNNEL)
    if members is None or invited is None or active is None:
        return None
    when = _month(month.month)
    words = {
        "month": when,
        "members": grouped(members),
        "invited": grouped(invited),
        "invited_share": per_cent(invited, members),
        "active": grouped(active),
        "active_share": per_cent(active, members),
    }
    return Picture(
        name=when,
        caption=_("Who was asked and who took part, all departments, %s") % when,
        sentence=_(
            "In %(month)s there were %(members)s members; %(invited)s were invited to something (%(invited_share)s), "
            "and %(active)s took part (%(active_share)s), invited or not."
        )
        % words,
        rows=[
            (str(MEASURE_LABELS[measure]), number, per_cent(number, members))
            for measure, number in zip(FUNNEL, (members, invited, active), strict=True)
        ],
    )


def _course(label: str, totals: list[tuple[date, int]]) -> str:
    """Say how a figure went from the first month that is shown to the last one."""
    last_month, last = totals[-1]
    if len(totals) == 1:
        return _("%(figure)s in %(month)s: %(number)s.") % _named(label, last_month, last)
    (first_month, first), (most_month, most) = totals[0], max(totals, key=lambda total: total[1])
    words: dict[str, Any] = {
        "figure": label,
        "first": grouped(first),
        "first_month": _month(first_month),
        "last": grouped(last),
        "last_month": _month(last_month),
        "most": grouped(most),
        "most_month": _month(most_month),
    }
    return (
        _(
            "%(figure)s: %(first)s in %(first_month)s, %(last)s in %(last_month)s; "
            "most in %(most_month)s, with %(most)s."
        )
        % words
    )


def _comparison(label: str, when: str, rows: list[tuple[str, int | None]]) -> str:
    """Say which department has most among those that are shown, and how many are hidden."""
    shown = [(name, figure) for name, figure in rows if figure is not None]
    if not shown:
        return _("%(figure)s, %(month)s: every department is too small to be shown.") % {"figure": label, "month": when}
    name, most = max(shown, key=lambda row: row[1])
    words = {
        "figure": label,
        "month": when,
        "name": name,
        "most": grouped(most),
        "shown": len(shown),
        "all": len(rows),
    }
    if not most:
        return _("%(figure)s, %(month)s: none. %(shown)s of %(all)s departments are shown.") % words
    return (
        _("%(figure)s, %(month)s: most in %(name)s, with %(most)s. %(shown)s of %(all)s departments are shown.") % words
    )


def _named(label: str, month: date, number: int) -> dict[str, str]:
    return {"figure": label, "month": _month(month), "number": grouped(number)}


def _month(month: date) -> str:
    return date_format(month, _("M Y"))
