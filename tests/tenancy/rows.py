"""What stands in the tables of one organization."""

from __future__ import annotations

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
        return dict(cursor.fetchall())


def changed(before: dict[str, str], after: dict[str, str]) -> list[str]:
    """Return the tables in which something differs."""
    return sorted(table for table in before if before[table] != after[table])
