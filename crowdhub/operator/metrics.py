"""Prometheus metrics, for whoever holds the token."""

from __future__ import annotations

import hmac
from collections.abc import Iterator

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django_prometheus.exports import ExportToDjangoView
from prometheus_client import CollectorRegistry, Metric, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from crowdhub.operator.vitals import heart_ages, outbox


class ProductCollector(Collector):
    """What to alert on. It is asked at the moment of collection, so every web process gives the same answer.

    What cannot be known now is left out: a metric that is absent is not one that is fine.
    """

    def collect(self) -> Iterator[Metric]:
        state = outbox()
        if state is not None:
            yield _gauge("crowdhub_outbox_open", "Outbox rows that wait for their consumer.", state.waiting)
            yield _gauge("crowdhub_outbox_parked", "Outbox rows given up, for an operator to replay.", state.parked)
            yield _gauge("crowdhub_outbox_lag_seconds", "Age of the oldest event that waits in the outbox.", state.lag)
        hearts = GaugeMetricFamily(
            "crowdhub_heartbeat_age_seconds", "Time since a part was last heard of.", labels=["part"]
        )
        for part, age in (heart_ages() or {}).items():
            if age is not None:
                hearts.add_metric([part], age)
        yield hearts


def answer(request: HttpRequest) -> HttpResponse:
    """Return the metrics to a request with `Authorization: Bearer <METRICS_TOKEN>`; for any other, 404."""
    expected = f"Bearer {settings.METRICS_TOKEN}".encode()
    given = request.headers.get("Authorization", "").encode()
    if not settings.METRICS_TOKEN or not hmac.compare_digest(given, expected):
        return HttpResponseNotFound("Not found", content_type="text/plain")
    exported: HttpResponse = ExportToDjangoView(request)
    exported.content += _product_metrics()
    return exported


def _product_metrics() -> bytes:
    # In a registry of its own: the common one is not asked where several processes share their metrics.
    registry = CollectorRegistry()
    registry.register(ProductCollector())
    return generate_latest(registry)


def _gauge(name: str, meaning: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, meaning, value=value)
