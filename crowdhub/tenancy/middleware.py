from __future__ import annotations

from collections.abc import Callable
from typing import cast

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, HttpResponseRedirect
from django.http.request import split_domain_port
from structlog.contextvars import bound_contextvars

from crowdhub.tenancy.backend.base import DatabaseWrapper
from crowdhub.tenancy.context import tenant
from crowdhub.tenancy.hosts import Host, find_host, public_url
from crowdhub.tenancy.models import Organization

# Nobody waits longer for a page, and a thread that waits for a lock is one less for everybody.
LONGEST_STATEMENT = 15.0  # seconds


class TenantMiddleware:
    """Open the host's organization and one transaction around the whole response, rendering included.

    A response of 500 or above rolls the transaction back, and so does a request of which nothing is to be kept; every
    other one commits it. No statement takes longer than LONGEST_STATEMENT; what needs more is a task's work.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        name, _port = split_domain_port(request.META.get("HTTP_HOST", ""))
        host = find_host(name)
        if host is None:
            return HttpResponseNotFound("Not found", content_type="text/plain")
        if host.redirects:
            return HttpResponseRedirect(public_url(host.canonical_host, request.get_full_path()))
        return self._respond(request, host)

    def _respond(self, request: HttpRequest, host: Host) -> HttpResponse:
        organization_id = host.organization_id
        with (
            bound_contextvars(organization_id=organization_id),
            tenant(Organization(pk=organization_id)),
            transaction.atomic(),
        ):
            cast(DatabaseWrapper, connections[DEFAULT_DB_ALIAS]).limit_statements(LONGEST_STATEMENT)
            organization = Organization.objects.get(pk=organization_id)
            request.organization = organization  # type: ignore[attr-defined]  # a request grows by middleware
            with tenant(organization):
                response = self.get_response(request)
                if hasattr(response, "render") and not getattr(response, "is_rendered", True):
                    response = response.render()
                # Before the organization is closed: a transaction that an error has ended can be told nothing more.
                if response.status_code >= 500 or getattr(request, "keeps_nothing", False):
                    transaction.set_rollback(True)
            return response
