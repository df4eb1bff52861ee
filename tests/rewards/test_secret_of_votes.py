"""Who voted is shown to nobody at any time: nothing in a ledger tells one vote from another, or from none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum
from django.urls import reverse

from challenges.enums import ChallengeState, PhaseKind
from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.people.models import Member
from ideas.domain import joining, teams
from ideas.domain.voting import cast_vote, withdraw_vote
from ideas.models import Idea, Vote
from rewards.domain.recomputing import recompute
from rewards.models import LedgerEntry, Standing
from rewards.queries import entries_of
from tests import factories
from tests.rewards.working import book_points

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
World = Callable[[Idea, Idea], None]


@pytest.fixture
def ideas(in_acme) -> list[Idea]:
    """Two ideas of Alice's in a challenge in which voting is open."""
    challenge = factories.challenge(in_acme.carol)
    return [factories.idea(challenge, in_acme.alice, title=title) for title in ("First", "Second")]


@pytest.fixture
def shown_after(in_acme, ideas, as_member) -> Callable[[World], Any]:
    """Return what Alice can read of her ledger, when something has happened and voting is over."""
    alice = as_member(in_acme.alice)
    over = factories.phase(ideas[0].challenge, PhaseKind.VOTING).ends_at

    def shown(happens: World) -> Any:
        with transaction.atomic():
            happens(*ideas)
            phase = ideas[0].challenge.phases.filter(kind=PhaseKind.VOTING)
            phase.update(starts_at=over - timedelta(days=40), ends_at=over - timedelta(days=21))
            book_points()
            assert not recompute(in_acme.acme)
            page = alice.get(reverse("rewards:mine"))
            found = [
                alice.get(f"/api/v1/ledger/{query}").json()
                for query in ("", "?kind=earned", "?kind=reversed", "?kind=capped", "?ordering=occurred_at")
            ]
            found += [alice.get("/api/v1/standing/").json(), page.context["rows"], page.context["points"]]
            transaction.set_rollback(True)
        return found

    return shown


def vote(idea: Idea, members: Sequence[Member], *, now: datetime = NOON) -> None:
    for number, member in enumerate(members):
        record(Verb.VOTE_CAST, subject=idea, actor=member, now=now + timedelta(seconds=number))


def test_joining_authors_do_not_show_whether_they_had_voted(in_acme, shown_after):
    """What two co-authors who were voters would leave behind, were each vote an entry: its reversal."""
    others = [factories.member() for _ in range(3)]

    def both_join(idea: Idea, voter: Member | None) -> None:
        vote(idea, others)
        if voter is not None:
            cast_vote(idea, actor=voter)
        for colleague in (in_acme.ed, in_acme.dave):
            asked = joining.invite_colleague(idea, colleague, actor=in_acme.alice)
            joining.accept_invitation(asked, actor=colleague)

    nobody = shown_after(lambda idea, _other: both_join(idea, None))
    for voter in (in_acme.ed, in_acme.dave):
        assert shown_after(lambda idea, _other, voter=voter: both_join(idea, voter)) == nobody
    assert nobody[0]["count"] == 1


def test_a_vote_that_was_taken_back_leaves_no_trace(in_acme, shown_after):
    def changes_their_mind(idea: Idea, _other: Idea) -> None:
        vote(idea, [in_acme.grace])
        cast_vote(idea, actor=in_acme.ed)
        withdraw_vote(idea, actor=in_acme.ed)

    assert shown_after(changes_their_mind) == shown_after(lambda idea, _other: vote(idea, [in_acme.grace]))


def test_ideas_without_any_vote_left_are_not_named(in_acme, shown_after):
    def only_vote_is_withdrawn(idea: Idea, _other: Idea) -> None:
        cast_vote(idea, actor=in_acme.ed)
        withdraw_vote(idea, actor=in_acme.ed)

    assert shown_after(only_vote_is_withdrawn) == shown_after(lambda _idea, _other: None)


@pytest.mark.parametrize("turned", [False, True])
def test_neither_times_nor_the_order_of_votes_are_told(in_acme, shown_after, turned):
    def two(idea: Idea, other: Idea) -> None:
        vote(idea, [in_acme.ed])
        vote(other, [in_acme.grace], now=NOON + timedelta(hours=1))

    def otherwise(idea: Idea, other: Idea) -> None:
        first, second = (other, idea) if turned else (idea, other)
        vote(first, [in_acme.dave], now=NOON + timedelta(days=3))
        vote(second, [in_acme.frank], now=NOON + timedelta(days=4))

    assert shown_after(two) == shown_after(otherwise)


def test_the_limit_tells_no_day_and_no_idea(in_acme, shown_after):
    people = [factories.member() for _ in range(22)]

    def ends_with(last: int, day: int) -> World:
        def happens(*both: Idea) -> None:
            now = NOON + timedelta(days=day)
            vote(both[last - 1], people[:11], now=now)
            vote(both[last], people[11:], now=now + timedelta(hours=1))

        return happens

    shown = shown_after(ends_with(1, 0))

    assert [(row["kind"], row["points"], row["idea"]) for row in shown[3]["results"]] == [("capped", -4, None)]
    assert shown == shown_after(ends_with(0, 5))


def test_a_vote_stays_when_its_voter_joins_after_the_end(in_acme, ideas):
    """Everybody has seen the sum, and would see by how much it falls."""
    idea = ideas[0]
    cast_vote(idea, actor=in_acme.ed)
    factories.phase(idea.challenge, PhaseKind.VOTING, starts_in=-9, ends_in=-1)
    book_points()
    before = [entry.shown_points for entry in entries_of(in_acme.alice)]

    joining.accept_invitation(joining.invite_colleague(idea, in_acme.ed, actor=in_acme.alice), actor=in_acme.ed)
    book_points()

    assert Vote.objects.filter(idea=idea, member=in_acme.ed).exists()
    assert before == [entry.shown_points for entry in entries_of(in_acme.alice)] == [2]
    assert not entries_of(in_acme.ed).exists()  # nobody earns by their own vote


def test_the_moment_is_that_from_which_counts_are_public(in_acme, ideas):
    challenge = ideas[0].challenge
    cast_vote(ideas[0], actor=in_acme.ed)
    book_points()
    assert not entries_of(in_acme.alice).exists()

    challenge.state, challenge.closed_at = ChallengeState.CLOSED, NOON
    challenge.save()
    closed: Any = entries_of(in_acme.alice).get()
    ended = factories.phase(challenge, PhaseKind.VOTING, starts_in=-900, ends_in=-800).ends_at

    assert closed.shown_at == NOON
    over: Any = entries_of(in_acme.alice).get()
    assert over.shown_at == min(ended, NOON)


def test_what_is_shown_adds_up_to_the_standing(in_acme, ideas):
    people = [factories.member() for _ in range(25)]
    vote(ideas[0], people)
    vote(ideas[1], people[:3], now=NOON + timedelta(days=1))
    teams.add_contributor(ideas[1], in_acme.ed, actor=in_acme.alice)
    vote(ideas[1], people[3:20], now=NOON + timedelta(days=1))
    record(Verb.VOTE_WITHDRAWN, subject=ideas[0], actor=people[0], now=NOON + timedelta(days=2))
    record(Verb.IDEA_PUBLISHED, subject=ideas[0], actor=in_acme.bob)
    book_points()
    factories.phase(ideas[0].challenge, PhaseKind.VOTING, starts_in=-9, ends_in=-1)

    for member in (in_acme.alice, in_acme.ed):
        shown = entries_of(member).order_by().aggregate(sum=Sum("shown_points"))["sum"]
        booked = LedgerEntry.objects.filter(member=member).aggregate(sum=Sum("points"))["sum"]
        assert shown == booked == Standing.objects.get(member=member).points
