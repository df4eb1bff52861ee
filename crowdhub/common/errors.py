from __future__ import annotations

from django.forms import BaseForm
from django.utils.functional import Promise


class Refusal(Exception):
    """A domain call that was refused; the message is for the person who asked, in their language.

    `field` names the form field that the refusal is about, when there is one.
    """

    message: str | Promise = ""

    def __init__(self, message: str | Promise = "", *, field: str | None = None) -> None:
        super().__init__(message or self.message)
        self.field = field

    def __str__(self) -> str:
        return str(self.args[0])

    def show_beside(self, field: str) -> None:
        """Name the field of the caller's form that this is about, whatever whoever raised it calls that."""
        self.field = field


def put_refusal(form: BaseForm, refusal: Refusal) -> None:
    """Show a refusal of the domain beside the field that it is about; above the form when that has no such field."""
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
