from __future__ import annotations

from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

# Not a page's own: the tenant's setting, the test's savepoints, and the host, which a process asks once a minute.
NOT_COUNTED = ("set_config", "SAVEPOINT", "tenancy_domain")


def page_and_queries(client: Client, url: str, data: dict[str, Any] | None = None) -> tuple[str, list[str]]:
    """Fetch a page and return it with the queries that count towards its budget."""
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url, data or {})
    assert response.status_code == 200, response.status_code
    queries = [query["sql"] for query in captured if not any(mark in query["sql"] for mark in NOT_COUNTED)]
    return response.content.decode(), queries
