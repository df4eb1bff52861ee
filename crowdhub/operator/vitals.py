"""What tells whether the parts behind the pages do their work: hearts in Redis, and the outbox."""

from __future__ import annotations

import time
from dataclasses import dataclass

import redis
from django.conf import settings
from django.db import Error, connections

WORKER_KEY = "crowdhub:alive:worker"
BEAT_KEY = "crowdhub:alive:beat"

_WAITING = """
    select count(*), coalesce(extract(epoch from now() - min(e.occurred_at)), 0)
    from activity_outboxrow o join activity_event e on e.id = o.event_id
    where o.done_at is null and o.parked_at is null
"""
_PARKED = "select count(*) from activity_outboxrow where done_at is null and parked_at is not null"


@dataclass(frozen=True)
class Outbox:
    """Rows that wait for their consumer, the age in seconds of the oldest one's event, and rows given up."""

    waiting: int
    lag: float
    parked: int


def note_heart(key: str) -> None:
    """Note that the heart of `key` beats now; raises redis.RedisError."""
    _redis().set(key, time.time())


def heart_ages() -> dict[str, float | None] | None:
    """Return for worker and beat how many seconds ago they were last heard of (None: never); None without Redis."""
    try:
        beats = _redis().mget(WORKER_KEY, BEAT_KEY)
    except redis.RedisError:
        return None
    now = time.time()
    ages = [None if beat is None else max(0.0, now - float(beat)) for beat in beats]
    return dict(zip(("worker", "beat"), ages, strict=True))


def outbox_lag() -> float | None:
    """Return the age in seconds of the oldest outbox row that is not done, 0 for none, None when unknown."""
    try:
        with connections["relay"].cursor() as cursor:
            cursor.execute(_WAITING)
            return round(float(cursor.fetchone()[1]), 1)
    except Error:
        return None


def outbox() -> Outbox | None:
    """Return the state of the outbox of all organizations, or None when it is unknown."""
    try:
        with connections["relay"].cursor() as cursor:
            cursor.execute(_WAITING)
            waiting, lag = cursor.fetchone()
            cursor.execute(_PARKED)
            (parked,) = cursor.fetchone()
    except Error:
        return None
    return Outbox(waiting, round(float(lag), 1), parked)


def _redis() -> redis.Redis:
    return redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1)
