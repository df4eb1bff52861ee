from __future__ import annotations

from django import forms
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _


class SkillNamesForm(forms.Form):
    """Skills, each on a line of its own."""

    names = forms.CharField(
        label=_("Skills"),
        help_text=_("One on each line, in the words that people use themselves. They can be renamed later."),
        validators=[MaxLengthValidator(30_000)],
        widget=forms.Textarea(attrs={"rows": 10}),
    )

    def listed(self) -> list[str]:
        names: list[str] = self.cleaned_data["names"].splitlines()
        return names


class ModeratorForm(forms.Form):
    """Who is to moderate; the name is needed only of somebody new."""

    email = forms.EmailField(label=_("E-mail"), max_length=254)
    name = forms.CharField(
        label=_("Name"),
        help_text=_("Only needed if they are not in the directory yet."),
        max_length=120,
        required=False,
    )
