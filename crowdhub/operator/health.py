"""Probes: /healthz says that the process lives, /readyz that it can serve."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import redis
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import Error, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from crowdhub.operator import metrics

WORKER_KEY = "crowdhub:alive:worker"
BEAT_KEY = "crowdhub:alive:beat"
ALIVE_SECONDS = 30  # a heart that has not beaten for so long has stopped


class HealthMiddleware:
    """Answer probes and the collector of metrics before there is a tenant, because they come by any host."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path == "/healthz":
            return HttpResponse("ok", content_type="text/plain")
        if request.path == "/readyz":
            return readiness(everything=request.GET.get("all") == "1")
        if request.path == "/metrics":
            return metrics.answer(request)
        return self.get_response(request)


def readiness(*, everything: bool) -> JsonResponse:
    """Answer 200 when this process can serve, or with `everything` when all parts are up, else 503.

    A broker that is down must not take pages off the air, so only the database and its migrations decide.
    """
    parts = {"database": database_is_ready()}
    parts |= heartbeats()
    demanded = parts if everything else {"database": parts["database"]}
    status = 200 if all(demanded.values()) else 503
    return JsonResponse({"ready": status == 200, **parts, "outbox_lag_seconds": outbox_lag()}, status=status)


def database_is_ready() -> bool:
    """Tell whether the database answers this process, as a role that it accepts, and has every migration."""
    try:
        # Asked every time: a connection that exists may be dead.
        with connections["default"].cursor() as cursor:
            cursor.execute("select 1")
        return _migrations_are_applied()
    except (Error, ImproperlyConfigured):
        return False


_applied = False


def _migrations_are_applied() -> bool:
    """Migrations are never taken back under a running process, so one yes is enough."""
    global _applied
    if not _applied:
        executor = MigrationExecutor(connections["default"])
        _applied = not executor.migration_plan(executor.loader.graph.leaf_nodes())
    return _applied


def heartbeats() -> dict[str, bool]:
    """Tell whether Redis answers, and whether worker and beat have lately."""
    try:
        client = redis.Redis.from_url(settings.REDIS_URL, socket_connect_timeout=1, socket_timeout=1)
        worker, beat = client.mget(WORKER_KEY, BEAT_KEY)
    except redis.RedisError:
        return {"redis": False, "worker": False, "beat": False}
    return {"redis": True, "worker": _is_recent(worker), "beat": _is_recent(beat)}


def outbox_lag() -> float | None:
    """Return the age in seconds of the oldest outbox row that is not done, 0 for none, None when unknown."""
    try:
        with connections["relay"].cursor() as cursor:
            cursor.execute(
                "select coalesce(extract(epoch from now() - min(e.occurred_at)), 0) from activity_outboxrow o "
                "join activity_event e on e.id = o.event_id where o.done_at is null and o.parked_at is null"
            )
            return round(float(cursor.fetchone()[0]), 1)
    except Error:
        return None


def _is_recent(value: Any) -> bool:
    return value is not None and time.time() - float(value) < ALIVE_SECONDS
