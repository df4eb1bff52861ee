"""Probes: whoever asks, by any host; a broker that is down does not take pages off the air."""

import time

import pytest
import redis
from django.test import Client

from crowdhub.operator.vitals import BEAT_KEY, WORKER_KEY

pytestmark = pytest.mark.django_db(databases=["default", "relay"])


@pytest.fixture
def hearts(settings):
    client = redis.Redis.from_url(settings.REDIS_URL)
    client.delete(WORKER_KEY, BEAT_KEY)
    yield client
    client.delete(WORKER_KEY, BEAT_KEY)


def probe(path: str):
    return Client(headers={"host": "10.0.0.7"}).get(path)


def test_living_process_says_so():
    response = probe("/healthz")

    assert (response.status_code, response.content) == (200, b"ok")


def test_process_that_can_serve_is_ready_without_workers(hearts):
    response = probe("/readyz")

    assert response.status_code == 200
    assert response.json() == {
        "ready": True,
        "database": True,
        "redis": True,
        "worker": False,
        "beat": False,
        "outbox": True,
        "outbox_lag_seconds": 0.0,
    }


def test_everything_is_demanded_where_it_is_asked_for(hearts):
    assert probe("/readyz?all=1").status_code == 503

    for key in (WORKER_KEY, BEAT_KEY):
        hearts.set(key, time.time())

    assert probe("/readyz?all=1").status_code == 200


def test_heart_that_stopped_is_seen(hearts):
    hearts.set(WORKER_KEY, time.time() - 60)
    hearts.set(BEAT_KEY, time.time())

    assert probe("/readyz?all=1").json()["worker"] is False


def test_pages_stay_on_the_air_without_redis(settings):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"

    assert probe("/readyz").status_code == 200
    assert probe("/readyz").json()["redis"] is False
    assert probe("/readyz?all=1").status_code == 503
