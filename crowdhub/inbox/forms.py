from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from crowdhub.inbox.enums import Frequency


class PreferenceForm(forms.Form):
    """How often the digest comes."""

    digest = forms.ChoiceField(label=_("E-mail digest"), choices=Frequency.choices, widget=forms.RadioSelect)
