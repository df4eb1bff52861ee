"""Asking for a link to a new password: it arrives in the end, and nobody learns whose addresses there are."""

from __future__ import annotations

import re

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from crowdhub.activity.models import Event, OutboxRow
from crowdhub.activity.tasks import sweep_outbox
from crowdhub.tenancy.context import tenant
from tests import factories
from tests.harness import broker
from tests.harness.cast import Cast, make_cast

ADDRESSES = ["alice@acme.example", "nobody@acme.example", "mallory@globex.example"]


@pytest.fixture
def people(committed_db) -> Cast:
    broker.lose()
    with transaction.atomic():
        return make_cast(factories.organization("acme"), factories.organization("globex"))


def ask(visitor, email: str) -> None:
    response = visitor.post("/accounts/password/reset/", {"email": email})
    assert (response.status_code, response.url) == (302, "/accounts/password/reset/done/")


def rows() -> list[OutboxRow]:
    return list(OutboxRow._base_manager.using("operator").order_by("pk"))


def let_time_pass() -> None:
    OutboxRow._base_manager.using("operator").update(next_attempt_at=timezone.now())


def test_only_the_member_of_this_organization_gets_a_link(people, visitor):
    for email in ADDRESSES:
        ask(visitor, email)
    broker.deliver()

    assert [message.to for message in mail.outbox] == [["alice@acme.example"]]
    assert re.search(r"http://acme\.localhost\S+", mail.outbox[0].body)
    assert [event.member_id for event in Event._base_manager.using("operator").all()] == [people.alice.pk]


def test_of_two_with_one_address_the_member_of_this_organization_gets_the_link(people, visitor):
    with tenant(people.globex), transaction.atomic():
        people.mallory.email = people.alice.email
        people.mallory.save()

    ask(visitor, people.alice.email)
    broker.deliver()

    [message] = mail.outbox
    assert re.findall(r"http://(\S+?)/accounts/", message.body) == ["acme.localhost"]
    assert [event.member_id for event in Event._base_manager.using("operator").all()] == [people.alice.pk]


def test_somebody_who_has_left_gets_none(people, visitor):
    with tenant(people.acme), transaction.atomic():
        people.alice.is_active = False
        people.alice.save()

    ask(visitor, people.alice.email)
    broker.deliver()

    assert mail.outbox == []


def test_the_same_work_is_done_for_every_address(people, visitor):
    ask(visitor, "first@acme.example")  # what a process remembers afterwards
    broker.lose()

    work = [work_for(visitor, email) for email in ADDRESSES]

    assert work[0] == work[1] == work[2]
    statements, messages = work[0]
    assert [words for words in statements if words.startswith("INSERT")] == [
        "INSERT activity_event",
        "INSERT activity_outboxrow",
    ]
    assert messages == ["crowdhub.activity.tasks.sweep_outbox"]


def work_for(visitor, email: str) -> tuple[list[str], list[str]]:
    """Return what a request for a link writes to the database, and which messages the broker gets."""
    with CaptureQueriesContext(connection) as queries:
        ask(visitor, email)
    written = [re.match(r'(INSERT|UPDATE|DELETE)[^"]*"(\w+)"', query["sql"]) for query in queries]
    return [" ".join(match.groups()) for match in written if match], broker.waiting()


def test_a_link_waits_for_a_broker_that_is_down(people, visitor):
    with broker.down():
        for email in ADDRESSES:
            ask(visitor, email)
    assert mail.outbox == []

    sweep_outbox()
    broker.deliver()

    assert [message.to for message in mail.outbox] == [["alice@acme.example"]]


def test_a_link_is_sent_again_after_the_mail_server_was_down(people, visitor, settings):
    backend = settings.EMAIL_BACKEND
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    ask(visitor, people.alice.email)
    broker.deliver()
    (row,) = rows()
    assert row.done_at is None
    assert row.last_error.startswith("ConnectionRefusedError")

    settings.EMAIL_BACKEND = backend
    let_time_pass()
    sweep_outbox()
    broker.deliver()

    assert [message.to for message in mail.outbox] == [["alice@acme.example"]]
    assert rows()[0].done_at is not None
    let_time_pass()
    assert sweep_outbox() == 0
