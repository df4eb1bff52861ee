"""Migration operations that put a tenant's table under guard.

Composite keys are added while neither table forces row-level security: once forced, the owner sees no rows, so that a
key would pass over rows that violate it, or find none of those that they point at.
"""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.operations import CreateExtension
from django.db.migrations.operations.base import Operation

POLICY = "organization_only"
SETTING_SQL = "(select nullif(current_setting('app.organization', true), '')::bigint)"


def policy_sql(table: str, column: str = "organization_id") -> list[str]:
    """Return the statements that let a table's rows be seen and written by their organization only."""
    return [
        f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY',
        f'DROP POLICY IF EXISTS {POLICY} ON "{table}"',
        f'CREATE POLICY {POLICY} ON "{table}" '
        f'USING ("{column}" = {SETTING_SQL}) WITH CHECK ("{column}" = {SETTING_SQL})',
        f'ALTER TABLE "{table}" FORCE ROW LEVEL SECURITY',
    ]


def unique_sql(table: str) -> str:
    """Return the statement that makes (organization_id, id) a key that others can point at."""
    name = f"{table}_organization_id_id"
    return (
        f"DO $do$ BEGIN IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = '{name}') THEN "
        f'ALTER TABLE "{table}" ADD CONSTRAINT "{name}" UNIQUE (organization_id, id); END IF; END $do$'
    )


def composite_key_sql(table: str, column: str, target: str) -> str:
    """Return the statement for the key (organization_id, column) -> target (organization_id, id), where it is missing.

    A key that is there stays as it is: to check a large table again would stop everybody who works with it.
    """
    name = f"{table[:30]}_{column[:24]}_tenant"
    return f"""
        DO $do$ DECLARE forced boolean;
        BEGIN
            IF NOT EXISTS (SELECT FROM pg_constraint WHERE conname = '{name}' AND conrelid = '"{table}"'::regclass) THEN
                SELECT relforcerowsecurity INTO forced FROM pg_class WHERE oid = '"{target}"'::regclass;
                ALTER TABLE "{target}" NO FORCE ROW LEVEL SECURITY;
                ALTER TABLE "{table}" ADD CONSTRAINT "{name}" FOREIGN KEY (organization_id, "{column}")
                    REFERENCES "{target}" (organization_id, id) DEFERRABLE INITIALLY DEFERRED;
                IF forced THEN ALTER TABLE "{target}" FORCE ROW LEVEL SECURITY; END IF;
            END IF;
        END $do$
    """  # noqa: S608  of names that migrations give


class _SqlOnly(Operation):
    """An operation that changes the database and not Django's picture of it."""

    reversible = True

    def __init__(self, *models: str) -> None:
        self.models = models

    def deconstruct(self) -> tuple[str, list[str], dict[str, Any]]:
        return (self.__class__.__name__, list(self.models), {})

    def state_forwards(self, app_label: str, state: Any) -> None:
        pass

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        pass  # dropping the table or the column takes its guard with it


class IsolateTenant(_SqlOnly):
    """Add composite keys and forced row-level security to tenant models; safe to run again."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        # Keys still unchecked would make ALTER TABLE fail on a table with pending trigger events.
        schema_editor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        models = [to_state.apps.get_model(app_label, name) for name in self.models]
        for model in models:
            schema_editor.execute(unique_sql(model._meta.db_table))
        for model in models:
            self._isolate(schema_editor, model)

    def _isolate(self, schema_editor: Any, model: Any) -> None:
        table = model._meta.db_table
        schema_editor.execute(f'ALTER TABLE "{table}" NO FORCE ROW LEVEL SECURITY')
        for field in model._meta.local_concrete_fields:
            target = field.remote_field.model if field.remote_field else None
            if target is not None and _is_tenant_model(target):
                schema_editor.execute(composite_key_sql(table, field.column, target._meta.db_table))
        for statement in policy_sql(table):
            schema_editor.execute(statement)

    def describe(self) -> str:
        return f"Isolate {', '.join(self.models)} by organization"


class AppendOnly(_SqlOnly):
    """Take the right to change or delete rows from the application's role."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        for name in self.models:
            table = to_state.apps.get_model(app_label, name)._meta.db_table
            schema_editor.execute(f'REVOKE UPDATE, DELETE ON "{table}" FROM crowdhub_app')

    def describe(self) -> str:
        return f"Make {', '.join(self.models)} append-only for the application"


class SharedExtension(CreateExtension):
    """Make an extension of PostgreSQL unless it is there; it stays, because another app may need it too."""

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        pass


def _is_tenant_model(model: Any) -> bool:
    return any(field.name == "organization" for field in model._meta.local_concrete_fields) and (
        model._meta.db_table != "tenancy_domain"
    )
