from __future__ import annotations

from django import forms


class ListingForm(forms.Form):
    """Whether to be on the leaderboard."""

    listed = forms.TypedChoiceField(choices=[("1", "1"), ("0", "0")], coerce=lambda value: value == "1")
