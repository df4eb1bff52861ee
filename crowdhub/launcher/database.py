"""The roles and the database that the product needs, made with an administrator's rights."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote, urlsplit, urlunsplit

import psycopg2

from crowdhub.launcher.errors import LauncherError
from crowdhub.tenancy.roles import APP, OPERATOR, OWNER, RELAY, database_sql, roles_sql

OLDEST = 150000
URL_NAMES = {
    "DATABASE_URL": APP,
    "DATABASE_OWNER_URL": OWNER,
    "DATABASE_RELAY_URL": RELAY,
    "DATABASE_OPERATOR_URL": OPERATOR,
}


def execute(url: str, *statements: str) -> None:
    """Run `statements`, each in its own transaction, as the role of `url`."""
    connection = psycopg2.connect(url)
    connection.autocommit = True
    try:
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
    finally:
        connection.close()


def value(url: str, query: str) -> object:
    """Return the first column of the first row of `query`, or None."""
    connection = psycopg2.connect(url)
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
            row = cursor.fetchone()
    finally:
        connection.close()
    return row[0] if row else None


def demand_administrator(url: str) -> None:
    """Raise LauncherError unless `url` leads to a server that is new enough, as someone who may make roles."""
    try:
        version = int(str(value(url, "SHOW server_version_num")))
        allowed = value(url, "SELECT rolsuper FROM pg_roles WHERE rolname = current_user")
    except psycopg2.OperationalError as error:
        raise LauncherError(f"The server cannot be reached: {error}") from error
    if version < OLDEST:
        raise LauncherError(f"The server is PostgreSQL {version // 10000}; 15 or newer is needed.")
    if not allowed:
        raise LauncherError("The URL must be an administrator's (superuser): the roles are made with it.")


def with_database(url: str, database: str) -> str:
    """Return `url` for another database of the same server."""
    return urlunsplit(urlsplit(url)._replace(path=f"/{database}"))


def with_role(url: str, role: str, password: str) -> str:
    """Return `url` for another role of the same server."""
    parts = urlsplit(url)
    place = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{quote(password, safe='')}@{place}"))


def role_urls(admin_url: str, database: str, passwords: Mapping[str, str]) -> dict[str, str]:
    """Return the environment that the settings read, with a URL for each role."""
    url = with_database(admin_url, database)
    return {name: with_role(url, role, passwords[role]) for name, role in URL_NAMES.items()}


def create_roles(admin_url: str, passwords: dict[str, str]) -> None:
    """Make the roles, or give them these passwords if they exist."""
    execute(admin_url, roles_sql(passwords))


def create_database(admin_url: str, database: str) -> None:
    """Make `database`, owned by the owner role, unless it exists, and grant each role what it needs."""
    if value(admin_url, f"SELECT 1 FROM pg_database WHERE datname = '{database}'") is None:  # noqa: S608  our name
        execute(admin_url, f'CREATE DATABASE "{database}" OWNER {OWNER}')
    execute(with_database(admin_url, database), database_sql(database))


def identity(admin_url: str, database: str) -> str:
    """Return what tells this very database from any other, one made anew under the same name included."""
    query = (
        f"SELECT system_identifier || '/' || d.oid FROM pg_control_system(), pg_database d WHERE datname = '{database}'"  # noqa: S608  our name
    )
    return str(value(admin_url, query))
