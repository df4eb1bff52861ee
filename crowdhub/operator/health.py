"""Probes: /healthz says that the process lives, /readyz that it can serve."""

from __future__ import annotations

from collections.abc import Callable

from django.core.exceptions import ImproperlyConfigured
from django.db import Error, connections
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse

from crowdhub.operator import metrics
from crowdhub.operator.vitals import heart_ages, outbox_lag

ALIVE_SECONDS = 30  # a heart that has not beaten for so long has stopped
# Above the first four attempts at an event (20, 40, 80, 160 s apart), so that one hiccup of a consumer is no alarm.
MAX_LAG_SECONDS = 300


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

    A broker that is down must not take pages off the air, so only the database and its migrations decide. The outbox
    counts as up when its lag is known and at most MAX_LAG_SECONDS: where it cannot be read, nothing is delivered.
    """
    lag = outbox_lag()
    parts = {"database": database_is_ready(), **heartbeats(), "outbox": lag is not None and lag <= MAX_LAG_SECONDS}
    demanded = parts if everything else {"database": parts["database"]}
    status = 200 if all(demanded.values()) else 503
    return JsonResponse({"ready": status == 200, **parts, "outbox_lag_seconds": lag}, status=status)


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
    ages = heart_ages()
    if ages is None:
        return {"redis": False, "worker": False, "beat": False}
    return {"redis": True} | {part: age is not None and age < ALIVE_SECONDS for part, age in ages.items()}
