"""Forms that are shown again with what was typed in them."""

from __future__ import annotations

from typing import cast

from django.forms import BaseForm
from django.http import QueryDict


def put_hidden(form: BaseForm, name: str, value: object) -> None:
    """Let a bound form that is shown again carry this in a hidden field, in place of what it was sent with.

    A form that knows the present version of what it changes overwrites it when it is sent once more. That is
    deliberate then, because its page has shown both.
    """
    sent = cast(QueryDict, form.data).copy()
    sent[form.add_prefix(name)] = str(value)
    form.data = sent
