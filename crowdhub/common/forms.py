"""What forms of every app do alike."""

from __future__ import annotations

from django.forms import Form

from crowdhub.common.errors import Refusal


def put_refusal(form: Form, refusal: Refusal) -> None:
    """Show a refusal of the domain beside the field that it is about, or above the form."""
    form.add_error(refusal.field if refusal.field in form.fields else None, str(refusal))
