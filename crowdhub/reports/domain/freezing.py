"""Deciding once what a month shows."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.db import transaction
from django.utils import timezone

from crowdhub.reports.figures import ROOT, count_month, department_tree
from crowdhub.reports.models import FrozenMonth
from crowdhub.reports.months import last_full_month
from crowdhub.reports.privacy import MEASURES, Table, figures_to_hide
from crowdhub.tenancy.models import Organization

# A month that shows nothing gives nothing away: it is counted again, for data that is imported later.
COUNT_EMPTY_AGAIN: Final = timedelta(minutes=1)


class MonthNotOver(ValueError):
    """A month can only be read when it is over: figures of a running one could be subtracted from each other."""


def frozen_months(
    organization: Organization, months: Iterable[date], *, now: datetime | None = None
) -> list[FrozenMonth]:
    """Return what the report shows of full months, in their order; freezes those that nobody has read yet."""
    now = now or timezone.now()
    wanted = list(months)
    known = {frozen.month: frozen for frozen in FrozenMonth.objects.filter(month__in=wanted) if _stands(frozen, now)}
    return [known.get(month) or freeze_month(organization, month, now=now) for month in wanted]


def freeze_month(organization: Organization, month: date, *, now: datetime | None = None) -> FrozenMonth:
    """Return what the report shows of a month: what it showed before, if it did, and else what is counted now.

    Raises MonthNotOver.
    """
    now = now or timezone.now()
    if month > last_full_month(organization, now):
        raise MonthNotOver(month)
    with transaction.atomic():
        # Whoever else freezes it at this moment waits here, and then finds what we have counted.
        new = FrozenMonth(organization=organization, month=month, frozen_at=now - COUNT_EMPTY_AGAIN)
        FrozenMonth.objects.bulk_create([new], ignore_conflicts=True)
        frozen: FrozenMonth = FrozenMonth.objects.select_for_update(of=("self",)).get(month=month)
        if not _stands(frozen, now):
            frozen.rows, frozen.least = rows_to_show(organization, month), organization.smallest_group
            frozen.frozen_at = now
            frozen.save(update_fields=["rows", "least", "frozen_at"])
    return frozen


def _stands(frozen: FrozenMonth, now: datetime) -> bool:
    """Tell whether a month shows something, or was counted a moment ago."""
    shows = any(figure is not None for row in frozen.rows for figure in row["figures"].values())
    return shows or frozen.frozen_at > now - COUNT_EMPTY_AGAIN


def rows_to_show(organization: Organization, month: date) -> list[dict[str, Any]]:
    """Count a month and return the row of every group that has people, hidden figures as None.

    The smallest group that is shown is the one that the organization has chosen by now.
    """
    parents, direct = department_tree(), count_month(organization, month)
    hidden = figures_to_hide(parents, direct, k=organization.smallest_group)
    return [
        {
            "department": group or None,
            "parent": parents[group] or None,
            "figures": {measure: None if group in hidden[measure] else numbers[measure] for measure in MEASURES},
        }
        for group, numbers in sorted(Table(parents, direct).sums.items(), key=lambda item: (item[0] != ROOT, item[0]))
    ]
