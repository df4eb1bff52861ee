"""Prometheus metrics, for whoever holds the token."""

from __future__ import annotations

import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django_prometheus.exports import ExportToDjangoView


def answer(request: HttpRequest) -> HttpResponse:
    """Return the metrics to a request with `Authorization: Bearer <METRICS_TOKEN>`; for any other, 404."""
    expected = f"Bearer {settings.METRICS_TOKEN}".encode()
    given = request.headers.get("Authorization", "").encode()
    if not settings.METRICS_TOKEN or not hmac.compare_digest(given, expected):
        return HttpResponseNotFound("Not found", content_type="text/plain")
    exported: HttpResponse = ExportToDjangoView(request)
    return exported
