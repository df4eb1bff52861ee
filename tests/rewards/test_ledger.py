from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import connection
from django.db.models import Sum
from django.test.utils import CaptureQueriesContext

from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.people.models import Member
from ideas.domain import teams
from ideas.domain.voting import cast_vote
from ideas.models import Contributor, Idea
from moderation.models import Case
from rewards.domain.booking import book_events
from rewards.domain.point_rules import ensure_rules
from rewards.domain.recomputing import recompute
from rewards.enums import EntryKind, RuleCode
from rewards.models import LedgerEntry, Rule, Standing
from tests import factories
from tests.harness.cast import Cast
from tests.rewards.working import book_points

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


@pytest.fixture
def idea(in_acme: Cast) -> Idea:
    return factories.idea(factories.challenge(in_acme.carol), in_acme.alice)


def points_of(member: Member) -> int:
    standing = Standing.objects.filter(member=member).first()
    total = LedgerEntry.objects.filter(member=member).aggregate(total=Sum("points"))["total"] or 0
    assert total == (standing.points if standing else 0)
    return total


def entries_of(member: Member) -> list[tuple[str, str, int]]:
    entries = LedgerEntry.objects.filter(member=member).order_by("pk")
    return list(entries.values_list("rule__code", "kind", "points"))


def voters(count: int) -> list[Member]:
    return [factories.member() for _ in range(count)]


def cast_votes(idea: Idea, people: list[Member], *, now: datetime = NOON) -> list[Event]:
    return [record(Verb.VOTE_CAST, subject=idea, actor=person, now=now) for person in people]


def test_a_first_idea_earns_once_in_a_lifetime(in_acme, idea):
    another = factories.idea(idea.challenge, in_acme.alice)

    for published in (idea, another):
        record(Verb.IDEA_PUBLISHED, subject=published, actor=in_acme.bob)
        book_points()

    assert entries_of(in_acme.alice) == [(RuleCode.FIRST_IDEA, EntryKind.EARNED, 10)]


def test_every_contributor_earns_the_full_points(in_acme, idea):
    Contributor.objects.create(organization=in_acme.acme, idea=idea, member=in_acme.ed, share=20)

    record(Verb.IDEA_PUBLISHED, subject=idea, actor=in_acme.bob)
    cast_votes(idea, [in_acme.grace])
    book_points()

    assert points_of(in_acme.alice) == points_of(in_acme.ed) == 12


def test_a_late_co_author_gets_the_first_idea_points_and_the_votes_from_then_on(in_acme, idea):
    record(Verb.IDEA_PUBLISHED, subject=idea, actor=in_acme.bob)
    cast_votes(idea, [in_acme.grace])
    book_points()

    joined = teams.add_contributor(idea, in_acme.ed, actor=in_acme.alice) and Event.objects.latest("pk")
    cast_votes(idea, [in_acme.dave])
    book_points()

    assert entries_of(in_acme.ed) == [("vote_received", "earned", 2), ("first_idea", "earned", 10)]
    assert LedgerEntry.objects.get(member=in_acme.ed, rule__code="first_idea").event == joined
    assert points_of(in_acme.alice) == 14


def test_who_leaves_gives_back_what_the_idea_gave_and_no_more(in_acme, idea):
    own = factories.idea(idea.challenge, in_acme.ed)
    teams.add_contributor(idea, in_acme.ed, actor=in_acme.alice)
    for published in (idea, own):
        record(Verb.IDEA_PUBLISHED, subject=published, actor=in_acme.bob)
    cast_votes(idea, voters(22))
    cast_votes(idea, voters(22), now=NOON + timedelta(days=1))
    cast_votes(own, [in_acme.grace], now=NOON + timedelta(days=2))
    book_points()
    before = points_of(in_acme.ed)

    teams.remove_contributor(idea, in_acme.ed, actor=in_acme.alice)
    book_points()
    book_events(Event.objects.filter(verb=Verb.CONTRIBUTOR_REMOVED))

    assert (before, points_of(in_acme.ed)) == (10 + 40 + 40 + 2, 10 + 2)
    assert points_of(in_acme.alice) == 10 + 40 + 40
    assert not recompute(in_acme.acme)


def test_who_comes_back_earns_the_first_idea_again_but_not_the_old_votes(in_acme, idea):
    record(Verb.IDEA_PUBLISHED, subject=idea, actor=in_acme.bob)
    totals = []
    for change in (teams.add_contributor, teams.remove_contributor, teams.add_contributor):
        change(idea, in_acme.ed, actor=in_acme.alice)
        book_points()
        totals.append(points_of(in_acme.ed))
        cast_votes(idea, voters(1))

    assert totals == [10, 0, 10]
    assert points_of(in_acme.ed) == 10
    book_points()
    assert points_of(in_acme.ed) == 12


def test_a_voter_who_becomes_an_author_takes_the_vote_back(in_acme, idea):
    cast_vote(idea, actor=in_acme.ed)
    book_points()

    teams.add_contributor(idea, in_acme.ed, actor=in_acme.alice)
    book_points()

    assert [points for _code, _kind, points in entries_of(in_acme.alice)] == [2, -2]
    assert entries_of(in_acme.ed) == []


def test_events_of_a_team_can_arrive_in_any_order(in_acme, idea):
    teams.add_contributor(idea, in_acme.ed, actor=in_acme.alice)
    (vote,) = cast_votes(idea, [in_acme.grace])
    teams.remove_contributor(idea, in_acme.ed, actor=in_acme.alice)
    left = Event.objects.latest("pk")

    for event in (left, vote, left, vote):
        book_events([event])

    assert entries_of(in_acme.ed) == [("vote_received", "earned", 2), ("vote_received", "reversed", -2)]


def test_undoing_the_approval_takes_the_points_and_approving_again_gives_them_back(in_acme, idea):
    case = Case.objects.create(organization=in_acme.acme, kind="triage", idea=idea, due_at=NOON)

    record(Verb.IDEA_PUBLISHED, subject=idea, actor=in_acme.bob)
    book_points()
    record(Verb.CASE_REOPENED, subject=case, actor=in_acme.bob)
    book_points()
    after_undo = points_of(in_acme.alice)
    record(Verb.IDEA_PUBLISHED, subject=idea, actor=in_acme.bob)
    book_points()

    assert after_undo == 0
    assert [kind for _code, kind, _points in entries_of(in_acme.alice)] == ["earned", "reversed", "earned"]
    assert points_of(in_acme.alice) == 10


def test_when_the_first_idea_is_taken_down_the_second_one_counts_as_first(in_acme, idea):
    another = factories.idea(idea.challenge, in_acme.alice)
    for published in (idea, another):
        record(Verb.IDEA_PUBLISHED, subject=published, actor=in_acme.bob)
    book_points()

    record(Verb.IDEA_REJECTED, subject=idea, actor=in_acme.bob)
    book_points()

    assert points_of(in_acme.alice) == 10
    assert LedgerEntry.objects.get(kind="earned", reversals=None).event.idea == another


def test_a_reopened_report_leaves_a_published_idea_its_points(in_acme, idea):
    case = Case.objects.create(organization=in_acme.acme, kind="report", idea=idea, due_at=NOON)

    record(Verb.IDEA_PUBLISHED, subject=idea, actor=in_acme.bob)
    record(Verb.CASE_REOPENED, subject=case, actor=in_acme.bob)
    book_points()

    assert points_of(in_acme.alice) == 10


def test_an_idea_taken_down_by_mistake_earns_again_when_that_is_undone(in_acme, idea):
    case = Case.objects.create(organization=in_acme.acme, kind="report", idea=idea, due_at=NOON)

    for verb, subject in (
        (Verb.IDEA_PUBLISHED, idea),
        (Verb.IDEA_REJECTED, idea),
        (Verb.CASE_REOPENED, case),
    ):
        record(verb, subject=subject, actor=in_acme.bob)
        book_points()

    assert [points for _code, _kind, points in entries_of(in_acme.alice)] == [10, -10, 10]


def test_a_withdrawn_vote_is_reversed_by_an_entry_that_points_at_the_original(in_acme, idea):
    cast_votes(idea, [in_acme.ed])
    record(Verb.VOTE_WITHDRAWN, subject=idea, actor=in_acme.ed)
    book_points()

    original, reversal = LedgerEntry.objects.order_by("pk")
    assert (original.points, reversal.points, reversal.reverses) == (2, -2, original)
    assert points_of(in_acme.alice) == 0


def test_a_withdrawal_that_arrives_before_its_vote_gives_the_same_ledger(in_acme, idea):
    (vote,) = cast_votes(idea, [in_acme.ed])
    withdrawal = record(Verb.VOTE_WITHDRAWN, subject=idea, actor=in_acme.ed)

    book_events([withdrawal])
    book_events([vote])
    book_events([withdrawal, vote])

    assert entries_of(in_acme.alice) == [("vote_received", "earned", 2), ("vote_received", "reversed", -2)]


def test_votes_give_at_most_forty_points_a_day(in_acme, idea):
    cast_votes(idea, voters(25))
    cast_votes(idea, voters(3), now=NOON + timedelta(days=1))
    book_points()

    assert points_of(in_acme.alice) == 40 + 6
    (limit,) = LedgerEntry.objects.filter(kind=EntryKind.CAPPED)
    assert (limit.points, limit.counts_on) == (-10, date(2026, 3, 4))


def test_each_challenge_has_its_own_limit(in_acme, idea):
    another = factories.idea(factories.challenge(in_acme.carol), in_acme.alice)
    for voted in (idea, another):
        cast_votes(voted, voters(25))
    book_points()

    assert points_of(in_acme.alice) == 40 + 40
    assert set(LedgerEntry.objects.filter(kind=EntryKind.CAPPED).values_list("event__idea", "points")) == {
        (idea.pk, -10),
        (another.pk, -10),
    }


def test_the_limit_is_computed_again_after_a_reversal(in_acme, idea):
    people = voters(22)
    cast_votes(idea, people)
    book_points()

    totals = []
    for person in people[:4]:  # 21, 20, 19, 18 votes stand
        record(Verb.VOTE_WITHDRAWN, subject=idea, actor=person, now=NOON + timedelta(days=3))
        book_points()
        totals.append(points_of(in_acme.alice))

    assert totals == [40, 40, 38, 36]


def test_days_are_those_of_the_organization(in_acme, idea):
    late = datetime(2026, 3, 4, 23, 30, tzinfo=UTC)  # already the 5th in Berlin

    cast_votes(idea, voters(1), now=late)
    book_points()

    assert LedgerEntry.objects.get().counts_on == date(2026, 3, 5)


def test_outcomes_are_exempt_from_the_limit(in_acme, idea):
    cast_votes(idea, voters(20))
    for outcome in ("selected", "implemented"):
        record(Verb.IDEA_ANSWERED, subject=idea, actor=in_acme.carol, data={"outcome": outcome}, now=NOON)
    book_points()

    assert points_of(in_acme.alice) == 40 + 100 + 200


@pytest.mark.parametrize("outcome", ["not_now", "declined"])
def test_other_answers_earn_nothing(in_acme, idea, outcome):
    record(Verb.IDEA_ANSWERED, subject=idea, actor=in_acme.carol, data={"outcome": outcome})
    book_points()

    assert entries_of(in_acme.alice) == []


def test_hiding_restoring_and_hiding_again_are_different_facts(in_acme, idea):
    comment = factories.comment(idea, in_acme.ed)

    totals = []
    for verb in (
        Verb.COMMENT_MARKED_HELPFUL,
        Verb.COMMENT_HIDDEN,
        Verb.COMMENT_RESTORED,
        Verb.COMMENT_HIDDEN,
        Verb.COMMENT_RESTORED,
        Verb.COMMENT_UNMARKED_HELPFUL,
    ):
        record(verb, subject=comment, actor=in_acme.alice)
        book_points()
        totals.append(points_of(in_acme.ed))

    assert totals == [5, 0, 5, 0, 5, 0]


def test_a_hidden_comment_that_is_marked_earns_only_when_it_is_visible(in_acme, idea):
    comment = factories.comment(idea, in_acme.ed)

    for verb in (Verb.COMMENT_HIDDEN, Verb.COMMENT_MARKED_HELPFUL, Verb.COMMENT_RESTORED):
        record(verb, subject=comment, actor=in_acme.alice)
    book_points()

    assert [kind for _code, kind, _points in entries_of(in_acme.ed)] == ["earned"]
    assert LedgerEntry.objects.get().event.verb == Verb.COMMENT_RESTORED


def test_nobody_earns_by_what_they_do_themselves(in_acme, idea):
    comment = factories.comment(idea, in_acme.alice)

    cast_votes(idea, [in_acme.alice])
    record(Verb.COMMENT_MARKED_HELPFUL, subject=comment, actor=in_acme.alice)
    book_points()

    assert entries_of(in_acme.alice) == []


def test_a_new_version_of_a_rule_counts_from_its_day_and_reversals_keep_the_old_points(in_acme, idea):
    ensure_rules(in_acme.acme)
    Rule.objects.create(
        organization=in_acme.acme, code=RuleCode.VOTE_RECEIVED, version=2, points=3, starts_on=date(2026, 3, 5)
    )

    cast_votes(idea, [in_acme.ed])
    cast_votes(idea, [in_acme.grace], now=NOON + timedelta(days=1))
    record(Verb.VOTE_WITHDRAWN, subject=idea, actor=in_acme.ed, now=NOON + timedelta(days=2))
    book_points()

    assert [points for _code, _kind, points in entries_of(in_acme.alice)] == [2, 3, -2]


def test_rules_are_made_once(in_acme):
    first = ensure_rules(in_acme.acme)

    assert {(rule.code, rule.points) for rule in first} == {
        ("first_idea", 10),
        ("vote_received", 2),
        ("comment_helpful", 5),
        ("selected", 100),
        ("implemented", 200),
    }
    assert [rule.pk for rule in ensure_rules(in_acme.acme)] == [rule.pk for rule in first]


def test_a_batch_takes_the_same_queries_for_one_event_and_for_many(in_acme, idea):
    ensure_rules(in_acme.acme)
    counts = []
    for size in (1, 12):
        events = cast_votes(idea, voters(size))
        with CaptureQueriesContext(connection) as queries:
            book_events(events)
        counts.append(len(queries))

    assert counts[0] == counts[1]
