from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from crowdhub.reports.engagement import MEASURE_LABELS
from crowdhub.reports.enums import ExportFormat

MONTHS_SHOWN_FIRST = 6


def _month_choices(months: Sequence[date]) -> list[tuple[str, str]]:
    return [(month.isoformat(), date_format(month, "YEAR_MONTH_FORMAT")) for month in months]


class PeriodForm(forms.Form):
    """Full months, from a fixed list: the latest first."""

    first_month = forms.TypedChoiceField(label=_("From"), coerce=date.fromisoformat)
    last_month = forms.TypedChoiceField(label=_("To"), coerce=date.fromisoformat)

    def __init__(self, *args: Any, months: Sequence[date], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, month in (("first_month", months[MONTHS_SHOWN_FIRST - 1]), ("last_month", months[0])):
            field = self.fields[name]
            field.initial = month.isoformat()
            assert isinstance(field, forms.TypedChoiceField)  # noqa: S101  tells the type checker what stands above
            field.choices = _month_choices(months)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        first, last = cleaned.get("first_month"), cleaned.get("last_month")
        if first and last and last < first:
            self.add_error("last_month", _("The last month is before the first one."))
        return cleaned


class ExportForm(PeriodForm):
    """What to export, and as what."""

    file_format = forms.ChoiceField(
        label=_("Format"), choices=ExportFormat.choices, initial=ExportFormat.XLSX, widget=forms.RadioSelect
    )


class PreviewForm(PeriodForm):
    """Which figure to look at on the screen."""

    measure = forms.ChoiceField(label=_("Figure"), choices=list(MEASURE_LABELS.items()), initial="active")
