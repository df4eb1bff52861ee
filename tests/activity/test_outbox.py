"""The outbox when things fail: what was sent and not done is sent again, and what cannot be done is parked."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta

import pytest
from django.db import connections, transaction
from django.utils import timezone
from kombu.exceptions import OperationalError

from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event, OutboxRow
from crowdhub.activity.registry import _consumers, _consumers_of, after_commit
from crowdhub.activity.tasks import (
    BATCH,
    KEEP_DONE,
    MAX_ATTEMPTS,
    RESEND_AFTER,
    consume_events,
    purge_outbox,
    sweep_outbox,
)
from crowdhub.people.models import Member
from crowdhub.tenancy.context import tenant
from tests import factories
from tests.harness import broker
from tests.operator.test_operator import ADMIN, signed_in

NAME = "tests.works"


class Work:
    """What a consumer has done, and the events on which it fails."""

    def __init__(self) -> None:
        self.done: list[int] = []
        self.bad: set[int] = set()

    def __call__(self, events: list[Event]) -> None:
        if bad := [event.pk for event in events if event.pk in self.bad]:
            raise ValueError(f"odd event {bad[0]}")
        self.done += [event.pk for event in events]


@pytest.fixture
def work(committed_db: None) -> Iterator[Work]:
    work = Work()
    before = _consumers_of[Verb.IDEA_FOLLOWED]
    _consumers_of[Verb.IDEA_FOLLOWED] = []
    after_commit(NAME, Verb.IDEA_FOLLOWED)(work)
    broker.lose()
    yield work
    broker.lose()
    _consumers.pop(NAME)
    _consumers_of[Verb.IDEA_FOLLOWED] = before


@pytest.fixture
def alice(work: Work) -> Member:
    with tenant(factories.organization("acme")), transaction.atomic():
        return factories.member("Alice")


def follow(alice: Member, times: int = 1) -> list[int]:
    """Let something happen for which the consumer has to work; return the ids of the events."""
    with tenant(alice.organization), transaction.atomic():
        ids = [record(Verb.IDEA_FOLLOWED, subject=alice, actor=alice).pk for _ in range(times)]
    broker.lose()  # the nudge: each test sweeps by itself
    return ids


def follow_without_broker(alice: Member) -> None:
    with tenant(alice.organization), transaction.atomic():
        record(Verb.IDEA_FOLLOWED, subject=alice, actor=alice)


def rows() -> list[OutboxRow]:
    return list(OutboxRow._base_manager.using("operator").order_by("event_id"))


def the_row() -> OutboxRow:
    (row,) = rows()
    return row


def let_time_pass() -> None:
    """Make everything due that waits for its next attempt."""
    OutboxRow._base_manager.using("operator").update(next_attempt_at=timezone.now())


def database_time() -> datetime:
    with connections["relay"].cursor() as cursor:
        cursor.execute("select clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment


def fail_until_parked() -> None:
    for _ in range(MAX_ATTEMPTS + 1):
        let_time_pass()
        sweep_outbox()
        broker.deliver()


def test_what_waits_is_sent_and_done(work, alice):
    events = follow(alice, 3)

    assert sweep_outbox() == 3
    broker.deliver()

    assert work.done == events
    assert all(row.done_at for row in rows())
    let_time_pass()
    assert sweep_outbox() == 0


def test_the_nudge_after_a_commit_is_enough(work, alice):
    with tenant(alice.organization), transaction.atomic():
        event = record(Verb.IDEA_FOLLOWED, subject=alice, actor=alice)

    broker.deliver()

    assert work.done == [event.pk]


def test_what_was_sent_and_not_done_is_sent_again_after_longer_and_longer_pauses(work, alice):
    events = follow(alice)

    for attempt in range(3):
        before = database_time()
        assert sweep_outbox() == 1
        broker.lose()
        pause = RESEND_AFTER * 2**attempt
        assert before + pause <= the_row().next_attempt_at <= database_time() + pause
        assert sweep_outbox() == 0
        let_time_pass()
    sweep_outbox()
    broker.deliver()

    assert work.done == events
    assert the_row().attempts == 4


def test_pauses_end_at_an_hour_and_a_half(work, alice):
    follow(alice)
    OutboxRow._base_manager.using("operator").update(attempts=MAX_ATTEMPTS - 1)

    sweep_outbox()

    assert the_row().next_attempt_at <= database_time() + timedelta(minutes=90)


def test_nothing_counts_as_sent_that_the_broker_refused(work, alice):
    events = follow(alice)

    with broker.down(), pytest.raises(OperationalError):
        sweep_outbox()

    assert the_row().attempts == 0
    assert sweep_outbox() == 1
    broker.deliver()
    assert work.done == events


def test_what_the_broker_took_before_it_went_counts_as_sent_and_the_rest_does_not(work, alice, monkeypatch):
    events = follow(alice, 2 * BATCH)
    to_broker = consume_events.delay

    def take_one(*batch: object) -> None:
        monkeypatch.setattr(consume_events, "delay", refuse)
        to_broker(*batch)

    def refuse(*batch: object) -> None:
        raise OperationalError

    monkeypatch.setattr(consume_events, "delay", take_one)
    with pytest.raises(OperationalError):
        sweep_outbox()
    monkeypatch.setattr(consume_events, "delay", to_broker)

    assert [row.attempts for row in rows()] == [1] * BATCH + [0] * BATCH
    assert sweep_outbox() == BATCH
    broker.deliver()
    assert work.done == events


def test_a_worker_that_has_a_batch_before_the_sweep_is_over_does_it(work, alice, monkeypatch):
    events = follow(alice, 2 * BATCH)
    monkeypatch.setattr(consume_events, "delay", consume_events)

    sweep_outbox()

    assert work.done == events
    assert {(row.attempts, row.done_at is None) for row in rows()} == {(1, False)}


def test_whoever_waits_for_a_page_waits_for_one_more_try_of_the_broker_and_no_more(work, alice):
    with socket.create_server(("127.0.0.1", 0)) as listening:
        tries = []

        def hang_up() -> None:
            with suppress(OSError):
                while True:
                    caller, address = listening.accept()
                    caller.close()
                    tries.append(address)

        threading.Thread(target=hang_up, daemon=True).start()
        with broker.at(f"redis://127.0.0.1:{listening.getsockname()[1]}/0"):
            follow_without_broker(alice)

    assert 1 <= len(tries) <= 2


def test_a_row_says_why_its_consumer_failed(work, alice):
    (event,) = follow(alice)
    work.bad = {event}

    sweep_outbox()
    broker.deliver()

    row = the_row()
    assert (row.done_at, row.last_error) == (None, f"ValueError: odd event {event}")


def test_one_bad_event_does_not_hold_up_the_others_of_its_batch(work, alice):
    events = follow(alice, 5)
    bad = events[2]
    work.bad = {bad}

    sweep_outbox()
    broker.deliver()

    assert sorted(work.done) == [event for event in events if event != bad]
    assert [row.event_id for row in rows() if row.done_at is None] == [bad]
    assert [row.event_id for row in rows() if row.last_error] == [bad]


def test_what_fails_too_often_is_parked_and_sent_no_more(work, alice):
    work.bad = set(follow(alice))
    for _ in range(MAX_ATTEMPTS):
        let_time_pass()
        assert sweep_outbox() == 1
        broker.deliver()
    assert the_row().parked_at is None

    for _ in range(2):
        let_time_pass()
        assert sweep_outbox() == 0

    row = the_row()
    assert row.parked_at is not None
    assert row.attempts == MAX_ATTEMPTS + 1
    assert row.last_error.startswith("ValueError: odd event")


def test_a_parked_row_does_not_hold_up_the_others(work, alice):
    work.bad = set(follow(alice))
    fail_until_parked()
    events = follow(alice, 2)

    sweep_outbox()
    broker.deliver()

    assert work.done == events


def test_what_an_operator_replays_is_done(work, alice):
    events = follow(alice)
    work.bad = set(events)
    fail_until_parked()
    with tenant(factories.organization("operator", is_operator=True)), transaction.atomic():
        olga = factories.member("Olga")
    work.bad = set()

    signed_in(olga).post(ADMIN + "activity/outboxrow/", {"action": "replay", "_selected_action": [the_row().pk]})
    assert sweep_outbox() == 1
    broker.deliver()

    assert work.done == events
    row = the_row()
    assert (row.parked_at, row.attempts, row.last_error) == (None, 1, "")
    assert row.done_at is not None


def test_rows_are_forgotten_when_they_were_done_long_ago(work, alice):
    events = follow(alice, 4)
    old = timezone.now() - KEEP_DONE - timedelta(minutes=1)
    of = OutboxRow._base_manager.using("operator")
    of.filter(event=events[0]).update(done_at=old)
    of.filter(event=events[1]).update(done_at=timezone.now())
    of.filter(event=events[2]).update(parked_at=old)

    purge_outbox()

    assert [row.event_id for row in rows()] == events[1:]
