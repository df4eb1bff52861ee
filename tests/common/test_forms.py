"""What forms say to those who have left something out."""

from __future__ import annotations

import pytest
from django import forms
from django.forms.models import ModelChoiceField
from django.template.loader import render_to_string

from crowdhub.people.models import Group


@pytest.mark.parametrize(
    ("field", "words"),
    [
        (forms.CharField(), "Please fill this in."),
        (forms.EmailField(), "Please fill this in."),
        (forms.DateField(), "Please fill this in."),
        (forms.ChoiceField(), "Choose one."),
        (forms.TypedChoiceField(), "Choose one."),
        (ModelChoiceField(Group.objects.none()), "Choose one."),
        (forms.MultipleChoiceField(), "Choose at least one."),
        (forms.BooleanField(), "Please tick this."),
        (forms.FileField(), "Choose a file."),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, forms.Field) else "",
)
def test_an_empty_field_asks_in_our_words(field, words):
    class Form(forms.Form):
        asked = field

    assert Form({}).errors["asked"] == [words]


def test_a_form_with_a_sign_in_asks_in_our_words(cast, visitor):
    response = visitor.post("/accounts/login/", {})

    assert {words for found in response.context["form"].errors.values() for words in found} == {"Please fill this in."}


@pytest.mark.parametrize(
    ("widget", "is_said"), [(forms.TextInput, True), (forms.PasswordInput, False), (forms.FileInput, False)]
)
def test_only_a_form_that_loses_nothing_says_so(widget, is_said):
    class Form(forms.Form):
        name = forms.CharField()
        other = forms.CharField(widget=widget)

    shown = render_to_string("components/form_errors.html", {"form": Form({})})

    assert ("Everything you typed is still here." in shown) is is_said
