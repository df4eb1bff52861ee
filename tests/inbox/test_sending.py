"""One mail that is not right keeps back neither itself nor the others."""

from __future__ import annotations

from django.core import mail
from django.db import connection
from django.utils import timezone

from crowdhub.inbox.domain import sending
from crowdhub.inbox.domain.digests import claim_digests
from crowdhub.inbox.models import Digest
from tests import factories
from tests.inbox.mails import ask as invited


def ask(cast, title):
    challenge = factories.challenge(cast.carol, title=title)
    for member in (cast.alice, cast.ed):
        invited(challenge, member)
    return challenge


def send(cast):
    now = timezone.now()
    return sending.send_digests(cast.acme, claim_digests(cast.acme, now=now), now=now)


def test_a_title_from_before_titles_were_cleaned_silences_nobody(in_acme):
    challenge = ask(in_acme, "Bell rings")
    with connection.cursor() as cursor:  # around the field, which would clean it
        cursor.execute("UPDATE challenges_challenge SET title = %s WHERE id = %s", ["Bell \x07 rings", challenge.pk])

    assert send(in_acme) == 2
    assert {message.to[0] for message in mail.outbox} == {"alice@acme.example", "ed@acme.example"}
    assert all("Bell  rings" in message.alternatives[0].content for message in mail.outbox)


def test_a_title_is_stored_clean_whoever_writes_it(in_acme):
    challenge = ask(in_acme, "Bell \x07\u202erings\x01")

    challenge.refresh_from_db()

    assert challenge.title == "Bell rings"


def test_a_mail_that_cannot_be_written_keeps_back_no_other(in_acme, monkeypatch):
    ask(in_acme, "Heat")
    write = sending.digest_mail

    def fail_for_alice(digest, *args, **options):
        if digest.member.name == "Alice":
            raise ValueError("nobody thought of this")
        return write(digest, *args, **options)

    monkeypatch.setattr(sending, "digest_mail", fail_for_alice)

    assert send(in_acme) == 1
    assert [message.to for message in mail.outbox] == [["ed@acme.example"]]
    assert Digest.objects.get(member=in_acme.alice).sent_at is None
