from __future__ import annotations

from collections.abc import Callable

import pytest

from challenges.enums import PhaseKind
from crowdhub.people.domain.settings import change_settings
from ideas.domain.answering import answer_idea
from ideas.domain.voting import cast_vote
from tests import factories
from tests.api.conftest import problem_of
from tests.harness.outbox import run_consumers

pytestmark = pytest.mark.django_db


@pytest.fixture
def selected(in_acme, idea) -> Callable[[], None]:
    answer_idea(idea, outcome="selected", reasons="It saves most.", actor=in_acme.carol)
    run_consumers()


@pytest.mark.usefixtures("selected")
def test_own_ledger_with_reasons(in_acme, api, idea):
    found = api(in_acme.alice).get("ledger/").json()["results"]

    assert [(entry["rule"], entry["points"], entry["idea"]) for entry in found] == [("selected", 100, idea.public_id)]
    assert found[0]["reason"] == "“Switch the presses off” was selected"


@pytest.mark.usefixtures("selected")
def test_ledger_is_ones_own(in_acme, api):
    for other in (in_acme.ed, in_acme.erin, in_acme.mallory):
        assert api(other).get("ledger/").json()["count"] == 0
        assert api(other).get("standing/").json()["points"] == 0


def test_points_of_hidden_votes_are_hidden(in_acme, api, idea, challenge):
    cast_vote(idea, actor=in_acme.carol)
    run_consumers()
    alice = api(in_acme.alice)

    before = alice.get("ledger/").json()["count"], alice.get("standing/").json()["points"]
    factories.phase(challenge, PhaseKind.VOTING, starts_in=-9, ends_in=-1)
    after = alice.get("ledger/").json()["count"], alice.get("standing/").json()["points"]

    assert (before, after) == ((0, 0), (1, 2))


@pytest.mark.usefixtures("selected")
def test_filters_and_order(in_acme, api):
    alice = api(in_acme.alice)

    assert alice.get("ledger/", rule="vote_received").json()["count"] == 0
    assert alice.get("ledger/", kind="earned", ordering="-points").json()["count"] == 1
    assert problem_of(alice.get("ledger/", ordering="member"))[0] == 400


def test_a_leaderboard_that_is_switched_off_can_be_left_and_not_joined(in_acme, api):
    alice = api(in_acme.alice)
    alice.patch("standing/", {"is_listed": True})
    change_settings(in_acme.acme, {"has_leaderboard": False}, actor=in_acme.erin)

    assert alice.patch("standing/", {"is_listed": False}).json()["is_listed"] is False
    status, detail = problem_of(alice.patch("standing/", {"is_listed": True}))
    assert status == 409
    assert "switched it off" in detail


def test_leaderboard_is_joined_and_left(in_acme, api):
    alice = api(in_acme.alice)

    assert alice.get("standing/").json() == {"points": 0, "is_listed": False}
    assert alice.patch("standing/", {"is_listed": True}).json()["is_listed"] is True
    assert alice.patch("standing/", {"is_listed": False}).json()["is_listed"] is False
    assert problem_of(alice.patch("standing/", {}))[0] == 400
    assert problem_of(alice.patch("standing/", {"is_listed": "perhaps"}))[0] == 400
