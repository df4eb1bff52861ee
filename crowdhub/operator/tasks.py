from __future__ import annotations

import contextlib

import redis
from celery import shared_task
from celery.signals import heartbeat_sent, worker_ready

from crowdhub.operator.vitals import BEAT_KEY, WORKER_KEY, note_heart


@shared_task(expires=30)
def heartbeat() -> None:
    """Note that beat lives: only beat sends this task."""
    _note(BEAT_KEY)


@worker_ready.connect
@heartbeat_sent.connect
def note_worker(**kwargs: object) -> None:
    """Note that a worker lives, every time that Celery's own heart beats."""
    _note(WORKER_KEY)


def _note(key: str) -> None:
    # It is not the heart's business to tell that Redis is down; the probe sees it.
    with contextlib.suppress(redis.RedisError):
        note_heart(key)
