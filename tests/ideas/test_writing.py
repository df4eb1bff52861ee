"""Saving, handing in, revising and withdrawing an idea."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from challenges.enums import PhaseKind
from challenges.models import TermsAcceptance, TermsVersion
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.common.errors import Refusal
from ideas import rules
from ideas.domain import publishing, writing
from ideas.enums import IdeaState
from ideas.models import Contributor, Idea
from tests import factories

TEXT = {"title": "Lights out", "body": "Switch *everything* off.", "language": "en"}


def verbs() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("verb", flat=True))


def with_terms(challenge) -> TermsVersion:
    terms = TermsVersion.objects.create(
        organization=challenge.organization, number=1, text="Yours stays yours.", text_html="<p>Yours stays yours.</p>"
    )
    challenge.terms = terms
    challenge.save()
    return terms


def test_save_draft_twice_with_one_uuid_makes_one_idea(in_acme, challenge):
    uuid = uuid4()

    first = writing.save_draft(challenge, actor=in_acme.alice, client_uuid=uuid, **TEXT)
    second = writing.save_draft(challenge, actor=in_acme.alice, client_uuid=uuid, **TEXT)

    assert first.pk == second.pk
    assert second.version == 1
    assert second.body_html == "<p>Switch <em>everything</em> off.</p>\n"
    assert list(Contributor.objects.values_list("member_id", "share")) == [(in_acme.alice.pk, 100)]
    assert verbs() == []


def test_save_draft_over_newer_save_shows_the_other_version(in_acme, challenge):
    uuid = uuid4()
    writing.save_draft(challenge, actor=in_acme.alice, client_uuid=uuid, known_version=0, **TEXT)
    newer = TEXT | {"body": "Newer."}
    writing.save_draft(challenge, actor=in_acme.alice, client_uuid=uuid, known_version=1, **newer)

    with pytest.raises(writing.DraftConflict) as conflict:
        writing.save_draft(
            challenge, actor=in_acme.alice, client_uuid=uuid, known_version=1, **TEXT | {"body": "Older tab."}
        )

    assert conflict.value.other.body == "Newer."
    assert Idea.objects.get().body == "Newer."


def test_save_draft_that_is_repeated_after_a_lost_answer_is_no_conflict(in_acme, challenge):
    uuid = uuid4()
    for _attempt in range(2):
        saved = writing.save_draft(challenge, actor=in_acme.alice, client_uuid=uuid, known_version=0, **TEXT)

    assert saved.version == 1


def test_save_draft_with_uuid_of_someone_else_is_refused(in_acme, challenge):
    uuid = uuid4()
    writing.save_draft(challenge, actor=in_acme.alice, client_uuid=uuid, **TEXT)

    with pytest.raises(writing.NotAContributor):
        writing.save_draft(challenge, actor=in_acme.ed, client_uuid=uuid, **TEXT | {"body": "Mine now."})

    assert Idea.objects.get().body == TEXT["body"]


def test_save_draft_with_uuid_used_in_another_challenge_is_refused(in_acme, challenge):
    uuid = uuid4()
    writing.save_draft(challenge, actor=in_acme.alice, client_uuid=uuid, **TEXT)
    other = factories.challenge(in_acme.carol)

    with pytest.raises(writing.NotAContributor):
        writing.save_draft(other, actor=in_acme.alice, client_uuid=uuid, **TEXT)


def test_new_draft_out_of_time_is_refused_and_an_old_one_still_saves(in_acme, challenge):
    uuid = uuid4()
    writing.save_draft(challenge, actor=in_acme.alice, client_uuid=uuid, **TEXT)
    factories.phase(challenge, PhaseKind.SUBMISSION, starts_in=-3, ends_in=-1)

    saved = writing.save_draft(challenge, actor=in_acme.alice, client_uuid=uuid, **TEXT | {"body": "Later."})

    assert saved.body == "Later."
    with pytest.raises(writing.SubmissionsClosed):
        writing.save_draft(challenge, actor=in_acme.alice, client_uuid=uuid4(), **TEXT)


@pytest.mark.parametrize(("field", "length"), [("title", 141), ("body", 1_000_000)])
def test_save_draft_too_long_is_refused_with_the_field(in_acme, challenge, field, length):
    with pytest.raises(writing.TextTooLong) as refusal:
        writing.save_draft(challenge, actor=in_acme.alice, client_uuid=uuid4(), **TEXT | {field: "x" * length})

    assert refusal.value.field == field
    assert not Idea.objects.exists()


def test_submit_writes_revision_and_promise(in_acme, challenge):
    challenge.answer_within_days = 3
    challenge.save()
    draft = writing.save_draft(challenge, actor=in_acme.alice, client_uuid=uuid4(), **TEXT)
    for phase in challenge.phases.all():
        phase.starts_at = datetime(2026, 11, 1, tzinfo=UTC)
        phase.ends_at = datetime(2026, 12, 1, tzinfo=UTC)
        phase.save()
    friday_noon = datetime(2026, 11, 20, 11, tzinfo=UTC)

    writing.submit_idea(draft, actor=in_acme.alice, now=friday_noon)

    draft.refresh_from_db()
    assert draft.state == IdeaState.SUBMITTED
    assert draft.submitted_at == friday_noon
    assert draft.answer_due_at == datetime(2026, 11, 25, 11, tzinfo=UTC)
    assert list(draft.revisions.values_list("number", "title", "body")) == [(1, TEXT["title"], TEXT["body"])]
    assert verbs() == [Verb.IDEA_SUBMITTED]
    assert Event.objects.get().data == {"revision": 1}


def test_submit_twice_is_refused(in_acme, challenge):
    draft = writing.save_draft(challenge, actor=in_acme.alice, client_uuid=uuid4(), **TEXT)
    writing.submit_idea(draft, actor=in_acme.alice)

    with pytest.raises(writing.IdeaNotDraft):
        writing.submit_idea(draft, actor=in_acme.alice)

    assert verbs() == [Verb.IDEA_SUBMITTED]


def test_submit_by_someone_else_is_refused(in_acme, challenge):
    draft = writing.save_draft(challenge, actor=in_acme.alice, client_uuid=uuid4(), **TEXT)

    with pytest.raises(writing.NotAContributor):
        writing.submit_idea(draft, actor=in_acme.ed)


@pytest.mark.parametrize("field", ["title", "body"])
def test_submit_with_blank_field_is_refused_with_the_field(in_acme, challenge, field):
    draft = writing.save_draft(challenge, actor=in_acme.alice, client_uuid=uuid4(), **TEXT | {field: " \n"})

    with pytest.raises(writing.IdeaIncomplete) as refusal:
        writing.submit_idea(draft, actor=in_acme.alice)

    assert refusal.value.field == field


def test_everything_that_is_missing_is_said_at_once(in_acme, challenge):
    draft = writing.save_draft(challenge, actor=in_acme.alice, client_uuid=uuid4(), title="", body="", language="en")

    with pytest.raises(writing.IdeaIncomplete) as refusal:
        writing.submit_idea(draft, actor=in_acme.alice)

    assert [part.field for part in refusal.value.parts] == ["title", "body"]
    assert str(refusal.value) == "Give your idea a title. Describe your idea."


def test_submit_after_the_phase_is_refused(in_acme, challenge):
    draft = writing.save_draft(challenge, actor=in_acme.alice, client_uuid=uuid4(), **TEXT)

    with pytest.raises(writing.SubmissionsClosed):
        writing.submit_idea(draft, actor=in_acme.alice, now=timezone.now() + timedelta(days=30))


def test_submit_needs_the_present_terms(in_acme, challenge):
    terms = with_terms(challenge)
    draft = writing.save_draft(challenge, actor=in_acme.alice, client_uuid=uuid4(), **TEXT)
    with pytest.raises(writing.TermsNotAccepted):
        writing.submit_idea(draft, actor=in_acme.alice)
    TermsAcceptance.objects.create(organization=in_acme.acme, terms=terms, challenge=challenge, member=in_acme.alice)

    writing.submit_idea(draft, actor=in_acme.alice)

    assert draft.state == IdeaState.SUBMITTED


def test_resubmit_adds_the_working_time_of_the_pause(in_acme, challenge):
    draft = writing.save_draft(challenge, actor=in_acme.alice, client_uuid=uuid4(), **TEXT)
    writing.submit_idea(draft, actor=in_acme.alice)
    draft.answer_due_at = datetime(2026, 11, 25, 11, tzinfo=UTC)  # Wednesday noon in Berlin
    draft.save()
    publishing.request_changes(draft, actor=in_acme.bob, now=datetime(2026, 11, 20, 9, tzinfo=UTC))  # Friday 10:00
    writing.save_text(draft, actor=in_acme.alice, **TEXT | {"body": "With figures."})

    writing.submit_idea(draft, actor=in_acme.alice, now=datetime(2026, 11, 23, 10, tzinfo=UTC))  # Monday 11:00

    draft.refresh_from_db()
    assert draft.answer_due_at == datetime(2026, 11, 26, 12, tzinfo=UTC)  # nine hours: Thursday 13:00
    assert draft.revision_number == 2
    assert not draft.pauses.filter(ended_at=None).exists()
    assert verbs() == [Verb.IDEA_SUBMITTED, Verb.IDEA_CHANGES_REQUESTED, Verb.IDEA_RESUBMITTED]


def test_resubmit_works_after_submissions_have_closed(in_acme, challenge):
    sent_back = factories.idea(challenge, in_acme.alice, state=IdeaState.CHANGES_REQUESTED)

    writing.submit_idea(sent_back, actor=in_acme.alice, now=timezone.now() + timedelta(days=30))

    assert sent_back.state == IdeaState.SUBMITTED


def test_revise_keeps_what_it_said_before(in_acme, challenge):
    draft = writing.save_draft(challenge, actor=in_acme.alice, client_uuid=uuid4(), **TEXT)
    writing.submit_idea(draft, actor=in_acme.alice)
    publishing.publish_idea(draft, actor=in_acme.bob)
    better = TEXT | {"body": "Switch it off at *ten*."}

    writing.revise_idea(draft, actor=in_acme.alice, **better)
    writing.revise_idea(draft, actor=in_acme.alice, **better)

    assert list(draft.revisions.values_list("number", "body")) == [(1, TEXT["body"]), (2, better["body"])]
    assert verbs()[-2:] == [Verb.IDEA_PUBLISHED, Verb.IDEA_REVISED]


def test_revise_is_refused_once_answered(in_acme, idea):
    idea.answered_at = timezone.now()
    idea.save()

    with pytest.raises(writing.AlreadyAnswered):
        writing.revise_idea(idea, actor=in_acme.alice, **TEXT)


def test_revise_over_newer_save_is_a_conflict(in_acme, idea):
    writing.revise_idea(idea, actor=in_acme.alice, known_version=0, **TEXT)

    with pytest.raises(writing.DraftConflict):
        writing.revise_idea(idea, actor=in_acme.alice, known_version=0, **TEXT | {"body": "Older tab."})


@pytest.mark.parametrize(
    "state", [IdeaState.DRAFT, IdeaState.SUBMITTED, IdeaState.CHANGES_REQUESTED, IdeaState.PUBLISHED]
)
def test_withdraw_ends_the_promise(in_acme, challenge, state):
    mine = factories.idea(challenge, in_acme.alice, state=state, answer_due_at=timezone.now())

    writing.withdraw_idea(mine, actor=in_acme.alice)

    mine.refresh_from_db()
    assert (mine.state, mine.answer_due_at) == (IdeaState.WITHDRAWN, None)
    assert Event.objects.get().data == {"from": state}


def test_withdraw_answered_idea_is_refused(in_acme, idea):
    idea.answered_at = timezone.now()
    idea.save()

    with pytest.raises(writing.AlreadyAnswered):
        writing.withdraw_idea(idea, actor=in_acme.alice)


@pytest.mark.parametrize("is_answered", [False, True])
@pytest.mark.parametrize("closes_in", [-1, 1])
@pytest.mark.parametrize("state", IdeaState)
@pytest.mark.parametrize("who", ["alice", "ed"])
def test_pages_offer_a_change_exactly_when_it_is_taken(in_acme, challenge, who, state, closes_in, is_answered):
    if is_answered and state in writing.WITH_THE_AUTHOR:
        return  # nobody answers what nobody else has read
    factories.phase(challenge, PhaseKind.SUBMISSION, starts_in=-9, ends_in=closes_in)
    answered_at = timezone.now() if is_answered else None
    idea = factories.idea(challenge, in_acme.alice, state=state, answered_at=answered_at)
    member = getattr(in_acme, who)

    try:
        writing.check_changeable(idea, member, timezone.now())
    except Refusal:
        is_taken = False
    else:
        is_taken = True

    assert rules.open_editor(member, idea) is is_taken


def test_what_is_not_given_stays_as_somebody_else_has_saved_it_meanwhile(in_acme, challenge):
    draft = factories.idea(challenge, in_acme.alice, state=IdeaState.DRAFT)
    stale = Idea.objects.get(pk=draft.pk)
    writing.save_text(draft, actor=in_acme.alice, title="A newer title")

    writing.save_text(stale, actor=in_acme.alice, body="Another body.")

    saved = Idea.objects.get()
    assert (saved.title, saved.body) == ("A newer title", "Another body.")
