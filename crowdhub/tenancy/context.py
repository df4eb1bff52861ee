"""Which organization the running code works for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

from django.db import DEFAULT_DB_ALIAS, connections
from django_scopes import scope

if TYPE_CHECKING:
    from crowdhub.tenancy.models import Organization

_organization: ContextVar[Organization | None] = ContextVar("organization", default=None)


class NoTenant(RuntimeError):
    """Tenant data was asked for while no organization was open."""


def current_organization() -> Organization:
    """Return the open organization; raises NoTenant where there is none."""
    organization = _organization.get()
    if organization is None:
        raise NoTenant("No organization is open: use tenant(organization).")
    return organization


def current_organization_id() -> int | None:
    """Return the id that the database is to be told, or None outside of any tenant."""
    organization = _organization.get()
    return None if organization is None else organization.pk


@contextmanager
def tenant(organization: Organization | None) -> Iterator[Organization]:
    """Open an organization for everything inside: the ORM's scope and the database's setting.

    Raises NoTenant for None, because an absent organization must never mean "all of them".
    """
    if organization is None:
        raise NoTenant("tenant(None) would open every organization.")
    token = _organization.set(organization)
    try:
        _tell_database()
        with scope(organization=organization):
            yield organization
    finally:
        _organization.reset(token)
        _tell_database()


def _tell_database() -> None:
    """Tell a transaction that is already open; one that begins later asks by itself."""
    from crowdhub.tenancy.backend.base import DatabaseWrapper

    connection = connections[DEFAULT_DB_ALIAS]
    if isinstance(connection, DatabaseWrapper):
        connection.tell_organization()
