"""The challenge room: who was asked and took part, what happened when, which words ideas share."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.utils import timezone

from challenges.enums import PhaseKind, Visibility
from challenges.models import Challenge, Invitation
from crowdhub.common.numbers import per_cent
from crowdhub.pages.room_figures import Funnel, funnel, spans_of, tally
from crowdhub.pages.room_words import contributions, funnel_rows, funnel_sentence
from crowdhub.pages.themes import Theme, themes
from crowdhub.people.domain.settings import change_settings
from ideas.enums import CommentState, IdeaState
from ideas.models import Comment, Vote
from tests import factories
from tests.challenges.shared import BUDGET, SignIn, page, queries_of
from tests.harness.cast import Cast


@pytest.fixture
def challenge(in_acme: Cast) -> Challenge:
    return factories.challenge(in_acme.carol)


def vote(idea, member) -> None:
    Vote.objects.create(organization=idea.organization, idea=idea, member=member)


def crowd(challenge: Challenge, number: int) -> list:
    members = [factories.member() for _ in range(number)]
    for member in members:
        factories.invitation(challenge, member)
    return members


def test_no_step_of_the_funnel_is_wider_than_the_one_before(challenge):
    writer, commenter, looker, *_others = crowd(challenge, 6)
    idea = factories.idea(challenge, writer)
    factories.comment(idea, commenter)
    factories.comment(idea, writer)
    Invitation.objects.filter(member=looker).update(seen_at=timezone.now())

    steps = funnel(challenge)

    assert steps == Funnel(invited=6, looked=3, took_part=2, wrote=1, commented=2, voted=None)
    assert all(wider >= narrower for wider, narrower in pairwise([steps.invited, steps.looked, steps.took_part]))


def test_the_funnel_counts_those_who_are_asked_and_what_is_there(in_acme, challenge):
    gone, drafting, hidden = crowd(challenge, 3)
    Invitation.objects.filter(member=gone).update(withdrawn_at=timezone.now(), seen_at=timezone.now())
    factories.idea(challenge, drafting, state=IdeaState.DRAFT)
    idea = factories.idea(challenge, in_acme.ed)  # who was not asked
    comment = factories.comment(idea, hidden)
    Comment.objects.filter(pk=comment.pk).update(state=CommentState.HIDDEN)

    assert funnel(challenge) == Funnel(invited=2, looked=0, took_part=0, wrote=0, commented=0, voted=None)


@pytest.mark.parametrize(
    ("asked", "voters", "is_over", "shown"),
    [
        (6, 3, False, None),  # counts are hidden
        (6, 3, True, 3),
        (4, 3, True, None),  # a small group
        (6, 6, True, None),  # everybody did: each is known
        (6, 0, True, None),
    ],
)
def test_votes_are_counted_when_they_expose_nobody(in_acme, challenge, asked, voters, is_over, shown):
    idea = factories.idea(challenge, in_acme.ed)
    for member in crowd(challenge, asked)[:voters]:
        vote(idea, member)
    if is_over:
        factories.phase(challenge, PhaseKind.VOTING, starts_in=-9, ends_in=-1)
    challenge = Challenge.objects.get(pk=challenge.pk)

    steps = funnel(challenge)

    assert steps.voted == shown
    assert ("Voted" in [name for name, _count, _share in funnel_rows(steps)]) is (shown is not None)


def test_votes_of_a_group_that_the_organization_finds_small_are_not_told(in_acme, challenge):
    idea = factories.idea(challenge, in_acme.ed)
    for member in crowd(challenge, 6)[:3]:
        vote(idea, member)
    factories.phase(challenge, PhaseKind.VOTING, starts_in=-9, ends_in=-1)
    change_settings(in_acme.acme, {"smallest_group": 7}, actor=in_acme.erin)

    assert funnel(Challenge.objects.get(pk=challenge.pk)).voted is None


def test_the_funnel_in_words():
    steps = Funnel(invited=70_000, looked=31_000, took_part=600, wrote=300, commented=350, voted=None)

    assert funnel_sentence(steps) == (
        "Of 70,000 people who are asked, 31,000 have looked (44%) and 600 wrote or commented (less than 1%)."
    )
    assert funnel_sentence(Funnel(0, 0, 0, 0, 0, None)) == "Nobody has been asked yet."


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [(0, 0, ""), (0, 9, "0%"), (1, 101, "less than 1%"), (99, 100, "99%"), (3, 3, "100%"), (999, 1000, "99%")],
)
def test_shares_promise_nothing_that_is_not_there(part, whole, words):
    assert per_cent(part, whole) == words


@pytest.mark.parametrize(
    ("days", "kind"), [(0, "day"), (27, "day"), (28, "week"), (181, "week"), (182, "month"), (900, "month")]
)
def test_the_time_since_the_launch_is_cut_so_that_it_can_be_seen(challenge, days, kind):
    challenge.launched_at = timezone.now() - timedelta(days=days)

    spans = spans_of(challenge)

    assert spans.kind == kind
    assert len(spans.starts) <= 32
    assert spans.starts[0] <= timezone.localdate(challenge.launched_at) <= timezone.localdate()
    assert spans.starts[-1] <= timezone.localdate()


@pytest.mark.parametrize("days", [5, 60, 400])
def test_what_happened_is_counted_in_its_span_and_in_all(in_acme, challenge, days):
    challenge.launched_at = timezone.now() - timedelta(days=days)
    idea = factories.idea(challenge, in_acme.alice, submitted_at=challenge.launched_at)
    factories.idea(challenge, in_acme.alice)
    factories.idea(challenge, in_acme.alice, state=IdeaState.WITHDRAWN)
    factories.comment(idea, in_acme.ed)

    spans = spans_of(challenge)
    counts = tally(challenge, spans)
    chart = contributions(counts, spans)

    assert counts["ideas", None] == sum(counts["ideas", start] for start in spans.starts) == 2
    assert (counts["waiting", None], counts["asked", None], counts["writers", None]) == (2, 2, 1)
    assert [sum(values) for _name, values in chart.series] == [2, 1, 0]
    assert chart.sentence.startswith("Since the launch: 2 ideas, 1 comment and 0 answers. Most ")
    assert all(isinstance(start, date) for _what, start in counts if start is not None)


def test_themes_are_words_that_ideas_share_without_the_words_of_the_question(in_acme):
    challenge = factories.challenge(in_acme.carol, title="Fewer leaks", objective="Save water.")
    for title, body in (
        ("Torque wrench", "Each valve leaks; the valves need a torque wrench and the water."),
        ("Valves first", "We could measure every valve."),
        ("Unrelated", "Something with überall once."),
    ):
        factories.idea(challenge, in_acme.alice, title=title, body=body)
    factories.idea(challenge, in_acme.alice, state=IdeaState.SUBMITTED, title="valve valve")

    assert themes(challenge) == [Theme("valve", 2)]


def test_a_word_that_is_as_frequent_elsewhere_is_no_theme(in_acme):
    challenge, other = (factories.challenge(in_acme.carol, title=title, objective="") for title in ("Mine", "Other"))
    secret = factories.challenge(in_acme.carol, title="Secret", visibility=Visibility.INVITED)
    for _ in range(2):
        factories.idea(challenge, in_acme.alice, title="Nozzle", body="Somebody could clean the gasket.")
        factories.idea(other, in_acme.alice, title="Canteen", body="Somebody could cook.")
        factories.idea(secret, in_acme.alice, title="Gasket", body="Somebody else knows.")

    assert [theme.word for theme in themes(challenge)] == ["clean", "gasket", "nozzle"]


def test_themes_know_german(in_acme):
    challenge = factories.challenge(in_acme.carol, title="Wasser")
    for body in ("Die Prüfung der Ventile überall", "Prüfungen sind nicht überall nötig"):
        factories.idea(challenge, in_acme.alice, title="Idee", body=body, language="de")

    assert {theme.word for theme in themes(challenge)} == {"idee", "prüfung", "überall"}


def test_the_room_says_what_its_pictures_show(in_acme: Cast, as_member: SignIn, challenge: Challenge) -> None:
    crowd(challenge, 3)
    Challenge.objects.filter(pk=challenge.pk).update(launched_at=timezone.now() - timedelta(days=3))
    factories.idea(challenge, in_acme.ed, answer_due_at=timezone.now() - timedelta(days=9))

    text = as_member(in_acme.carol).get(page("pages:room", challenge.public_id)).content.decode()

    assert "Of 3 people who are asked, 0 have looked (0%) and 0 wrote or commented (0%)." in text
    assert "1 person who was not asked wrote an idea, too." in text
    assert "Since the launch: 1 idea, 0 comments and 0 answers. Most on one day: 1, on " in text
    assert "they stay secret until voting has closed" in text
    assert text.index('id="waiting"') < text.index('id="asked"')
    assert page("pages:answers", challenge.public_id) in text


def test_the_room_costs_the_same_for_a_crowd(in_acme: Cast, as_member: SignIn, challenge: Challenge) -> None:
    for member in crowd(challenge, 12):
        idea = factories.idea(challenge, member, body="Valves again", answer_due_at=timezone.now())
        factories.comment(idea, in_acme.ed)

    assert len(queries_of(as_member(in_acme.carol), page("pages:room", challenge.public_id))) <= BUDGET
