"""A PostgreSQL server of our own, on a free port of this machine only."""

from __future__ import annotations

import locale
import os
import signal
import time
from pathlib import Path

import psycopg2

from crowdhub.launcher.binaries import Binaries, Choice, find_postgres
from crowdhub.launcher.errors import LauncherError
from crowdhub.launcher.ports import LOOPBACK, free_port
from crowdhub.launcher.premises import Premises, reachable_postgres
from crowdhub.launcher.processes import DATABASE, Child, Family
from crowdhub.launcher.users import hand_over

ADMINISTRATOR = "postgres"
# Without sockets in the file system: their paths end at 107 bytes, and a data folder's may be longer.
OPTIONS = {"listen_addresses": LOOPBACK, "unix_socket_directories": "", "log_min_messages": "warning"}
# A demo whose machine loses power may forget its last second, but its data stays whole.
RELAXED = {"synchronous_commit": "off"}
# For data that is thrown away: nothing is forced to the disk.
CARELESS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
# Written by the server, so that what the launcher knows does not depend on the machine's language.
ENVIRONMENT = {"LC_MESSAGES": "C", "TZ": "UTC"}
PATIENCE = 30.0
TRIES = 3


class Postgres:
    """A server with its data in `premises`; start() returns when it answers."""

    def __init__(
        self, family: Family, premises: Premises, *, choice: Choice, password: str, logs: Path, lasting: bool
    ) -> None:
        self.family = family
        self.premises = premises
        self.room = premises.room("postgres")
        self.data = self.room / "data"
        self.password = password
        self.log = logs / "postgres.log"
        self.lasting = lasting
        self.port = 0
        self.child: Child | None = None
        self.binaries: Binaries = find_postgres(choice, data_version=self._data_version())
        self.programs = reachable_postgres(self.binaries, premises)

    @property
    def admin_url(self) -> str:
        """The administrator's URL, for the database `postgres`."""
        return f"postgres://{ADMINISTRATOR}:{self.password}@{LOOPBACK}:{self.port}/postgres"

    def launch(self) -> None:
        """Make the data folder if there is none, and start the server; ready() waits for it."""
        if self._data_version() is None:
            self._initialize()
        self._demand_ownership()
        end_orphan(self.data)
        self._start()

    def ready(self) -> None:
        """Wait until the server answers; raise LauncherError with its last words when it does not."""
        for _ in range(TRIES):
            if self._answers_in_time():
                return
            # Another program may have taken the port between our look and the server's start.
            if "Address already in use" not in self._last_words():
                break
            self._start()
        raise LauncherError(f"{self.binaries} did not start. Its log, {self.log}, ends:\n{self._last_words()}")

    def _start(self) -> None:
        self.port = free_port()
        options = OPTIONS | (RELAXED if self.lasting else CARELESS)
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        self.child = self.family.start(
            "postgres",
            [self.programs / "postgres", "-D", self.data, "-p", str(self.port), *settings],
            kind=DATABASE,
            log=self.log,
            folder=self.room,
            environment=self._environment(),
            user=self.premises.user,
        )

    def _initialize(self) -> None:
        passing = self.room / "password"
        passing.write_text(self.password)
        passing.chmod(0o600)
        hand_over(passing, self.premises.user)
        command: list[str | Path] = [self.programs / "initdb", "-D", self.data, "-U", ADMINISTRATOR]
        command += ["--pwfile", passing]
        command += ["--auth=scram-sha-256", "--encoding=UTF8", f"--locale={_locale()}", "--no-sync"]
        child = self.family.start(
            "initdb",
            command,
            log=self.log,
            folder=self.room,
            environment=self._environment(),
            user=self.premises.user,
        )
        try:
            self.family.finish(child)
        finally:
            passing.unlink()

    def _demand_ownership(self) -> None:
        owner = self.data.stat().st_uid
        mine = self.premises.user.uid if self.premises.user else os.geteuid()
        if owner != mine:
            raise LauncherError(
                f"{self.data} belongs to account number {owner}, and the server would run as {mine}. "
                "Start as before, or choose another folder: DATA=/another/folder"
            )

    def _environment(self) -> dict[str, str]:
        # The machine's own PG* settings are for its own servers.
        kept = {name: value for name, value in os.environ.items() if not name.startswith("PG")}
        return kept | ENVIRONMENT | {"CROWDHUB_DATA": str(self.family.label)}

    def _data_version(self) -> int | None:
        mark = self.data / "PG_VERSION"
        return int(mark.read_text()) if mark.exists() else None

    def _answers_in_time(self) -> bool:
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.child is not None and self.child.running:
            try:
                psycopg2.connect(self.admin_url, connect_timeout=5).close()
            except psycopg2.OperationalError as error:
                if "password authentication failed" in str(error):
                    raise LauncherError(
                        f"{self.data} was made with another password than the one kept beside it. "
                        "Choose another folder: DATA=/another/folder"
                    ) from error
                time.sleep(0.03)
            else:
                return True
        return False

    def _last_words(self) -> str:
        return self.child.last_words() if self.child else ""


def _locale() -> str:
    """Return a locale that knows letters beyond ASCII, which searching needs, if the machine has it."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, "C.UTF-8")
    except locale.Error:
        return "C"
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return "C.UTF-8"


def end_orphan(data: Path) -> None:
    """Put right what a run left whose launcher and reaper were both killed.

    The caller holds the data folder's lock, so a server that still runs there has nobody. A note about a server
    that is gone is removed: its number may belong to another program now, and PostgreSQL would refuse to start.
    """
    note = data / "postmaster.pid"
    if not note.exists():
        return
    number = int(note.read_text().split("\n", 1)[0])
    if _works_in(number, data):
        os.kill(number, signal.SIGQUIT)
        deadline = time.monotonic() + 10
        while _works_in(number, data) and time.monotonic() < deadline:
            time.sleep(0.05)
    note.unlink(missing_ok=True)


def _works_in(number: int, data: Path) -> bool:
    try:
        return Path(os.readlink(f"/proc/{number}/cwd")) == data.resolve()
    except OSError:
        return False
