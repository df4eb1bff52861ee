"""Columns for what people write. Whoever writes them, by whatever way: what is stored is clean.

To the migrations they are Django's own, because the database knows no difference.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.db import models

from crowdhub.common.characters import clean_line, clean_text


class _Clean(models.Field):
    """A column that cleans what is written to it and what it is compared with."""

    clean_value: Callable[[str], str] = staticmethod(clean_line)
    stored_as = ""

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value)
        return self.clean_value(prepared) if isinstance(prepared, str) else prepared

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        """Let the instance say what the row says."""
        value = super().pre_save(model_instance, add)
        if isinstance(value, str) and value != (stored := self.clean_value(value)):
            setattr(model_instance, self.attname, stored)
            return stored
        return value

    def deconstruct(self) -> Any:
        name, _path, args, kwargs = super().deconstruct()
        return name, f"django.db.models.{self.stored_as}", args, kwargs


class LineField(_Clean, models.CharField):
    """A name or a title: one line."""

    stored_as = "CharField"


class AddressField(_Clean, models.EmailField):
    """An e-mail address."""

    stored_as = "EmailField"


class NoteField(_Clean, models.CharField):
    """A short text, which may have several lines."""

    clean_value = staticmethod(clean_text)
    stored_as = "CharField"


class ProseField(_Clean, models.TextField):
    """A text, and the HTML that was made of one."""

    clean_value = staticmethod(clean_text)
    stored_as = "TextField"
