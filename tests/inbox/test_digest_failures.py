"""Digests when the mail server is down: everything is told, late, and once."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from crowdhub.inbox.domain.digests import claim_digests
from crowdhub.inbox.domain.sending import send_digests
from crowdhub.inbox.models import Digest, Notification
from crowdhub.people.models import Member
from ideas.domain.discussion import post_comment
from tests import factories
from tests.harness.cast import Cast
from tests.harness.outbox import run_consumers
from tests.inbox.mails import Mailbox, ask, send


def test_a_mail_that_the_server_refused_is_sent_later_with_the_same_id(in_acme, asked, mailbox, settings):
    port, settings.EMAIL_PORT = settings.EMAIL_PORT, 1
    now = (timezone.now() + timedelta(days=1)).replace(hour=11)  # far from midnight: another day's digest begins there
    assert send(in_acme, now=now) == 0
    assert Digest.objects.get(member=in_acme.alice).sent_at is None

    settings.EMAIL_PORT = port
    assert send(in_acme, now=now + timedelta(minutes=5)) == 0
    assert send(in_acme, now=now + timedelta(minutes=15)) == 1

    digest = Digest.objects.get(member=in_acme.alice)
    assert mailbox.mails()["alice@acme.example"]["Message-ID"].startswith(f"<digest-{digest.day}-{digest.pk}@")


def test_a_mail_that_cannot_be_written_does_not_keep_the_others(in_acme, asked, mailbox):
    ask(asked.challenge, in_acme.ed)
    Member.objects.filter(pk=in_acme.alice.pk).update(email="alice@acme.example\nBcc: x@y.example")

    assert send(in_acme) == 1

    assert set(mailbox.mails()) == {"ed@acme.example"}
    assert Digest.objects.get(member=in_acme.alice).sent_at is None


class News:
    """Alice's idea, and comments on it that she is told of; the mail server can be switched off and on."""

    def __init__(self, cast: Cast, mailbox: Mailbox, settings: Any) -> None:
        self.cast, self.settings, self.port = cast, settings, settings.EMAIL_PORT
        self.mailbox, self.read = mailbox, 0
        self.idea = factories.idea(factories.challenge(cast.carol), cast.alice)
        self.morning = timezone.now().replace(hour=11)  # far from midnight, after which it is another day's digest

    def comes(self, body: str, *, day: int, minute: int = -60) -> None:
        """Let somebody new, of that name, comment; minutes are counted from when the digest is due."""
        post_comment(self.idea, actor=factories.member(body), body=body)
        run_consumers()
        latest = Notification.objects.filter(member=self.cast.alice).latest("pk")
        latest.created_at = latest.written_at = self.at(day, minute)
        latest.save()

    def at(self, day: int, minute: int = 0) -> datetime:
        return self.morning + timedelta(days=day, minutes=minute)

    def sent(self, *, day: int, minute: int = 0, server: bool = True) -> list[set[str]]:
        """Send what is due at that moment; return for each mail that arrived whose comments it tells of."""
        self.settings.EMAIL_PORT = self.port if server else 1
        send(self.cast, now=self.at(day, minute), to=self.cast.alice)
        return self.arrived()

    def arrived(self) -> list[set[str]]:
        texts = [mail.as_string() for mail in self.mailbox.arrived()[self.read :]]
        self.read += len(texts)
        return [{name for name in ("Una", "Duo", "Tria") if f"{name} commented" in text} for text in texts]


@pytest.fixture
def news(in_acme: Cast, mailbox: Mailbox, settings: Any) -> News:
    return News(in_acme, mailbox, settings)


def test_what_was_told_is_not_told_again_when_the_mail_server_was_down_in_between(news):
    news.comes("Una", day=0)
    assert news.sent(day=0) == [{"Una"}]
    news.comes("Duo", day=1)
    assert news.sent(day=1, server=False) == []
    assert news.sent(day=1, minute=20, server=False) == []
    news.comes("Tria", day=2)
    assert news.sent(day=2, server=False) == []

    assert news.sent(day=3) == [{"Duo", "Tria"}]
    assert news.sent(day=3, minute=20) == []
    assert news.sent(day=4) == []


def test_a_first_digest_that_was_never_sent_is_made_up_for(news):
    news.comes("Una", day=-30, minute=5)
    assert news.sent(day=0, server=False) == []

    assert news.sent(day=1) == [{"Una"}]


def test_a_quiet_day_does_not_tell_again_what_was_told(news):
    news.comes("Una", day=0)
    assert news.sent(day=0) == [{"Una"}]
    assert news.sent(day=1) == []
    news.comes("Duo", day=2)

    assert news.sent(day=2) == [{"Duo"}]


def test_a_task_that_comes_a_day_late_leaves_its_digests_to_the_next(news):
    news.comes("Una", day=0)
    members = Member.objects.filter(pk=news.cast.alice.pk)
    late = claim_digests(news.cast.acme, now=news.at(0), members=members)
    assert news.sent(day=1) == [{"Una"}]

    assert send_digests(news.cast.acme, late, now=news.at(1, 1)) == 0
    assert news.arrived() == []


def test_what_happens_before_a_digest_is_tried_again_is_left_to_the_next(news):
    news.comes("Una", day=0)
    assert news.sent(day=0, server=False) == []
    news.comes("Duo", day=0, minute=10)

    assert news.sent(day=0, minute=20) == [{"Una"}]
    assert news.sent(day=1) == [{"Duo"}]
