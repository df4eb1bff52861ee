"""The reasons that moderators start from: written by a domain call, on record, and never overwritten unseen."""

from __future__ import annotations

import pytest
from django.urls import reverse

from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.people.enums import Role
from moderation.domain import reasons
from moderation.domain.deciding import MAX_REASON_LENGTH
from moderation.models import ReasonTemplate
from tests import factories
from tests.harness.queries import page_and_queries

WORDS = {"outcome": "rejected", "language": "en", "title": "Not ours", "text": "We do not build trains."}
TEMPLATES = reverse("moderation:templates")


@pytest.fixture
def template(in_acme) -> ReasonTemplate:
    return reasons.add_reason(actor=in_acme.bob, **WORDS)


def edit_url(template: ReasonTemplate) -> str:
    return reverse("moderation:edit_template", args=[template.public_id])


def on_record() -> list[tuple[str, dict[str, object]]]:
    return list(Event.objects.order_by("pk").values_list("verb", "data"))


def test_what_is_done_to_a_reason_is_on_record_without_its_words(in_acme, template):
    about = {"reason": template.pk, "outcome": "rejected"}

    reasons.change_reason(template, actor=in_acme.bob, **WORDS | {"title": "Trains", "text": "No trains."})
    reasons.delete_reason(template, actor=in_acme.bob)

    assert on_record() == [
        (Verb.REASON_ADDED, about),
        (Verb.REASON_CHANGED, about | {"fields": ["text", "title"]}),
        (Verb.REASON_DELETED, about),
    ]
    assert set(Event.objects.values_list("actor", "member")) == {(in_acme.bob.pk, in_acme.bob.pk)}


def test_same_words_are_no_change(in_acme, template):
    reasons.change_reason(template, actor=in_acme.bob, known_version=7, **WORDS)

    assert len(on_record()) == 1


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ({"outcome": "approved"}, "outcome"),
        ({"text": " \n"}, "text"),
        ({"text": "x" * (MAX_REASON_LENGTH + 1)}, "text"),
    ],
)
def test_what_no_reason_can_be_is_refused(in_acme, template, words, field):
    for refused in (
        lambda: reasons.add_reason(actor=in_acme.bob, **WORDS | words),
        lambda: reasons.change_reason(template, actor=in_acme.bob, **WORDS | words),
    ):
        with pytest.raises(reasons.ReasonRefused) as refusal:
            refused()
        assert refusal.value.field == field
    assert ReasonTemplate.objects.get().title == "Not ours"
    assert len(on_record()) == 1


def test_reason_that_was_deleted_meanwhile_is_gone(in_acme, template):
    same = ReasonTemplate.objects.get()
    reasons.delete_reason(same, actor=in_acme.bob)

    with pytest.raises(reasons.ReasonGone):
        reasons.change_reason(template, actor=in_acme.bob, **WORDS | {"title": "Trains"})
    with pytest.raises(reasons.ReasonGone):
        reasons.delete_reason(template, actor=in_acme.bob)


def test_other_moderator_who_saved_first_is_not_overwritten_unseen(in_acme, as_member, bob, template):
    factories.grant(in_acme.grace, Role.MODERATOR)
    grace = as_member(in_acme.grace)
    known = grace.get(edit_url(template)).context["form"]["version"].value()
    bob.post(edit_url(template), WORDS | {"text": "Bob was here.", "version": known})

    conflict = grace.post(edit_url(template), WORDS | {"text": "Grace was here.", "version": known})
    template.refresh_from_db()
    page, kept = conflict.content.decode(), template.text
    known = conflict.context["form"]["version"].value()
    meant = grace.post(edit_url(template), WORDS | {"text": "Grace was here.", "version": known})

    template.refresh_from_db()
    assert (conflict.status_code, kept) == (409, "Bob was here.")
    assert "Bob was here." in page
    assert "Grace was here.</textarea>" in page
    assert (meant.status_code, template.text) == (302, "Grace was here.")


def test_page_says_who_changed_what(in_acme, as_member, bob, template):
    bob.post(edit_url(template), WORDS | {"title": "Trains"})
    bob.post(reverse("moderation:add_template"), WORDS | {"title": "Soon gone"})
    gone = ReasonTemplate.objects.get(title="Soon gone")
    bob.post(reverse("moderation:delete_template", args=[gone.public_id]))

    history = as_member(in_acme.frank).get(TEMPLATES).context["history"]

    assert [(row["title"], str(row["what"]), row["by"]) for row in history] == [
        ("", "deleted", "Bob"),
        ("", "written", "Bob"),
        ("Trains", "changed", "Bob"),
        ("Trains", "written", "Bob"),
    ]


def test_page_takes_the_same_number_of_queries_for_many_changes(in_acme, bob, template):
    _page, few = page_and_queries(bob, TEMPLATES)
    for number in range(5):
        reasons.add_reason(actor=in_acme.bob, **WORDS | {"title": f"Number {number}"})
    _page, many = page_and_queries(bob, TEMPLATES)

    assert len(few) == len(many) <= 8
