"""The demo's organizations: believable, consistent, and loaded once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from hashlib import sha256

import pytest
from django.contrib.auth.hashers import check_password
from django.db import connection, transaction
from django.db.models import Count, F, Q
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from challenges.models import Challenge, Invitation
from challenges.queries import challenges_visible_to
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event, OutboxRow
from crowdhub.common.working_days import is_working_day
from crowdhub.inbox.models import Notification
from crowdhub.operator.demo_data.big import load_big
from crowdhub.operator.demo_data.clock import Clock
from crowdhub.operator.demo_data.load import load_demo
from crowdhub.people.models import Department, DepartmentStay, Member, Skill
from crowdhub.reports.models import Export
from crowdhub.tenancy.context import tenant
from crowdhub.tenancy.files import open_file
from crowdhub.tenancy.hosts import forget_hosts
from crowdhub.tenancy.models import Domain, Organization
from ideas.domain.voting import cast_vote, follow_idea
from ideas.enums import IdeaState
from ideas.models import Attachment, Comment, Idea, Vote
from ideas.queries import ideas_visible_to
from moderation.models import Case
from rewards.domain.recomputing import recompute
from rewards.models import Standing
from tests import factories
from tests.harness import cleaning

PASSWORD = "crowdhub-demo"
# Only these two are late, so that it can be seen what that looks like.
OVERDUE, ANSWERED_LATE = "A start-up assistant that tells what is wrong, in words", "A buddy who has the hours for it"
BIG_MEMBERS = 3_500


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[datetime]:
    """Load everything once for this file; returns when it was loaded."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        forget_hosts()
        cleaning.forget_what_is_gone()
        now = timezone.now()
        load_demo(password=PASSWORD, now=now)
        yield now
        connection.close()
        cleaning.truncate_everything()
        forget_hosts()


@pytest.fixture
def taken_back(demo: datetime) -> Iterator[None]:
    """Keep nothing of what a test writes beside the demo. With `db`, it would run apart from the others here."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def in_acme_demo(demo: datetime) -> Iterator[Organization]:
    yield from _opened("acme.localhost")


def _opened(host: str) -> Iterator[Organization]:
    opened = Organization(pk=Domain.objects.get(host=host).organization_id)
    with transaction.atomic(), tenant(opened):
        yield Organization.objects.get(pk=opened.pk)


def _member(email: str) -> Member:
    return Member.objects.get(email=email)


def test_hosts_lead_to_their_organizations(demo: datetime) -> None:
    acme, globex, operator = (
        Domain.objects.get(host=f"{slug}.localhost").organization_id for slug in ("acme", "globex", "operator")
    )

    plain = Domain.objects.filter(redirects=True).values_list("host", "organization")

    assert len({acme, globex, operator}) == 3
    assert set(plain) == {("localhost", acme), ("127.0.0.1", acme)}


def test_second_load_changes_nothing(demo: datetime) -> None:
    assert load_demo(password=PASSWORD, now=timezone.now()) == []


def test_acme_has_the_size_of_a_company(in_acme_demo: Organization) -> None:
    states = set(Challenge.objects.values_list("state", flat=True))

    assert Member.objects.count() == 240
    assert Skill.objects.count() == 40
    assert Department.objects.count() == 24
    assert Challenge.objects.count() == 6
    assert states == {"draft", "launched", "closed"}
    assert Idea.objects.count() >= 80
    assert set(Idea.objects.values_list("state", flat=True)) == set(IdeaState.values) - {IdeaState.WITHDRAWN}
    assert 900 < Vote.objects.count() < 1_500
    assert Comment.objects.count() >= 250


def is_a_code(value: object) -> bool:
    if isinstance(value, list):
        return all(is_a_code(each) for each in value)
    return value is None or isinstance(value, int | float) or (isinstance(value, str) and not re.search(r"\s", value))


def test_events_hold_neither_text_nor_names(in_acme_demo: Organization) -> None:
    held = list(Event.objects.exclude(data={}).values_list("verb", "data"))

    assert len(held) > 200
    assert [(verb, key, value) for verb, data in held for key, value in data.items() if not is_a_code(value)] == []


def test_some_ideas_have_files(in_acme_demo: Organization) -> None:
    attachments = Attachment.objects.select_related("idea")

    assert {one.kind for one in attachments} == {"png", "csv", "text"}
    assert {one.idea.state for one in attachments} >= {IdeaState.PUBLISHED, IdeaState.SUBMITTED}
    for one in attachments:
        with open_file(one.storage_key) as file:
            assert sha256(file.read()).hexdigest() == one.sha256
        assert one.size < 5_000


def test_only_the_cast_can_sign_in(in_acme_demo: Organization) -> None:
    cast = {f"{name}@acme.example" for name in ("alice", "bob", "carol", "dave", "ed", "erin", "frank", "grace")}

    with_password = {member.email: member for member in Member.objects.all() if member.has_usable_password()}

    assert set(with_password) == cast
    assert len({member.password for member in with_password.values()}) == 1
    assert check_password(PASSWORD, with_password["alice@acme.example"].password)


def test_alice_is_invited_where_ed_sees_nothing(in_acme_demo: Organization) -> None:
    invited_only = Challenge.objects.get(visibility="invited", state="launched")

    alice = Invitation.objects.get(challenge=invited_only, member=_member("alice@acme.example"))

    assert alice.reason[0][0] == "skill"
    assert not challenges_visible_to(_member("ed@acme.example")).filter(pk=invited_only.pk).exists()


def test_points_follow_from_the_events(in_acme_demo: Organization) -> None:
    assert not recompute(in_acme_demo)
    assert Standing.objects.filter(points__gt=0, is_listed=True).count() > 20
    assert Standing.objects.filter(is_listed=False, points__gt=0).exists()


def test_nothing_is_left_for_the_workers(in_acme_demo: Organization) -> None:
    assert not OutboxRow.objects.filter(done_at=None).exists()
    assert connection.run_on_commit == []


def test_every_idea_was_decided_about_as_its_state_says(in_acme_demo: Organization) -> None:
    decided = Idea.objects.exclude(state__in=[IdeaState.DRAFT, IdeaState.SUBMITTED])
    outcome_of = {"published": "approved", "rejected": "rejected", "changes_requested": "changes_requested"}

    last = {case.idea_id: case.decisions.last() for case in Case.objects.filter(kind="triage").order_by("opened_at")}

    for idea in decided:
        assert last[idea.pk].outcome == outcome_of[idea.state]
    assert Case.objects.filter(kind="triage", state="open").count() == Idea.objects.filter(state="submitted").count()
    assert Case.objects.filter(kind="report", state="open").exists()


def test_every_promise_is_kept_except_for_two(in_acme_demo: Organization) -> None:
    submitted = Idea.objects.exclude(state=IdeaState.DRAFT)

    overdue = submitted.filter(answered_at=None, answer_due_at__lt=timezone.now()).exclude(state="changes_requested")
    late = submitted.filter(answered_at__gt=F("answer_due_at"))

    assert not submitted.filter(answer_due_at=None).exists()
    assert list(overdue.values_list("title", flat=True)) == [OVERDUE]
    assert list(late.values_list("title", flat=True)) == [ANSWERED_LATE]


def test_ideas_are_spread_over_months(in_acme_demo: Organization, demo: datetime) -> None:
    submitted = list(Idea.objects.exclude(submitted_at=None).values_list("submitted_at", flat=True))

    assert demo - min(submitted) > timedelta(days=120)
    assert len({(moment.year, moment.month) for moment in submitted}) >= 5


def test_nobody_votes_for_an_own_idea_or_before_it_was_published(in_acme_demo: Organization) -> None:
    votes = Vote.objects.annotate(own=Count("idea__contributors", filter=Q(idea__contributors__member=F("member"))))

    assert not votes.filter(own__gt=0).exists()
    assert not votes.filter(created_at__lte=F("idea__published_at")).exists()
    assert not votes.filter(created_at__lt=F("idea__challenge__launched_at")).exists()


def test_everybody_could_see_what_they_took_part_in(in_acme_demo: Organization) -> None:
    took_part = defaultdict(set)
    for idea in Idea.objects.prefetch_related("contributors", "comments"):
        for member_id in [row.member_id for row in idea.contributors.all()] + [
            row.author_id for row in idea.comments.all()
        ]:
            took_part[member_id].add(idea.pk)

    for member in Member.objects.filter(pk__in=took_part):
        assert took_part[member.pk] <= set(ideas_visible_to(member).values_list("pk", flat=True)), member


def test_everything_happened_in_the_past_and_in_order(in_acme_demo: Organization, demo: datetime) -> None:
    replies = Comment.objects.exclude(parent=None)

    assert not Event.objects.filter(occurred_at__gt=timezone.now()).exists()
    assert not Event.objects.filter(actor__joined_on__gt=F("occurred_at__date")).exists()
    assert not replies.filter(created_at__lte=F("parent__created_at")).exists()
    assert not Comment.objects.filter(created_at__lte=F("idea__published_at")).exists()
    assert not Idea.objects.filter(published_at__lte=F("submitted_at")).exists()
    assert not Idea.objects.filter(submitted_at__gte=demo).exists()


def test_nobody_was_in_two_departments_at_once(in_acme_demo: Organization) -> None:
    stays = DepartmentStay.objects.order_by("member", "since")
    by_member = defaultdict(list)
    for stay in stays:
        by_member[stay.member_id].append(stay)

    assert sum(len(of_member) > 1 for of_member in by_member.values()) >= 5
    assert len(by_member) == Member.objects.count()
    for first, second in ((s[0], s[1]) for s in by_member.values() if len(s) > 1):
        assert first.until == second.since
    departments = {stay.member_id: stay.department_id for stay in stays if stay.until is None}
    assert departments == dict(Member.objects.values_list("pk", "department_id"))


def test_old_news_is_read_and_some_of_the_latest_is_not(in_acme_demo: Organization, demo: datetime) -> None:
    unread = Notification.objects.filter(read_at=None)

    assert unread.filter(member__email="alice@acme.example").exists()
    assert unread.count() < 200
    assert not unread.filter(created_at__lt=demo - timedelta(days=11)).exists()
    assert Notification.objects.filter(member__email="alice@acme.example", reason="invited").exists()


def test_hr_has_a_finished_export(in_acme_demo: Organization) -> None:
    export = Export.objects.get()

    assert export.state == "done"
    assert export.content
    assert set(Event.objects.filter(export=export).values_list("verb", flat=True)) == {
        Verb.EXPORT_REQUESTED,
        Verb.EXPORT_FINISHED,
        Verb.EXPORT_DOWNLOADED,
    }


def test_globex_sees_nothing_of_acme(demo: datetime) -> None:
    with_acme = _counts("acme.localhost")
    with_globex = _counts("globex.localhost")

    assert with_globex == {Member: 12, Idea: 5, Challenge: 1}
    assert with_acme[Member] == 240


def _counts(host: str) -> dict[type, int]:
    with transaction.atomic(), tenant(Organization(pk=Domain.objects.get(host=host).organization_id)):
        return {model: model.objects.count() for model in (Member, Idea, Challenge)}


@pytest.mark.slow
def test_big_organization_has_what_benchmarks_need(demo: datetime) -> None:
    assert load_big(password=PASSWORD, now=demo, members=BIG_MEMBERS)
    assert not load_big(password=PASSWORD, now=demo, members=BIG_MEMBERS)

    for big in _opened("big.localhost"):
        by_challenge = Idea.objects.filter(state="published").values("challenge").annotate(count=Count("pk"))
        assert Member.objects.count() == BIG_MEMBERS
        assert Idea.objects.count() == 800
        assert max(row["count"] for row in by_challenge) == 400
        assert Comment.objects.count() == 10_000
        assert Vote.objects.count() == 40_000 * BIG_MEMBERS // 70_000
        assert Case.objects.filter(state="open").count() == 200
        assert not OutboxRow.objects.filter(done_at=None).exists()
        assert not recompute(big)
        for part in ("employee", "moderator", "manager"):
            assert check_password(PASSWORD, _member(f"{part}@big.example").password)


@pytest.mark.parametrize("verb", [Verb.VOTE_CAST, Verb.IDEA_FOLLOWED])
def test_written_events_are_like_recorded_ones(taken_back: None, verb: Verb) -> None:
    """Votes and follows are written in batches; their events must not differ from those of the domain calls."""
    shape = ["version", "data", "challenge", "comment", "case", "member", "export"]
    organization = factories.organization("initech")
    with transaction.atomic(), tenant(Organization(pk=Domain.objects.get(host="acme.localhost").organization_id)):
        written = list(Event.objects.filter(verb=verb).values(*shape).distinct())
    with tenant(organization):
        manager = factories.member()
        idea = factories.idea(factories.challenge(manager), manager)
        (cast_vote if verb == Verb.VOTE_CAST else follow_idea)(idea, actor=factories.member())
        recorded = list(Event.objects.filter(verb=verb).values(*shape))

    assert written == recorded


# hypothesis wants naive bounds and puts the zone on.
moments = st.datetimes(datetime(2024, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(now=moments, offset=st.integers(-400, 0), hour=st.integers(0, 23), minute=st.integers(0, 59))
def test_clock_keeps_what_is_past_in_the_past(now: datetime, offset: int, hour: int, minute: int) -> None:
    clock = Clock.of(Organization(), now)

    moment = clock.at(offset, hour, minute)

    assert moment < now
    assert is_working_day(moment.date(), clock.region)


@given(now=moments, age=st.integers(1, 500_000), minutes=st.floats(0, 50_000))
def test_clock_puts_consequences_after_their_causes(now: datetime, age: int, minutes: float) -> None:
    clock, cause = Clock.of(Organization(), now), now - timedelta(minutes=age)

    consequence = clock.after(cause, minutes)

    assert cause < consequence < now
