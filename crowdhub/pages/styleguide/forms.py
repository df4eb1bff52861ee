"""Forms that the style guide shows as they are first met, with every field wrong, and switched off."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import MinLengthValidator

LONG_WORD = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"
SITES = [("b", "Berlin"), ("l", "Lyon"), ("g", f"Werk für {LONG_WORD}")]


class SampleForm(forms.Form):
    """One field of each kind."""

    title = forms.CharField(
        label="Title",
        help_text="Say in one sentence what would change.",
        max_length=80,
        validators=[MinLengthValidator(10)],
    )
    email = forms.EmailField(label="E-mail", required=False)
    due_on = forms.DateField(label="Answer due on", widget=forms.DateInput(attrs={"type": "date"}))
    site = forms.ChoiceField(label="Site", choices=[("", "Choose one"), *SITES])
    body = forms.CharField(label="Your idea", help_text="What happens today, and what instead?", widget=forms.Textarea)
    table = forms.FileField(label="Table", help_text="CSV, at most 5 MB.", required=False)
    colour = forms.CharField(label="Accent colour", widget=forms.TextInput(attrs={"type": "color"}), initial="#176554")

    def clean(self) -> None:
        if self.is_bound:
            raise ValidationError("The challenge closed while you were writing. Your draft is kept.")


class ChoiceForm(forms.Form):
    """One of several, some of several, in boxes and not, and a tick box."""

    size = forms.ChoiceField(
        label="Size", choices=[("s", "Small"), ("m", "Medium"), ("l", LONG_WORD)], widget=forms.RadioSelect
    )
    sites = forms.MultipleChoiceField(
        label="Sites",
        help_text="Where it would help.",
        choices=SITES,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    visible_to = forms.ChoiceField(
        label="Who may see it",
        choices=[("organization", "Everybody in the organization"), ("invited", "Only those who are invited")],
        widget=forms.RadioSelect,
    )
    terms = forms.BooleanField(label="I have read the terms and accept them", help_text="Version 3, of 4 May.")


@dataclass(frozen=True)
class FormStates:
    """One form in the states that it has, with ids of its own so that it can stand on the page twice."""

    first: forms.Form
    failed: forms.Form
    off: forms.Form


def states_of(form: type[forms.Form], place: str, wrong: Mapping[str, object], right: dict[str, object]) -> FormStates:
    """Return a form as it is first met, after it was sent with `wrong`, and switched off with what is `right`."""
    off = form(initial=right, auto_id=f"{place}-off-%s")
    for field in off.fields.values():
        field.disabled = True
    return FormStates(form(auto_id=f"{place}-%s"), form(wrong, auto_id=f"{place}-failed-%s"), off)


def text_states(place: str) -> FormStates:
    wrong = {"title": "Short", "email": "nobody", "due_on": "", "site": "x", "body": "", "colour": "#176554"}
    right: dict[str, object] = {"title": f"Regal {LONG_WORD}", "site": "b", "body": "It **saves** a walk."}
    return states_of(SampleForm, place, wrong, right)


def choice_states(place: str) -> FormStates:
    wrong = {"size": "x", "sites": ["x"]}
    right: dict[str, object] = {"size": "l", "sites": ["b", "g"], "visible_to": "invited", "terms": True}
    return states_of(ChoiceForm, place, wrong, right)
