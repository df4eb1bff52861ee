"""Sending digests by the tests' SMTP server, and reading what arrived."""

from __future__ import annotations

import email
from datetime import datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from unittest.mock import patch

from django.utils import timezone

from challenges.models import Challenge, Invitation
from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.inbox.domain import digests
from crowdhub.inbox.domain.sending import send_digests
from crowdhub.people.models import Member
from tests import factories
from tests.harness.cast import Cast
from tests.harness.outbox import run_consumers


class Mailbox:
    """What the SMTP server gets from now on of one sender: tests of another process send at the same time."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder, self._sender = folder, sender
        self._before = set(folder.glob("*.eml"))

    def arrived(self) -> list[EmailMessage]:
        """Return the mails in the order in which they came."""
        paths = sorted(set(self._folder.glob("*.eml")) - self._before)
        mails = [email.message_from_bytes(path.read_bytes(), policy=default) for path in paths]
        return [mail for mail in mails if isinstance(mail, EmailMessage) and self._sender in mail["From"]]

    def mails(self) -> dict[str, EmailMessage]:
        """Return the mails by their recipient; fails when somebody got two."""
        found: dict[str, EmailMessage] = {}
        for mail in self.arrived():
            assert mail["To"] not in found
            found[mail["To"]] = mail
        return found


def ask(challenge: Challenge, member: Member) -> Invitation:
    """Invite a member, and let the workers tell them."""
    invitation = factories.invitation(challenge, member)
    record(Verb.CHALLENGE_INVITED, subject=challenge, actor=None)
    run_consumers()
    return invitation


def send(cast: Cast, *, now: datetime | None = None, to: Member | None = None) -> int:
    """Send today's digests, to everybody or to one member; the database's clock is at this moment, too."""
    moment = now or timezone.now()
    members = None if to is None else Member.objects.filter(pk=to.pk)
    with patch.object(digests, "database_time", digests.database_time if now is None else lambda: moment):
        ids = digests.claim_digests(cast.acme, now=moment, members=members)
    return send_digests(cast.acme, ids, now=moment)
