"""The law: as long as the votes of a challenge are a secret, no report depends on how many there are."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from challenges.domain.closing import close_challenge
from challenges.rules import counts_are_public
from crowdhub.reports.domain.exports import request_export
from crowdhub.reports.domain.freezing import freeze_month
from crowdhub.reports.domain.running import run_export
from crowdhub.reports.engagement import legend
from crowdhub.reports.enums import ExportFormat, ExportKind
from crowdhub.reports.models import Export, FrozenMonth
from crowdhub.reports.months import choosable_months, next_month
from ideas.models import Idea
from tests import factories
from tests.harness.cast import Cast
from tests.reports.working import comment, days, end_voting, last_month, staff, vote, within

MONTHS = 3  # the last full ones, the latest first
RUNNING = -1  # where a month is named: voting has not ended

plan = st.tuples(
    st.sampled_from([RUNNING, *range(MONTHS)]),  # the month in which voting ended
    st.booleans(),  # by closing the challenge
    st.integers(1, 2),  # ideas; where there is one only, a sum over people is its count
)
ballot = st.tuples(
    st.integers(0, 9),  # of the ideas
    st.integers(0, 30),  # of the people
    st.integers(0, MONTHS - 1),
)


@dataclass
class World:
    """Three departments, some comments in every month, and challenges with ideas to vote for."""

    cast: Cast
    now: datetime
    ideas: list[Idea] = field(default_factory=list)

    def __post_init__(self) -> None:
        departments = (self.cast.sales, self.cast.operations, self.cast.assembly)
        self.people = [each for department in departments for each in staff(department, 7)]
        self.months = choosable_months(self.cast.acme, self.now)[:MONTHS]
        quiet = factories.idea(factories.challenge(self.cast.carol), self.cast.alice)
        for month in self.months:
            for person in self.people[::5]:
                comment(quiet, person, at=within(month))

    def ask(self, ended: int, by_closing: bool, ideas: int) -> None:
        challenge = factories.challenge(self.cast.carol)
        if ended != RUNNING:
            moment = within(self.months[ended], day=20)
            end_voting(challenge, at=self.now + days(9) if by_closing else moment)
            if by_closing:
                close_challenge(challenge, actor=self.cast.carol, now=moment)
        self.ideas += [factories.idea(challenge, self.cast.alice) for _ in range(ideas)]

    def cast_votes(self, ballots, *, secret: bool) -> None:
        for place, who, month in ballots:
            idea = self.ideas[place % len(self.ideas)]
            if counts_are_public(idea.challenge, now=self.now) is not secret:
                vote(idea, self.people[who % len(self.people)], at=within(self.months[month]))

    def report(self) -> list[object]:
        """Return all that HR can read of these months as if nobody had read it before: the rows, and a file."""
        FrozenMonth.objects.all().delete()
        rows = [freeze_month(self.cast.acme, month, now=self.now).rows for month in self.months]
        export = request_export(
            ExportKind.ENGAGEMENT, ExportFormat.CSV, self.months[-1], self.months[0], actor=self.cast.dave, now=self.now
        )
        run_export(self.cast.acme, export.pk)
        content = bytes(Export.objects.get(pk=export.pk).content or b"")
        return [*rows, content]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(plans=st.lists(plan, min_size=1, max_size=4), ballots=st.lists(ballot, max_size=25))
def test_reports_are_the_same_whatever_the_secret_votes(in_acme, plans, ballots):
    with transaction.atomic():
        world = World(in_acme, timezone.now())
        for each in plans:
            world.ask(*each)
        world.cast_votes(ballots, secret=False)
        before = world.report()

        world.cast_votes(ballots, secret=True)

        assert world.report() == before
        transaction.set_rollback(True)


@pytest.mark.parametrize("ended", [RUNNING, 0])
def test_only_votes_that_are_no_secret_change_a_report(in_acme, ended):
    """What shows that the law above looks at figures which votes can change."""
    world = World(in_acme, timezone.now())
    world.ask(ended, by_closing=False, ideas=1)
    before = world.report()

    vote(world.ideas[0], *world.people[:3], *world.people[7:10], at=within(last_month()))

    assert (world.report() == before) is (ended == RUNNING)


def test_a_vote_is_in_the_report_once_voting_has_ended(in_acme):
    """Nothing is lost because somebody read a month while voting was going on."""
    world = World(in_acme, timezone.now())
    world.ask(0, by_closing=False, ideas=1)
    vote(world.ideas[0], *world.people[:3], *world.people[7:10], at=within(world.months[1]))
    end_voting(world.ideas[0].challenge, at=within(next_month(world.months[0])))
    freeze_month(in_acme.acme, world.months[1], now=world.now)

    end_voting(world.ideas[0].challenge, at=within(world.months[0]))

    assert freeze_month(in_acme.acme, world.months[0], now=world.now).rows[0]["figures"]["votes"] == 6


def test_the_report_says_which_votes_are_not_in_it(in_acme):
    assert any("Votes of running votings are not in it yet." in line for line in legend([5]))
