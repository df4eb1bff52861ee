"""Numbers in sentences."""

from __future__ import annotations

from django.utils.formats import number_format
from django.utils.translation import gettext as _


def grouped(number: int) -> str:
    """Return a whole number with the thousands set apart as the reader's language does it."""
    return number_format(number, force_grouping=True)


def per_cent(part: int, whole: int) -> str:
    """Return a share in words, rounded down: 100% means all, and nobody is 0% of a group. Empty for none of none."""
    if not whole:
        return ""
    if part and part * 100 < whole:
        return _("less than 1%")
    return _("%(number)d%%") % {"number": part * 100 // whole}
