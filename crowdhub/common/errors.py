from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from http import HTTPStatus
from typing import ClassVar

from django.forms import BaseForm
from django.utils.functional import Promise


class About(Enum):
    """What a domain call was refused for, and the status with which pages and the API say so."""

    WHO_ASKS = HTTPStatus.FORBIDDEN
    STATE = HTTPStatus.CONFLICT  # of things: decided already, closed, held or saved by somebody else
    INPUT = HTTPStatus.UNPROCESSABLE_ENTITY


class Refusal(Exception):
    """A domain call that was refused; the message is for the person who asked, in their language.

    `field` names the form field that the refusal is about, when there is one. A class that does not say what its
    refusals are about leaves that to the field: they are about what stands in it, and without one about the state.
    `parts` are the refusals of which this one is the sum, where there is more than one reason.
    """

    about: ClassVar[About | None] = None
    message: str | Promise = ""

    def __init__(self, message: str | Promise = "", *, field: str | None = None, parts: Sequence[Refusal] = ()) -> None:
        super().__init__(message or self.message)
        self.field = field
        self.parts = parts or (self,)

    @property
    def status(self) -> HTTPStatus:
        """The HTTP status that says best why it was refused."""
        about = self.about or (About.INPUT if self.field else About.STATE)
        return about.value

    def __str__(self) -> str:
        return str(self.args[0])

    def show_beside(self, field: str) -> None:
        """Name the field of the caller's form that this is about, whatever whoever raised it calls that."""
        self.field = field


def put_refusal(form: BaseForm, refusal: Refusal, *, beside: str | None = None) -> None:
    """Show a refusal of the domain beside the field that it is about, and let `form_status` tell why it was refused.

    Where the form has no such field it stands at `beside`, or else above the form.
    """
    for part in refusal.parts:
        form.add_error(part.field if part.field in form.fields else beside, str(part))
    form.refusal_status = refusal.status  # type: ignore[attr-defined]  # forms have no place for it


def form_status(form: BaseForm) -> int:
    """Return the status of a page with a form: that of the refusal of it, or 422 when what was entered is not valid."""
    if not (form.is_bound and form.errors):
        return HTTPStatus.OK
    status: int = getattr(form, "refusal_status", HTTPStatus.UNPROCESSABLE_ENTITY)
    return status
