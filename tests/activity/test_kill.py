"""2,000 events while worker and broker are killed, twice each: every database effect happens exactly once."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connections, transaction

from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.activity.registry import _consumers, _consumers_of, after_commit
from crowdhub.tenancy.context import tenant
from tests import factories
from tests.harness.effects import NAME, TABLE, note_effects
from tests.harness.workers import Workers

pytestmark = pytest.mark.slow

EVENTS = 2_000
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
