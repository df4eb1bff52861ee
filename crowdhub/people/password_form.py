from __future__ import annotations

from typing import Any

from allauth.account import forms
from django.http import HttpRequest

from crowdhub.people.domain.joining import ask_for_password_link


class ResetPasswordForm(forms.ResetPasswordForm):
    """allauth's form, which finds the member; the link is mailed as every mail of ours is."""

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        ask_for_password_link(self.users[0] if self.users else None)
        return str(self.cleaned_data["email"])
