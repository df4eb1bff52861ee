from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from challenges.queries import managed_by
from crowdhub.api.enums import Scope
from crowdhub.api.tokens import MAX_NAME_LENGTH
from crowdhub.people.models import Member
from crowdhub.people.rules import is_auditor, is_hr, is_manager
from moderation.rules import read_cases

LIFETIMES = [
    ("30", _("30 days")),
    ("90", _("90 days")),
    ("365", _("One year")),
    ("", _("It does not expire")),
]


class TokenForm(forms.Form):
    """A new token; only scopes are offered that its member could use."""

    name = forms.CharField(
        label=_("Name"), help_text=_("What it is for, and where it is used."), max_length=MAX_NAME_LENGTH
    )
    scopes = forms.MultipleChoiceField(
        label=_("It may"), widget=forms.CheckboxSelectMultiple, initial=[Scope.READ], choices=[]
    )
    lifetime = forms.ChoiceField(label=_("It expires after"), choices=LIFETIMES, initial="90", required=False)

    client_uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)

    def __init__(self, data: Any = None, *, member: Member) -> None:
        super().__init__(data, initial={"client_uuid": uuid4()})
        self.fields["scopes"].choices = [  # type: ignore[attr-defined]  # a MultipleChoiceField
            (scope.value, scope.label) for scope in scopes_for(member)
        ]

    def expires_at(self) -> datetime | None:
        days = self.cleaned_data["lifetime"]
        return timezone.now() + timedelta(days=int(days)) if days else None


def scopes_for(member: Member) -> list[Scope]:
    """Return the scopes that open anything for the member today. What they open is decided at each use."""
    useful = {
        Scope.MODERATE: read_cases(member, None),
        Scope.MANAGE: is_manager(member) or managed_by(member).exists(),
        Scope.EXPORT: is_hr(member) or is_auditor(member),
    }
    return [scope for scope in Scope if useful.get(scope, True)]
