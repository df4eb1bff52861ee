"""Both versions of what a form changes, when it was saved elsewhere meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, cast

from django import forms
from django.utils.formats import date_format
from django.utils.translation import gettext as _


@dataclass(frozen=True)
class Difference:
    """A field in which what was saved and what was typed are not the same; empty where there is nothing."""

    label: str
    saved: str
    typed: str


def differences(saved: forms.Form, typed: forms.Form) -> list[Difference]:
    """Compare the form of what is saved with a valid one that was sent, in the order of the fields."""
    found = [
        Difference(
            label=str(typed[name].label),
            saved=_words(saved[name]) if name in saved.fields else "",
            typed=_words(typed[name]),
        )
        for name in typed.fields
        if not typed[name].is_hidden
    ]
    return [one for one in found if one.saved != one.typed]


def _words(bound: forms.BoundField) -> str:
    """Return what a field holds, as people read it."""
    value: Any = bound.value()
    if isinstance(bound.field, forms.BooleanField):
        return _("Yes") if value else _("No")
    if isinstance(bound.field, forms.ChoiceField):
        labels = {str(code): str(label) for code, label in cast(Any, bound.field.choices)}
        return labels.get(str(value or ""), "") if value or value == "" else ""
    if isinstance(bound.field, forms.DateField):
        day: date | None = bound.field.to_python(value)
        return date_format(day) if day else ""
    return str(value if value is not None else "").replace("\r\n", "\n").strip()
