"""/readyz tells of the database as it is now, not as it was when the process connected."""

import time
from datetime import timedelta

import pytest
import redis
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from crowdhub.operator import health
from crowdhub.operator.vitals import BEAT_KEY, WORKER_KEY
from tests.harness.services import execute_as_admin
from tests.operator.test_health import probe
from tests.operator.test_metrics import events_of


@pytest.fixture
def beating(settings):
    """Worker and beat live."""
    client = redis.Redis.from_url(settings.REDIS_URL)
    for key in (WORKER_KEY, BEAT_KEY):
        client.set(key, time.time())
    yield
    client.delete(WORKER_KEY, BEAT_KEY)


def test_dead_connection_is_not_taken_for_a_database(committed_db):
    assert probe("/readyz").status_code == 200
    assert health._applied
    kill_connection()

    response = probe("/readyz")

    assert (response.status_code, response.json()["database"]) == (503, False)
    # What Django does between two requests, but not between those of a test.
    connections["default"].close_if_unusable_or_obsolete()
    assert probe("/readyz").status_code == 200


def kill_connection():
    """End the session of the default connection, as a server that goes down would."""
    with connections["default"].cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        (session,) = cursor.fetchone()
    execute_as_admin("postgres", f"select pg_terminate_backend({session}, 5000)")


def test_database_that_refuses_the_role_is_not_ready(committed_db, monkeypatch):
    def refuse():
        raise ImproperlyConfigured("The role in DATABASE_URL has BYPASSRLS.")

    connections["default"].close()
    monkeypatch.setattr(connections["default"], "init_connection_state", refuse)

    assert probe("/readyz").status_code == 503


def test_lag_is_the_age_of_the_oldest_event_that_waits(committed_db):
    events_of("acme", 1, age=timedelta(seconds=120))
    events_of("globex", 1, age=timedelta(seconds=30))

    assert 120 <= probe("/readyz").json()["outbox_lag_seconds"] < 150


def test_lag_is_unknown_where_the_outbox_cannot_be_read(committed_db, beating, monkeypatch):
    monkeypatch.setattr("crowdhub.operator.vitals._WAITING", "select from no_such_table")

    response = probe("/readyz")

    assert (response.status_code, response.json()["outbox_lag_seconds"]) == (200, None)
    assert probe("/readyz?all=1").status_code == 503


@pytest.mark.parametrize(("age", "status"), [(240, 200), (301, 503)])
def test_an_outbox_that_nobody_empties_is_not_ready(committed_db, beating, age, status):
    events_of("acme", 1, age=timedelta(seconds=age))

    response = probe("/readyz?all=1")

    assert (response.status_code, response.json()["outbox"]) == (status, status == 200)
    assert probe("/readyz").status_code == 200


def test_a_process_whose_migrations_are_not_applied_is_not_ready(committed_db, monkeypatch):
    monkeypatch.setattr(health, "_applied", False)
    with connections["owner"].cursor() as cursor:
        cursor.execute("select app, name, applied from django_migrations order by id desc limit 1")
        last = cursor.fetchone()
        cursor.execute("delete from django_migrations where app = %s and name = %s", last[:2])
    try:
        response = probe("/readyz")
        assert (response.status_code, response.json()["database"]) == (503, False)
    finally:
        with connections["owner"].cursor() as cursor:
            cursor.execute("insert into django_migrations (app, name, applied) values (%s, %s, %s)", last)

    assert probe("/readyz").status_code == 200
