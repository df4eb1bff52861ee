"""What stands in the tables of one organization, and in its files."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.files.storage import default_storage
from django.db import connection

from crowdhub.tenancy.context import tenant
from crowdhub.tenancy.models import Organization

_TABLES = (
    "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid "
    "WHERE c.relkind = 'r' AND c.relnamespace = 'public'::regnamespace AND a.attname = 'organization_id' "
    "AND NOT a.attisdropped ORDER BY 1"
)


def rows_of(organization: Organization) -> dict[str, str]:
    """Return a fingerprint of the organization's rows in every table; two are equal if nothing was changed.

    One more, "(files)", is that of the names of its files.

    The condition stands beside the policy, so that it holds for the tests with a broken policy, too.
    """
    with tenant(organization), connection.cursor() as cursor:
        cursor.execute(_TABLES)
        tables = [name for (name,) in cursor.fetchall()]
        one_by_one = (
            f"SELECT '{table}', count(*) || ' ' || coalesce(md5(string_agg(t::text, ' ' ORDER BY t::text)), '') "
            f"FROM {table} t WHERE organization_id = %(id)s"
            for table in tables
        )
        cursor.execute(" UNION ALL ".join(one_by_one), {"id": organization.pk})
        return dict(cursor.fetchall()) | {"(files)": " ".join(sorted(_names_below(str(organization.pk))))}


def _names_below(folder: str) -> Iterator[str]:
    if not default_storage.exists(folder):
        return
    folders, names = default_storage.listdir(folder)
    yield from names
    for inner in folders:
        yield from _names_below(f"{folder}/{inner}")


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Return the tables in which something differs."""
    return sorted(table for table in before if before[table] != after[table])
