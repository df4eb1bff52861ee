"""PostgreSQL, Redis and an SMTP catcher for as long as they are needed: for tests and benchmarks.

with start_services(folder) as services:
    services.create_database("measured")
    environment = services.environment("measured")
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from types import TracebackType

from crowdhub.launcher import database as databases
from crowdhub.launcher.binaries import Choice, choice_from
from crowdhub.launcher.mail import Mail
from crowdhub.launcher.postgres import Postgres
from crowdhub.launcher.premises import passing_premises
from crowdhub.launcher.processes import Family
from crowdhub.launcher.redis import Redis
from crowdhub.launcher.users import servers_user
from crowdhub.tenancy.roles import LOGIN_ROLES


class Services:
    """Running servers. They end with stop(), and when this process ends, however it does."""

    def __init__(self, folder: Path, family: Family, postgres: Postgres | None, redis: Redis, mail: Mail) -> None:
        self.folder = folder
        self.family = family
        self.postgres = postgres
        self.redis = redis
        self.mail = mail
        self.passwords = {role: secrets.token_hex(16) for role in LOGIN_ROLES}

    @property
    def admin_url(self) -> str:
        """The URL of the administrator, for the database `postgres` (or that of DATABASE_URL)."""
        return self.postgres.admin_url if self.postgres else os.environ["DATABASE_URL"]

    @property
    def postgres_version(self) -> int:
        """The major version of the server."""
        return int(str(databases.value(self.admin_url, "SHOW server_version_num"))) // 10000

    @property
    def redis_url(self) -> str:
        return self.redis.url

    @property
    def smtp_port(self) -> int:
        return self.mail.port

    @property
    def mailbox(self) -> Path:
        """The folder where each mail becomes an .eml file."""
        return self.mail.mailbox

    def urls(self, database: str) -> dict[str, str]:
        """Return the four DATABASE_…URL variables for `database`, which need not exist yet."""
        return databases.role_urls(self.admin_url, database, self.passwords)

    def environment(self, database: str) -> dict[str, str]:
        """Return every variable that the settings read about services."""
        return self.urls(database) | {
            "REDIS_URL": self.redis_url,
            "EMAIL_URL": self.mail.url,
            "CROWDHUB_DEMO_MAILBOX": str(self.mailbox),
        }

    def create_database(self, database: str) -> None:
        """Make an empty database, owned by the owner role, with each role's grants; again is harmless."""
        databases.create_database(self.admin_url, database)

    def stop(self) -> None:
        """End everything; return when it has ended."""
        self.family.stop()

    def __enter__(self) -> Services:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()


def start_services(folder: Path, postgres: Choice | None = None) -> Services:
    """Start the services, with their files in `folder` (which the caller throws away), and make the roles.

    `postgres` says whose PostgreSQL; unsaid, CROWDHUB_POSTGRES does. DATABASE_URL, an administrator's, goes
    before both: that server is used and left running. Raises LauncherError with a reason.
    """
    folder = folder.resolve()
    logs = folder / "logs"
    mailbox = folder / "mailbox"
    for place in (logs, mailbox):
        place.mkdir(parents=True, exist_ok=True)
    family = Family(folder)
    try:
        services = _start(
            family, folder, logs, mailbox, postgres or choice_from(os.environ.get("CROWDHUB_POSTGRES", ""))
        )
        databases.create_roles(services.admin_url, services.passwords)
    except BaseException:
        family.stop()
        raise
    return services


def _start(family: Family, folder: Path, logs: Path, mailbox: Path, choice: Choice) -> Services:
    premises = passing_premises(folder, servers_user())
    if premises.temporary:
        family.remove_at_end(premises.folder)
    redis = Redis(family, premises, password=secrets.token_hex(16), logs=logs)
    redis.launch()
    mail = Mail(family, mailbox, logs=logs)
    mail.launch()
    server = None
    if "DATABASE_URL" in os.environ and choice == "auto":
        databases.demand_administrator(os.environ["DATABASE_URL"])
    else:
        server = Postgres(family, premises, choice=choice, password=secrets.token_hex(16), logs=logs, lasting=False)
        server.launch()
        server.ready()
    redis.ready()
    return Services(folder, family, server, redis, mail)
