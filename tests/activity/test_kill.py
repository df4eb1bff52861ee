"""Real workers, and many events: each is done when it is first sent; and while worker and broker are killed, once."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections, transaction

from crowdhub.activity.domain import record, record_for_members
from crowdhub.activity.enums import Verb
from crowdhub.activity.registry import _consumers, _consumers_of, after_commit
from crowdhub.tenancy.context import tenant
from tests import factories
from tests.harness.effects import NAME, TABLE, note_effects
from tests.harness.workers import Workers

pytestmark = pytest.mark.slow

EVENTS = 2_000
A_ROUND = 300  # some batches; few enough to be done before anything is sent again, also on a machine that is busy
SENT_AGAIN = "select count(*) from activity_outboxrow where attempts > 1"
PATIENCE = 240.0  # seconds until everything has to be done; a lost message is sent again after 20, then 40


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[Workers]:
    workers = Workers(tmp_path)
    workers.start()
    yield workers
    workers.family.stop()


@pytest.fixture
def effects(committed_db) -> Iterator[None]:
    with connections["owner"].cursor() as cursor:
        cursor.execute(TABLE)
    after_commit(NAME, Verb.IDEA_FOLLOWED)(note_effects)
    yield
    _consumers.pop(NAME)
    _consumers_of[Verb.IDEA_FOLLOWED].remove(NAME)
    with connections["owner"].cursor() as cursor:
        cursor.execute("DROP TABLE test_effect")


def count(sql: str) -> int:
    with connections["operator"].cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])


def test_every_effect_happens_exactly_once(effects, workers, settings, capsys):
    settings.REDIS_URL = settings.CELERY_BROKER_URL = workers.redis.url
    acme = factories.organization("acme")
    kills = {500: workers.kill_worker, 900: workers.kill_broker, 1300: workers.kill_worker, 1700: workers.kill_broker}
    began = time.monotonic()

    with tenant(acme), transaction.atomic():
        alice = factories.member("Alice")
    for number in range(EVENTS):
        with tenant(acme), transaction.atomic():
            record(Verb.IDEA_FOLLOWED, subject=alice, actor=alice)
        if number in kills:
            kills[number]()
    recorded = time.monotonic() - began
    while (
        count("select count(*) from activity_outboxrow where done_at is null") and time.monotonic() - began < PATIENCE
    ):
        time.sleep(0.5)  # not for luck: it is a real worker in another process that is waited for

    effects = count("select count(*) from test_effect")
    distinct = count("select count(distinct event_id) from test_effect")
    with capsys.disabled():
        print(
            f"\nkill test: {EVENTS} events recorded in {recorded:.1f} s, "
            f"all done after {time.monotonic() - began:.1f} s; {effects} effects of {distinct} events; "
            f"sent again {count('select sum(attempts - 1) from activity_outboxrow')}"
        )
    assert (effects, distinct) == (EVENTS, EVENTS)
    assert count("select count(*) from activity_outboxrow where done_at is null or parked_at is not null") == 0


def test_batches_that_warm_workers_get_at_once_are_done_when_they_are_first_sent(effects, workers, settings):
    settings.REDIS_URL = settings.CELERY_BROKER_URL = workers.redis.url
    acme = factories.organization("acme")
    with tenant(acme), transaction.atomic():
        alice = factories.member("Alice")

    with tenant(acme), transaction.atomic():
        record(Verb.IDEA_FOLLOWED, subject=alice, actor=alice)
    wait_until_all_is_done()  # the workers are there
    before = count(SENT_AGAIN)

    for _round in range(3):
        with tenant(acme), transaction.atomic():
            record_for_members(Verb.IDEA_FOLLOWED, [alice.pk] * A_ROUND, organization=acme, actor=alice)
        wait_until_all_is_done()

    # What waits to be sent again is late by RESEND_AFTER.
    assert count(SENT_AGAIN) == before
    assert count("select count(*) from test_effect") == 1 + 3 * A_ROUND


def wait_until_all_is_done() -> None:
    began = time.monotonic()
    while count("select count(*) from activity_outboxrow where done_at is null"):
        assert time.monotonic() - began < PATIENCE
        time.sleep(0.1)  # not for luck: it is a real worker in another process that is waited for
