"""News that workers write late: told by the next digest, and by no other."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.inbox.digest_content import Content, collect
from crowdhub.inbox.domain.digests import claim_digests
from crowdhub.inbox.models import Digest, Notification
from crowdhub.people.models import Member
from crowdhub.tenancy.context import tenant
from ideas.domain.discussion import post_comment
from tests import factories
from tests.harness.cast import Cast, make_cast
from tests.harness.outbox import run_consumers
from tests.harness.races import overlap


def claim(member: Member, *, now: datetime | None = None) -> Digest:
    now = now or timezone.now()
    [pk] = claim_digests(member.organization, now=now, members=Member.objects.filter(pk=member.pk))
    return Digest.objects.get(pk=pk)


def told_by(digest: Digest) -> Content:
    """Read what a digest says; a mail is sent, or there was nothing to say."""
    content = collect([digest], now=digest.created_at)[digest.member_id]
    Digest.objects.filter(pk=digest.pk).update(is_empty=True)
    return content


def on_three_days(today: Digest) -> list[Content]:
    """Read a digest that was claimed, then those of the next two days."""
    days = [told_by(today)]
    for day in (1, 2):
        days.append(told_by(claim(today.member, now=today.created_at + timedelta(days=day))))
    return days


@pytest.fixture
def idea(in_acme: Cast):
    return factories.idea(factories.challenge(in_acme.carol), in_acme.alice)


def test_news_that_come_after_the_digest_was_claimed_are_in_the_next_one(in_acme, idea):
    post_comment(idea, actor=in_acme.ed, body="Yes!")
    today = claim(in_acme.alice)
    run_consumers()

    assert [len(content.news) for content in on_three_days(today)] == [0, 1, 0]


def test_news_are_told_also_where_the_clock_of_the_worker_is_ahead(in_acme, idea):
    today = claim(in_acme.alice, now=timezone.now() + timedelta(minutes=5))
    told = [told_by(today)]

    post_comment(idea, actor=in_acme.ed, body="Yes!")
    run_consumers()
    told.append(told_by(claim(in_acme.alice, now=timezone.now() + timedelta(days=1))))

    assert [len(content.news) for content in told] == [0, 1]


def test_questions_that_come_after_the_digest_was_claimed_are_news_in_the_next_one(in_acme):
    challenge = factories.challenge(in_acme.carol)
    factories.invitation(challenge, in_acme.alice)
    record(Verb.CHALLENGE_INVITED, subject=challenge, actor=None)
    today = claim(in_acme.alice)
    run_consumers()

    assert [content.is_worth_a_mail for content in on_three_days(today)] == [False, True, False]


def test_what_was_there_before_the_column_was_counts_from_when_it_happened(in_acme, idea):
    post_comment(idea, actor=in_acme.ed, body="Yes!")
    run_consumers()
    Notification.objects.update(written_at=None)

    assert [len(content.news) for content in on_three_days(claim(in_acme.alice))] == [1, 0, 0]


def test_a_digest_waits_for_news_that_are_being_written_when_it_is_claimed(committed_db):
    with transaction.atomic():
        cast = make_cast(factories.organization("acme"), factories.organization("globex"))
    with tenant(cast.acme), transaction.atomic():
        commented = factories.idea(factories.challenge(cast.carol), cast.alice)
        post_comment(commented, actor=cast.ed, body="Yes!")

    def read_today(alice: Member) -> tuple[Digest, Content]:
        today = claim(alice, now=timezone.now())
        return today, told_by(today)

    today, content = overlap(cast.acme, run_consumers, lambda: cast.alice, read_today)

    with tenant(cast.acme), transaction.atomic():
        assert len(content.news) == 1
        assert told_by(claim(cast.alice, now=today.created_at + timedelta(days=1))).news == []
