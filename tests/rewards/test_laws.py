"""Laws of the ledger, over random histories whose events arrive late, twice and in any order."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.people.models import Member
from ideas.domain.exposure import count_talk
from ideas.models import Comment, Contributor, Idea
from moderation.models import Case
from rewards.domain.booking import book_events
from rewards.domain.point_rules import ensure_rules
from rewards.domain.recomputing import recompute
from rewards.enums import DAILY_VOTE_LIMIT, EntryKind
from rewards.models import LedgerEntry, Rule, Standing
from tests import factories
from tests.harness.cast import Cast

START = datetime(2026, 3, 4, 12, tzinfo=UTC)
# A limit of 40 needs 21 voters; with versions of 16 points, three reach it.
VOTE_POINTS = 16

step = st.tuples(
    st.sampled_from(["vote", "publish", "unpublish", "mark", "hide", "select", "team", "team"]),
    st.integers(0, 2),  # idea or comment
    st.integers(0, 5),  # who
    st.integers(0, 1),  # days since the step before
)


class World:
    """Three ideas by two authors, a comment each, six voters; every step is what its domain call would allow.

    Two people without an idea of their own, the first two voters, join and leave the teams of the three.
    """

    def __init__(self, cast: Cast) -> None:
        self.cast = cast
        challenge = factories.challenge(cast.carol)
        authors = [cast.alice, cast.alice, cast.ed]
        self.ideas = [factories.idea(challenge, author) for author in authors]
        self.comments = [factories.comment(idea, cast.grace) for idea in self.ideas]
        count_talk()
        self.cases = [
            Case.objects.create(organization=cast.acme, kind="triage", idea=idea, due_at=START) for idea in self.ideas
        ]
        self.voters = [factories.member() for _ in range(6)]
        self.votes: set[tuple[int, int]] = set()
        self.teams: dict[tuple[int, int], Event] = {}
        self.flags: dict[str, set[int]] = defaultdict(set)
        self.now = START

    def take(self, action: str, place: int, who: int, days: int) -> Event | None:
        self.now += timedelta(days=days, minutes=1)
        step: Callable[[int, int], Event | None] = getattr(self, action)
        return step(place, who)

    def vote(self, place: int, who: int) -> Event | None:
        if (place, who) in self.teams:
            return None
        self.votes ^= {(place, who)}
        verb = Verb.VOTE_CAST if (place, who) in self.votes else Verb.VOTE_WITHDRAWN
        return self.record(verb, self.ideas[place], self.voters[who])

    def publish(self, place: int, who: int) -> Event | None:
        if place in self.flags["published"]:
            return None
        self.flags["published"].add(place)
        return self.record(Verb.IDEA_PUBLISHED, self.ideas[place], self.cast.bob)

    def unpublish(self, place: int, who: int) -> Event | None:
        if place not in self.flags["published"]:
            return None
        self.flags["published"].discard(place)
        return self.record(Verb.CASE_REOPENED, self.cases[place], self.cast.bob)

    def mark(self, place: int, who: int) -> Event:
        on = self.toggle("helpful", place)
        verb = Verb.COMMENT_MARKED_HELPFUL if on else Verb.COMMENT_UNMARKED_HELPFUL
        return self.record(verb, self.comments[place], self.cast.alice)

    def hide(self, place: int, who: int) -> Event:
        on = self.toggle("hidden", place)
        return self.record(Verb.COMMENT_HIDDEN if on else Verb.COMMENT_RESTORED, self.comments[place], self.cast.bob)

    def select(self, place: int, who: int) -> Event | None:
        if place in self.flags["selected"]:
            return None
        self.flags["selected"].add(place)
        return self.record(Verb.IDEA_ANSWERED, self.ideas[place], self.cast.carol, outcome="selected")

    def team(self, place: int, who: int) -> Event | None:
        """Somebody joins or leaves; after the answer teams stay as they are."""
        who %= 2
        if place in self.flags["selected"] or (place, who) in self.votes:
            return None
        idea, member = self.ideas[place], self.voters[who]
        if self.teams.pop((place, who), None) is None:
            Contributor.objects.create(organization=self.cast.acme, idea=idea, member=member, share=0)
            added = self.record(Verb.CONTRIBUTOR_ADDED, idea, self.cast.alice, member=member.pk)
            self.teams[place, who] = added
            return added
        Contributor.objects.filter(idea=idea, member=member).delete()
        return self.record(Verb.CONTRIBUTOR_REMOVED, idea, self.cast.alice, member=member.pk)

    def toggle(self, flag: str, place: int) -> bool:
        self.flags[flag] ^= {place}
        return place in self.flags[flag]

    def record(self, verb: Verb, subject: Idea | Comment, actor: Member, **data: str | int) -> Event:
        return record(verb, subject=subject, actor=actor, data=data, now=self.now)

    @property
    def ideas_of(self) -> dict[int, set[int]]:
        """Who writes which ideas now."""
        found = {self.cast.alice.pk: {0, 1}, self.cast.ed.pk: {2}}
        for who in (0, 1):
            found[self.voters[who].pk] = {place for place, member in self.teams if member == who}
        return found

    def had_joined(self, author: int, place: int, vote: Event) -> bool:
        joined = {self.voters[who].pk: event for (where, who), event in self.teams.items() if where == place}
        return author not in joined or joined[author].pk < vote.pk

    def deserved(self) -> dict[int, int]:
        """What everyone should have but for votes, told from the state of the world and not from its events."""
        points = {self.cast.grace.pk: 5 * len(self.flags["helpful"] - self.flags["hidden"])}
        for author, own in self.ideas_of.items():
            points.setdefault(author, 0)
            points[author] += 10 * bool(self.flags["published"] & own) + 100 * len(self.flags["selected"] & own)
        return points


@pytest.fixture
def world(in_acme: Cast) -> World:
    ensure_rules(in_acme.acme)
    Rule.objects.filter(code="vote_received").update(points=VOTE_POINTS)
    return World(in_acme)


@given(history=st.lists(step, min_size=1, max_size=40), random=st.randoms(use_true_random=False))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_history_in_any_order_gives_what_is_deserved(world, history, random):
    with transaction.atomic():
        world.__init__(world.cast)
        events = [event for taken in history if (event := world.take(*taken)) is not None]
        deliver(events, random)

        for member, standing in Standing.objects.values_list("member_id", "points"):
            assert standing == total(LedgerEntry.objects.filter(member=member))
            assert total(votes_of(member)) >= 0
        for day in votes_by_day():
            assert 0 <= day <= DAILY_VOTE_LIMIT
        others = LedgerEntry.objects.exclude(rule__code="vote_received")
        assert {member: total(others.filter(member=member)) for member in world.deserved()} == world.deserved()
        expected = expected_from_votes(world)
        assert expected == {member: total(votes_of(member)) for member in expected}
        assert not recompute(world.cast.acme)
        transaction.set_rollback(True)
    assert connection.in_atomic_block  # of the test itself


def deliver(events: list[Event], random) -> None:
    """Give the events to the consumer in batches, in any order, some of them twice."""
    arriving = events + random.sample(events, k=len(events) // 3)
    random.shuffle(arriving)
    while arriving:
        size = random.randint(1, 8)
        batch, arriving = arriving[:size], arriving[size:]
        book_events(sorted(batch, key=lambda event: event.pk))


def votes_of(member: int):
    return LedgerEntry.objects.filter(member=member, rule__code="vote_received")


def total(entries):
    return entries.aggregate(total=Sum("points", default=0))["total"]


def votes_by_day() -> list[int]:
    by_day = LedgerEntry.objects.filter(counts_on__isnull=False).order_by().values("member", "counts_on")
    return [day["points"] for day in by_day.annotate(points=Sum("points"))]


def expected_from_votes(world: World) -> dict[int, int]:
    """What the standing votes give: per author and day of the vote at most the limit."""
    last_cast: dict[tuple[int, int], Event] = {}
    for event in Event.objects.filter(verb=Verb.VOTE_CAST, idea__in=world.ideas).order_by("pk"):
        last_cast[event.idea_id, event.actor_id] = event
    points: dict[tuple[int, object], int] = defaultdict(int)
    for place, who in world.votes:
        vote = last_cast[world.ideas[place].pk, world.voters[who].pk]
        for author, ideas in world.ideas_of.items():
            if place in ideas and world.had_joined(author, place, vote):
                points[author, vote.occurred_at.date()] += VOTE_POINTS
    sums = dict.fromkeys(world.ideas_of, 0)
    for (author, _day), day_points in points.items():
        sums[author] += min(DAILY_VOTE_LIMIT, day_points)
    return sums


def test_limit_entries_are_the_only_ones_that_depend_on_the_order(world):
    events = [world.vote(0, who) for who in range(4)] + [world.vote(0, 1)]

    ledgers = []
    for arriving in (events, list(reversed(events))):
        with transaction.atomic():
            for event in arriving:
                book_events([event])
            entries = LedgerEntry.objects.exclude(kind=EntryKind.CAPPED).values_list(
                "event", "member", "kind", "points"
            )
            ledgers.append((set(entries), Standing.objects.get(member=world.cast.alice).points))
            transaction.set_rollback(True)

    assert ledgers[0] == ledgers[1]
