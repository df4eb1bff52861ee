"""A pytest plugin: real PostgreSQL and Redis in a throw-away folder, before Django reads its settings.

The first process starts the services and builds one database by migrating as *owner*; every xdist worker
gets a copy of it. Tests then run as *app*, like the product does.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2.extensions import parse_dsn

ROOT = Path(__file__).resolve().parent.parent.parent
TEMPLATE = "crowdhub_template"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
ENVIRONMENT = {
    "SECRET_KEY": "tests-only-0123456789012345678901234567890123456789",
    "CROWDHUB_SCHEME": "http",
    "CROWDHUB_BASE_PORT": "",
    "STATICFILES_STORAGE": "django.contrib.staticfiles.storage.StaticFilesStorage",
    "LOG_LEVEL": "CRITICAL",
}


def execute_as_admin(database: str, *statements: str) -> None:
    """Run statements one by one as the cluster's administrator."""
    connection = psycopg2.connect(**(parse_dsn(os.environ["CROWDHUB_TEST_ADMIN_URL"]) | {"dbname": database}))
    connection.autocommit = True
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)
    connection.close()


class _Services:
    def __init__(self) -> None:
        from crowdhub.launcher.services import start_services

        self.folder = Path(tempfile.mkdtemp(prefix="crowdhub-tests-"))
        self.services = start_services(self.folder, postgres=os.environ.get("CROWDHUB_POSTGRES", "auto"))
        os.environ["CROWDHUB_TEST_ADMIN_URL"] = self.services.admin_url
        os.environ["CROWDHUB_TEST_FOLDER"] = str(self.folder)
        os.environ["CROWDHUB_TEST_SMTP_PORT"] = str(self.services.smtp_port)
        os.environ["CROWDHUB_TEST_MAILBOX"] = str(self.services.mailbox)
        os.environ["CROWDHUB_TEST_FILES"] = str(self.folder / "files")
        static = self.folder / "static"
        static.mkdir()
        os.environ.update(ENVIRONMENT | {"STATIC_ROOT": str(static)})
        os.environ.update(self.services.environment(TEMPLATE))
        self.build_template()

    def build_template(self) -> None:
        from crowdhub.tenancy.roles import database_sql

        execute_as_admin("postgres", f"CREATE DATABASE {TEMPLATE} OWNER crowdhub_owner")
        execute_as_admin(TEMPLATE, database_sql(TEMPLATE))
        command = [sys.executable, str(ROOT / "manage.py"), "migrate", "--database=owner", "-v0", "--skip-checks"]
        subprocess.run(command, check=True, cwd=ROOT)

    def stop(self) -> None:
        from tests.launcher.prepared import NAME, remove

        self.services.stop()
        remove(self.folder / NAME)
        shutil.rmtree(self.folder, ignore_errors=True)


_running: _Services | None = None
if "CROWDHUB_TEST_ADMIN_URL" not in os.environ:
    _running = _Services()

DATABASE = os.environ.get("CROWDHUB_TEST_DATABASE", f"crowdhub_{WORKER}")


def database_urls(name: str) -> dict[str, str]:
    """Return the environment variables that point at a database."""
    return {
        key: value.rsplit("/", 1)[0] + f"/{name}"
        for key, value in os.environ.items()
        if key.startswith("DATABASE_") and key.endswith("URL")
    }


def make_database(name: str) -> None:
    """Make a fresh copy of the template."""
    from crowdhub.tenancy.roles import database_sql

    execute_as_admin(
        "postgres",
        f"DROP DATABASE IF EXISTS {name} WITH (FORCE)",
        f"CREATE DATABASE {name} TEMPLATE {TEMPLATE} OWNER crowdhub_owner",
    )
    execute_as_admin(name, database_sql(name))


os.environ.update(database_urls(DATABASE))
# A database of Redis for each worker, or one empties another's cache.
os.environ["REDIS_URL"] = (
    os.environ["REDIS_URL"].rsplit("/", 1)[0] + f"/{int(WORKER[2:] or 0) + 1 if WORKER != 'main' else 0}"
)
# And a folder for files: the organizations of two workers have the same ids.
os.environ["CROWDHUB_FILES"] = str(Path(os.environ["CROWDHUB_TEST_FILES"]) / WORKER)


def mutate_database(name: str) -> None:
    """Break the database as a mutation test asks; see tests/tenancy/test_mutations.py."""
    statements = os.environ.get("CROWDHUB_TEST_BREAK_SQL")
    if statements:
        execute_as_admin(name, statements)


def pytest_sessionstart(session: Any) -> None:
    is_controller = hasattr(session.config, "workerinput") is False and bool(
        getattr(session.config.option, "numprocesses", None)
    )
    if not is_controller:
        make_database(DATABASE)
        mutate_database(DATABASE)


def pytest_unconfigure(config: Any) -> None:
    if _running is not None:
        _running.stop()
