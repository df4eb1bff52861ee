"""A refusal of the domain is shown where it belongs in a form."""

from __future__ import annotations

import pytest
from django import forms

from crowdhub.common.errors import Refusal, put_refusal


class NameForm(forms.Form):
    name = forms.CharField()


@pytest.mark.parametrize(("field", "shown_at"), [("name", "name"), ("colour", "__all__"), (None, "__all__")])
def test_a_refusal_stands_beside_its_field_or_above_the_form(field, shown_at):
    form = NameForm({"name": "Acme"})

    put_refusal(form, Refusal("Taken.", field=field))

    assert form.errors == {shown_at: ["Taken."]}
