from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from crowdhub.inbox.enums import Channel, Frequency


class PreferenceForm(forms.Form):
    """How often the digest comes, and where the news arrives that a member can do without."""

    digest = forms.ChoiceField(label=_("E-mail digest"), choices=Frequency.choices, widget=forms.RadioSelect)
    talk = forms.ChoiceField(
        label=_("Comments on my ideas and replies to me"), choices=Channel.choices, widget=forms.RadioSelect
    )
    followed = forms.ChoiceField(label=_("Ideas that I follow"), choices=Channel.choices, widget=forms.RadioSelect)
