"""A refusal of the domain is shown where it belongs in a form, and knows what it is about."""

from __future__ import annotations

import pytest
from django import forms

from crowdhub.common.errors import About, Refusal, form_status, put_refusal
from crowdhub.people.domain.keeping import NotKept, OutsideScope
from crowdhub.reports.domain.exports import ExportNotAllowed, UnknownReport
from ideas.domain.linking import LinkNotAllowed
from ideas.domain.writing import IdeaNotDraft, IdeaNotInTheRunning


class NameForm(forms.Form):
    name = forms.CharField()


@pytest.mark.parametrize(("field", "shown_at"), [("name", "name"), ("colour", "__all__"), (None, "__all__")])
def test_a_refusal_stands_beside_its_field_or_above_the_form(field, shown_at):
    form = NameForm({"name": "Acme"})

    put_refusal(form, Refusal("Taken.", field=field))

    assert form.errors == {shown_at: ["Taken."]}


@pytest.mark.parametrize(
    ("refusal", "status"),
    [(NotKept(), 403), (OutsideScope(field="name"), 403), (IdeaNotDraft(), 409), (IdeaNotDraft(field="name"), 422)],
)
def test_a_page_with_a_refused_form_says_why_by_its_status(refusal, status):
    form = NameForm({"name": "Acme"})

    put_refusal(form, refusal, beside="name")

    assert form_status(form) == status
    assert list(form.errors) == ["name"]


@pytest.mark.parametrize(("form", "status"), [(NameForm(), 200), (NameForm({"name": "A"}), 200), (NameForm({}), 422)])
def test_a_page_with_a_form_that_nobody_has_refused(form, status):
    assert form_status(form) == status


@pytest.mark.parametrize(
    ("refusal", "status"),
    [
        (IdeaNotDraft(), 409),
        (IdeaNotDraft(field="title"), 422),
        (IdeaNotInTheRunning(), 409),
        (UnknownReport(), 422),
        (ExportNotAllowed(), 403),
        (NotKept(), 403),
        (OutsideScope(field="department"), 403),
        (LinkNotAllowed(field="kind"), 403),
    ],
)
def test_a_refusal_is_about_who_asks_what_was_sent_or_the_state_of_things(refusal, status):
    assert refusal.status == status


def test_a_refusal_says_what_its_class_says():
    class Withdrawn(Refusal):
        about = About.WHO_ASKS

    class WithdrawnToday(Withdrawn):
        pass

    assert WithdrawnToday(field="idea").status == 403
