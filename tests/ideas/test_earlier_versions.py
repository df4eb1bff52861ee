"""What was taken out before an idea was published is not for everyone, neither as a version nor as a difference."""

from __future__ import annotations

import pytest
from django.urls import reverse

from crowdhub.inbox.models import Notification
from crowdhub.pages.search import search_for
from ideas.domain.writing import revise_idea, save_text, submit_idea
from ideas.enums import IdeaState
from ideas.models import Idea, Revision
from ideas.ordering import ideas_in_fair_order
from ideas.queries import revisions_visible_to, similar_ideas
from moderation.domain.deciding import decide_case, undo_decision
from moderation.models import Case
from tests import factories
from tests.harness.outbox import run_consumers

SECRET, CLEAN = "My boss has SECRETHEALTH", "A trolley at each press"
REASON = "Please take out what is about a colleague's health."


def decide(idea: Idea, outcome: str, actor) -> Case:
    case = Case.objects.get(idea=idea, state="open")
    decide_case(case, outcome=outcome, reason=REASON, actor=actor)
    return case


def hand_in(idea: Idea, text: str, actor) -> None:
    save_text(idea, actor=actor, title=text, body=f"{text}.", language="en")
    submit_idea(idea, actor=actor)


@pytest.fixture
def cleaned(in_acme, challenge) -> Idea:
    """An idea that said too much, was sent back, and was published with other words."""
    idea = factories.idea(challenge, in_acme.alice, state=IdeaState.DRAFT)
    hand_in(idea, SECRET, in_acme.alice)
    decide(idea, "changes_requested", in_acme.bob)
    hand_in(idea, CLEAN, in_acme.alice)
    decide(idea, "approved", in_acme.bob)
    return Idea.objects.get(pk=idea.pk)


def versions(idea: Idea, reader) -> list[int]:
    return list(revisions_visible_to(idea, reader).values_list("number", flat=True))


@pytest.mark.parametrize("number", ["", "1", "2", "x"])
def test_readers_get_no_version_from_before_it_was_published(in_acme, cleaned, as_member, number):
    ed = as_member(in_acme.ed)

    page = ed.get(reverse("ideas:revisions", args=[cleaned.public_id]), {"number": number}).content.decode()

    assert ("SECRETHEALTH" in page, CLEAN in page) == (False, True)
    assert "<del>" not in page
    assert "Version 2, as it was published" in page


def test_who_reads_ideas_before_they_are_published_reads_all_versions(in_acme, cleaned, as_member):
    address = reverse("ideas:revisions", args=[cleaned.public_id])
    for who in ("alice", "bob", "carol", "frank"):
        page = as_member(getattr(in_acme, who)).get(address, {"number": "1"}).content.decode()

        assert "SECRETHEALTH" in page, who
    for who in ("ed", "dave", "erin", "grace"):
        assert versions(cleaned, getattr(in_acme, who)) == [2], who


def test_what_changed_since_it_was_published_is_for_everyone(in_acme, cleaned, as_member):
    ed = as_member(in_acme.ed)
    before = ed.get(cleaned.get_absolute_url()).content.decode()

    revise_idea(cleaned, actor=in_acme.alice, title="A trolley at every press", body="It rolls.", language="en")
    page = ed.get(reverse("ideas:revisions", args=[cleaned.public_id])).content.decode()

    assert "what changed" not in before  # there is nothing that a reader could compare
    assert "what changed" in ed.get(cleaned.get_absolute_url()).content.decode()
    assert "From version 2 to version 3" in page
    assert ("<del>each</del>" in page, "SECRETHEALTH" in page) == (True, False)


def test_an_approval_that_was_undone_published_nothing(in_acme, challenge):
    idea = factories.idea(challenge, in_acme.alice, state=IdeaState.DRAFT)
    hand_in(idea, SECRET, in_acme.alice)
    undo_decision(decide(idea, "approved", in_acme.bob), actor=in_acme.bob)
    decide(idea, "changes_requested", in_acme.bob)
    hand_in(idea, CLEAN, in_acme.alice)
    decide(idea, "approved", in_acme.bob)

    assert versions(idea, in_acme.ed) == [2]


def test_an_idea_that_was_taken_down_by_mistake_shows_the_same_versions_again(in_acme, cleaned):
    revise_idea(cleaned, actor=in_acme.alice, title=CLEAN, body="It rolls.", language="en")
    case = Case.objects.create(
        organization=in_acme.acme, kind="report", idea=cleaned, opened_at=cleaned.created_at, due_at=cleaned.created_at
    )
    decide_case(case, outcome="hidden", reason=REASON, actor=in_acme.bob)
    undo_decision(case, actor=in_acme.bob)

    assert versions(cleaned, in_acme.ed) == [2, 3]


def test_an_imported_idea_shows_all_that_it_said(in_acme, idea):
    own = {"organization": in_acme.acme, "idea": idea, "title": idea.title}
    Revision.objects.create(number=1, body="First.", **own)
    Idea.objects.filter(pk=idea.pk).update(revision_number=1)
    revise_idea(idea, actor=in_acme.alice, title=idea.title, body="Second.", language="en")

    assert versions(idea, in_acme.ed) == [1, 2]


def test_earlier_words_are_nowhere_else(in_acme, cleaned, challenge, as_member):
    run_consumers()
    ed = as_member(in_acme.ed)

    api = ed.get(f"/api/v1/ideas/{cleaned.public_id}/").content.decode()
    listed = ed.get("/api/v1/ideas/").content.decode()
    page = ed.get(reverse("pages:challenge", args=[challenge.public_id])).content.decode()
    inbox = as_member(in_acme.alice).get(reverse("inbox:list")).content.decode()

    for shown in (api, listed, page, inbox):
        assert ("SECRETHEALTH" in shown, CLEAN in shown) == (False, True)
    assert not search_for("SECRETHEALTH", member=in_acme.ed).ideas
    assert list(search_for("trolley", member=in_acme.ed).ideas) == [cleaned]
    assert not similar_ideas(challenge, "SECRETHEALTH", reader=in_acme.ed)
    assert ideas_in_fair_order(challenge, in_acme.ed).get(pk=cleaned.pk).excerpt == f"{CLEAN}."
    assert Notification.objects.filter(member=in_acme.alice).exists()


def test_the_page_of_an_idea_finds_the_same_versions_as_the_query(in_acme, cleaned, as_member):
    revise_idea(cleaned, actor=in_acme.alice, title=CLEAN, body="It rolls.", language="en")
    for who in ("alice", "bob", "carol", "ed", "frank", "grace"):
        reader = getattr(in_acme, who)
        shown = as_member(reader).get(cleaned.get_absolute_url()).context["idea"]

        assert [one.number for one in shown.revisions.all()] == versions(cleaned, reader), who
