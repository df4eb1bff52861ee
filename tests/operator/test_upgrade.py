"""A database that is in use goes from its first tables to today's, keeps its rows, and ends as a new one begins."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest
from django.apps import apps
from django.conf import settings
from django.db.migrations.loader import MigrationLoader

from tests.harness.services import DATABASE, WORKER, database_urls, execute_as_admin, make_database

pytestmark = pytest.mark.slow

NAME = f"crowdhub_upgrade_{WORKER}"
# The first release's tables, under guard; those of other packages cannot be put under it twice.
FIRST, OTHERWISE = "0002_isolate", {"people": "0003_accounts_in_tenant"}
BACKWARDS = """
from django.core.management import call_command
for app, migration in {}:
    call_command("migrate", app, migration, database="owner", verbosity=0, interactive=False)
"""
TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'django_migrations' ORDER BY 1"
# What protects the rows and keeps them whole, as the database itself writes it down.
SHAPE = {
    "columns": "SELECT table_name, column_name, data_type, is_nullable, column_default FROM information_schema.columns "
    "WHERE table_schema = 'public' ORDER BY 1, 2",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid), convalidated "
    "FROM pg_constraint WHERE connamespace = 'public'::regnamespace ORDER BY 1, 2",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2",
    "policies": "SELECT tablename, policyname, roles::text, cmd, qual, with_check FROM pg_policies ORDER BY 1, 2",
    "force": "SELECT relname, relrowsecurity, relforcerowsecurity FROM pg_class "
    "WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1",
    "rights": "SELECT table_name, grantee, privilege_type FROM information_schema.table_privileges "
    "WHERE table_schema = 'public' ORDER BY 1, 2, 3",
    "functions": "SELECT proname, pg_get_functiondef(oid), proacl::text FROM pg_proc "
    "WHERE pronamespace = 'public'::regnamespace AND prosecdef ORDER BY 1",
}


@pytest.fixture
def environment() -> Iterator[dict[str, str]]:
    """The environment of a process that works on a database of its own."""
    make_database(NAME)
    yield os.environ | database_urls(NAME)
    execute_as_admin("postgres", f"DROP DATABASE {NAME} WITH (FORCE)")


def manage(environment: dict[str, str], *arguments: str) -> None:
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def ask(database: str, statement: str) -> list[Any]:
    """Ask the database's superuser, from whom row-level security hides nothing."""
    url = os.environ["CROWDHUB_TEST_ADMIN_URL"].rsplit("/", 1)[0]
    with closing(psycopg2.connect(f"{url}/{database}")) as connection, connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def numbers_of_rows(tables: list[str]) -> dict[str, int]:
    return {table: ask(NAME, f'SELECT count(*) FROM "{table}"')[0][0] for table in tables}


def first_tables_of_each_app() -> list[tuple[str, str]]:
    """Return (app, migration) of our apps, those that stand on others first."""
    ours = {config.label for config in apps.get_app_configs() if str(config.path).startswith(str(settings.BASE_DIR))}
    graph = MigrationLoader(None).graph
    order = [key for leaf in graph.leaf_nodes() for key in graph.forwards_plan(leaf)]
    return [
        (app, name) for app, name in reversed(dict.fromkeys(order)) if app in ours and name == OTHERWISE.get(app, FIRST)
    ]


def test_database_in_use_is_upgraded(environment: dict[str, str]) -> None:
    manage(environment, "demo_data")
    everything = numbers_of_rows([table for (table,) in ask(NAME, TABLES)])
    manage(environment, "shell", "-c", BACKWARDS.format(first_tables_of_each_app()))
    kept = [table for (table,) in ask(NAME, TABLES)]

    manage(environment, "migrate", "--database=owner", "--skip-checks")

    assert sum(everything[table] for table in kept) > 10_000
    assert numbers_of_rows(kept) == {table: everything[table] for table in kept}
    for name, statement in SHAPE.items():
        assert ask(NAME, statement) == ask(DATABASE, statement), name
