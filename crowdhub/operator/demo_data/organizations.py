from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

from crowdhub.tenancy.context import tenant
from crowdhub.tenancy.hosts import forget_hosts
from crowdhub.tenancy.models import Domain, Organization


def is_there(host: str) -> bool:
    """Tell whether a host is somebody's; domains can be read outside of any tenant."""
    return Domain.objects.filter(host=host).exists()


@contextmanager
def new_organization(slug: str, *, redirecting: tuple[str, ...] = (), **fields: Any) -> Iterator[Organization]:
    """Make an organization at <slug>.localhost and open it, all in one transaction.

    Its id is drawn before the row is written, because the row must belong to the organization that is open.
    """
    with transaction.atomic():
        organization = Organization(pk=_next_id(), slug=slug, **fields)
        with tenant(organization):
            organization.save(force_insert=True)
            Domain.objects.create(host=f"{slug}.localhost", organization=organization, is_canonical=True)
            for host in redirecting:
                Domain.objects.create(host=host, organization=organization, redirects=True)
            yield organization
    forget_hosts()


def _next_id() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('tenancy_organization', 'id'))")
        number: int = cursor.fetchone()[0]
    return number
