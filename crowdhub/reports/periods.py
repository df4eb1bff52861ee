"""Months in words."""

from __future__ import annotations

from datetime import date

from django.utils.formats import date_format
from django.utils.translation import gettext as _


def period(first: date, last: date) -> str:
    """Return the months from the first to the last one: "May – Oct 2026", "Dec 2025 – Jan 2026", "May 2026"."""
    # Translators: Django date formats, of a month and of a month in the year that follows.
    whole, bare = _("M Y"), _("M")
    if (first.year, first.month) == (last.year, last.month):
        return date_format(last, whole)
    return f"{date_format(first, bare if first.year == last.year else whole)} – {date_format(last, whole)}"
