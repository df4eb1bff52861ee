from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.views import redirect_to_login
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from challenges.enums import ChallengeState, PhaseKind
from challenges.models import Challenge
from challenges.queries import challenges_with_secret_counts
from challenges.rules import counts_are_public
from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.people.domain.settings import change_settings
from crowdhub.tenancy.context import tenant
from ideas.domain import teams
from ideas.enums import IdeaState
from rewards.board import board_for
from rewards.domain.standings import choose_listing
from rewards.models import LedgerEntry, Standing
from rewards.queries import entries_of
from rewards.reasons import reason_of
from tests import factories
from tests.rewards.working import book_points

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
MOST_QUERIES = 8


@pytest.fixture
def idea(in_acme):
    """Alice's idea in a challenge in which voting is over."""
    challenge = factories.challenge(in_acme.carol)
    factories.phase(challenge, PhaseKind.VOTING, starts_in=-9, ends_in=-1)
    return factories.idea(challenge, in_acme.alice, title="Lights <off>")


def queries_of(client, url: str) -> tuple[int, str]:
    """Fetch a page; return its number of queries, the tenant's setting and savepoints apart, and its text."""
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
    assert response.status_code == 200
    counted = [q["sql"] for q in captured if "set_config" not in q["sql"] and "SAVEPOINT" not in q["sql"]]
    return len(counted), response.content.decode()


def own_place(member):
    return board_for(member).own


def listed(name: str, points: int, **fields):
    """Make somebody who opted in, with a standing that no ledger backs: boards read standings only."""
    member = factories.member(name, **fields)
    Standing.objects.create(organization=member.organization, member=member, points=points, is_listed=True)
    return member


def test_votes_are_one_row_with_their_sum(in_acme, as_member, idea):
    for voter in (in_acme.ed, in_acme.dave, in_acme.grace):
        record(Verb.VOTE_CAST, subject=idea, actor=voter)
    record(Verb.IDEA_ANSWERED, subject=idea, actor=in_acme.carol, data={"outcome": "selected"})
    book_points()

    rows = as_member(in_acme.alice).get(reverse("rewards:mine")).context["rows"]

    assert [(row.count, row.points, row.reason) for row in rows] == [
        (1, "+100", "“Lights <off>” was selected"),
        (1, "+6", "Votes for “Lights <off>”"),
    ]


def test_every_entry_says_why_it_is_there(in_acme, idea):
    comment = factories.comment(idea, in_acme.ed)
    record(Verb.IDEA_PUBLISHED, subject=idea, actor=in_acme.bob)
    record(Verb.VOTE_CAST, subject=idea, actor=in_acme.ed)
    record(Verb.VOTE_WITHDRAWN, subject=idea, actor=in_acme.ed)
    record(Verb.VOTE_CAST, subject=idea, actor=in_acme.grace)
    record(Verb.IDEA_ANSWERED, subject=idea, actor=in_acme.carol, data={"outcome": "selected"})
    for verb in (Verb.COMMENT_MARKED_HELPFUL, Verb.COMMENT_HIDDEN, Verb.COMMENT_RESTORED):
        record(verb, subject=comment, actor=in_acme.alice)
    record(Verb.COMMENT_UNMARKED_HELPFUL, subject=comment, actor=in_acme.alice)
    book_points()

    assert {reason_of(entry) for entry in entries_of(in_acme.alice)} == {
        "Your first published idea, “Lights <off>”",
        "Votes for “Lights <off>”",
        "“Lights <off>” was selected",
    }
    assert [reason_of(entry) for entry in entries_of(in_acme.ed)] == [
        "Your comment on “Lights <off>” is no longer marked as helpful",
        "Your helpful comment on “Lights <off>” is visible again",
        "Your comment on “Lights <off>” was hidden by a moderator",
        "Your comment on “Lights <off>” was marked as helpful",
    ]


def test_an_idea_that_is_out_of_reach_has_no_title(in_acme, idea):
    comment = factories.comment(idea, in_acme.ed)
    record(Verb.COMMENT_MARKED_HELPFUL, subject=comment, actor=in_acme.alice)
    book_points()

    idea.state = IdeaState.WITHDRAWN
    idea.save()

    entry: Any = entries_of(in_acme.ed).get()
    assert entry.idea_public_id is None
    assert reason_of(entry) == "Your comment on an idea was marked as helpful"


def test_the_limit_is_explained(in_acme, idea):
    for _ in range(21):
        record(Verb.VOTE_CAST, subject=idea, actor=factories.member(), now=NOON)
    book_points()
    record(Verb.VOTE_WITHDRAWN, subject=idea, actor=Event.objects.earliest("pk").actor, now=NOON)
    book_points()

    def reasons() -> dict[int, str]:
        return {entry.shown_points: reason_of(entry) for entry in entries_of(in_acme.alice)}

    assert reasons() == {40: "Votes for “Lights <off>”"}  # the one above the limit was withdrawn
    record(Verb.VOTE_CAST, subject=idea, actor=in_acme.ed, now=NOON)
    book_points()
    assert reasons() == {
        42: "Votes for “Lights <off>”",
        -2: "Votes in one challenge give at most 40 points a day, and on some days there were more",
    }


def test_leaving_a_team_says_why_points_went(in_acme, idea):
    teams.add_contributor(idea, in_acme.ed, actor=in_acme.alice, now=NOON)
    record(Verb.IDEA_PUBLISHED, subject=idea, actor=in_acme.bob, now=NOON)
    for _ in range(21):
        record(Verb.VOTE_CAST, subject=idea, actor=factories.member(), now=NOON)
    book_points()

    teams.remove_contributor(idea, in_acme.ed, actor=in_acme.alice)
    book_points()

    entries: Any = entries_of(in_acme.ed)
    assert [(entry.shown_points, reason_of(entry)) for entry in entries] == [
        (-10, "You no longer write “Lights <off>”"),
        (10, "Your first published idea, “Lights <off>”"),
    ]


def test_my_points_shows_the_sum_the_rules_and_nobody_who_voted(in_acme, idea, as_member):
    record(Verb.VOTE_CAST, subject=idea, actor=in_acme.grace)
    book_points()

    _queries, page = queries_of(as_member(in_acme.alice), reverse("rewards:mine"))

    assert "Votes for “Lights &lt;off&gt;”" in page
    assert "+2" in page
    assert "+200" in page  # a rule
    assert "Votes in one challenge give at most 40 points a day" in page
    assert in_acme.grace.name not in page


def test_pages_say_what_to_do_when_there_is_nothing_yet(in_acme, as_member):
    client = as_member(in_acme.alice)

    assert "No points yet" in client.get(reverse("rewards:mine")).content.decode()
    assert "Nobody is listed yet" in client.get(reverse("rewards:board")).content.decode()
    assert "No newcomer is listed yet" in client.get(reverse("rewards:board") + "?board=newcomers").content.decode()


@pytest.mark.parametrize("name", ["rewards:mine", "rewards:board"])
def test_queries_do_not_grow_with_the_rows(in_acme, idea, as_member, name):
    client = as_member(in_acme.alice)
    choose_listing(in_acme.alice, listed=True)
    client.get(reverse(name))  # the process gets to know the host
    counts = []
    for more in (1, 30):
        for _ in range(more):
            listed("", 5)
            record(Verb.VOTE_CAST, subject=idea, actor=factories.member())
        book_points()
        counts.append(queries_of(client, reverse(name))[0])

    assert counts[0] == counts[1] <= MOST_QUERIES


def test_my_points_come_in_pages(in_acme, idea, as_member):
    for number in range(30):
        comment = factories.comment(idea, in_acme.alice)
        moment = NOON + timedelta(days=number)
        record(Verb.COMMENT_MARKED_HELPFUL, subject=comment, actor=in_acme.ed, now=moment)
    book_points()
    client = as_member(in_acme.alice)

    first, second = (client.get(reverse("rewards:mine"), {"page": page}) for page in (1, 2))

    rows = [row for page in (first, second) for row in page.context["rows"]]
    assert len(rows) == 30
    assert "Page 1 of 2" in first.content.decode()


def test_points_from_votes_are_secret_until_voting_has_closed(in_acme, as_member):
    challenge = factories.challenge(in_acme.carol)  # voting is open
    open_idea = factories.idea(challenge, in_acme.alice)
    choose_listing(in_acme.alice, listed=True)
    record(Verb.IDEA_PUBLISHED, subject=open_idea, actor=in_acme.bob, now=NOON)
    for _ in range(22):
        record(Verb.VOTE_CAST, subject=open_idea, actor=factories.member(), now=NOON)
    book_points()

    def shown():
        return [entry.shown_points for entry in entries_of(in_acme.alice)], own_place(in_acme.alice).points

    before = shown()
    factories.phase(challenge, PhaseKind.VOTING, starts_in=-9, ends_in=-1)
    entries, points = shown()

    assert before == ([10], 10)
    assert (sorted(entries), points) == ([-4, 10, 44], 50)
    assert Standing.objects.get(member=in_acme.alice).points == 50


def test_a_secret_vote_changes_nothing_shown_of_another_challenge(in_acme, idea):
    """Above its limit, the challenge whose counts are public shows the same before and after."""
    secret = factories.idea(factories.challenge(in_acme.carol), in_acme.alice)
    choose_listing(in_acme.alice, listed=True)
    for _ in range(22):
        record(Verb.VOTE_CAST, subject=idea, actor=factories.member(), now=NOON)
    book_points()

    def shown():
        return [entry.shown_points for entry in entries_of(in_acme.alice)], own_place(in_acme.alice).points

    before = shown()
    record(Verb.VOTE_CAST, subject=secret, actor=in_acme.ed, now=NOON)
    book_points()

    assert shown() == before
    assert sum(before[0]) == before[1] == 40


def test_the_query_for_secret_counts_agrees_with_the_rule(in_acme):
    now = timezone.now()
    for state in ChallengeState:
        for ends_in in (-1, 3):
            challenge = factories.challenge(in_acme.carol, state=state)
            factories.phase(challenge, PhaseKind.VOTING, starts_in=-9, ends_in=ends_in)
    factories.challenge(in_acme.carol).phases.all().delete()

    secret = set(challenges_with_secret_counts(now=now))

    assert secret == {each for each in Challenge.objects.all() if not counts_are_public(each, now=now)}


def test_only_those_who_opted_in_are_on_the_board(in_acme):
    Standing.objects.create(organization=in_acme.acme, member=in_acme.ed, points=500)
    listed("Rosa", 30)
    listed("Left", 90, is_active=False)
    listed("Erased", 80, erased_at=timezone.now())

    assert [row.name for row in board_for(in_acme.alice).top] == ["Rosa"]


def test_equal_points_share_a_place(in_acme):
    for name, points in (("Ann", 20), ("Ben", 50), ("Cid", 20), ("Dot", 10)):
        listed(name, points)

    assert [(row.rank, row.name) for row in board_for(in_acme.alice).top] == [
        (1, "Ben"),
        (2, "Ann"),
        (2, "Cid"),
        (4, "Dot"),
    ]


@pytest.mark.parametrize(
    ("place", "expected"), [(3, []), (14, [12, 13, 14, 15]), (20, [18, 19, 20]), (11, [9, 10, 11, 12])]
)
def test_readers_below_the_top_see_the_three_nearest(in_acme, place, expected):
    people = [listed(f"Person {number}", 1000 - number) for number in range(1, 21)]

    board = board_for(people[place - 1])

    assert [row.rank for row in board.top] == list(range(1, 11))
    assert [row.rank for row in board.around] == expected
    assert own_place(people[place - 1]).rank == place


def test_newcomers_have_their_own_board(in_acme):
    today = timezone.localdate()
    listed("Old hand", 900, joined_on=today - timedelta(days=90))
    listed("New face", 20, joined_on=today - timedelta(days=89))

    assert [row.name for row in board_for(in_acme.alice, newcomers=True).top] == ["New face"]
    assert [row.name for row in board_for(in_acme.alice).top] == ["Old hand", "New face"]


def test_joining_and_leaving_the_board(in_acme, as_member):
    client = as_member(in_acme.alice)

    for value, expected in (("1", ["Alice"]), ("1", ["Alice"]), ("0", [])):
        response = client.post(reverse("rewards:listing"), {"listed": value})
        assert response.status_code == 302
        assert [row.name for row in board_for(in_acme.alice).top] == expected
    assert Event.objects.filter(verb=Verb.MEMBER_CHANGED, actor=in_acme.alice).count() == 2


@pytest.mark.parametrize("value", ["", "2", "yes"])
def test_a_choice_that_is_none_is_refused(in_acme, as_member, value):
    assert as_member(in_acme.alice).post(reverse("rewards:listing"), {"listed": value}).status_code == 400


@pytest.mark.parametrize("name", ["rewards:mine", "rewards:board"])
def test_visitors_have_to_sign_in(in_acme, visitor, name):
    response = visitor.get(reverse(name))

    assert response.status_code == 302
    assert response["Location"] == redirect_to_login(reverse(name), reverse("account_login")).url


def test_another_organization_shares_nothing(in_acme, idea, as_member):
    record(Verb.VOTE_CAST, subject=idea, actor=in_acme.ed)
    choose_listing(in_acme.alice, listed=True)
    book_points()
    page = as_member(in_acme.mallory).get(reverse("rewards:board")).content.decode()

    assert "Alice" not in page
    with tenant(in_acme.globex):
        assert not LedgerEntry.objects.exists()


def test_without_a_leaderboard_nobody_is_compared_and_everybody_keeps_their_points(in_acme, as_member):
    client = as_member(in_acme.alice)
    choose_listing(in_acme.alice, listed=True)
    change_settings(in_acme.acme, {"has_leaderboard": False}, actor=in_acme.erin)

    refused = client.get(reverse("rewards:board"))
    mine = client.get(reverse("rewards:mine")).content.decode()

    assert refused.status_code == 403
    assert "your organization has switched it off" in refused.content.decode()
    assert "Your organization has no leaderboard" in mine
    assert reverse("rewards:board") not in mine
    assert reverse("rewards:listing") not in mine


def test_without_a_leaderboard_it_can_be_left_and_not_joined(in_acme, as_member):
    client = as_member(in_acme.alice)
    choose_listing(in_acme.alice, listed=True)
    change_settings(in_acme.acme, {"has_leaderboard": False}, actor=in_acme.erin)

    left = client.post(reverse("rewards:listing"), {"listed": "0"})
    joined = client.post(reverse("rewards:listing"), {"listed": "1"})

    assert (left.status_code, left.url, joined.status_code) == (302, reverse("rewards:mine"), 403)
    assert not Standing.objects.get(member=in_acme.alice).is_listed
