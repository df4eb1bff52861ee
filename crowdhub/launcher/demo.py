"""The whole product on one machine, in the foreground, for as long as this process lives."""

from __future__ import annotations

import ctypes
import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from crowdhub.launcher import database as databases
from crowdhub.launcher.binaries import choice_from
from crowdhub.launcher.cast import announcement
from crowdhub.launcher.data_folder import DataFolder
from crowdhub.launcher.errors import LauncherError
from crowdhub.launcher.fingerprint import fingerprint
from crowdhub.launcher.mail import Mail
from crowdhub.launcher.ports import demand_free
from crowdhub.launcher.postgres import Postgres
from crowdhub.launcher.premises import Premises, lasting_premises
from crowdhub.launcher.processes import Family
from crowdhub.launcher.product import Product, product_user
from crowdhub.launcher.purpose import Purpose, claim
from crowdhub.launcher.readiness import wait_until_ready
from crowdhub.launcher.redis import Redis
from crowdhub.launcher.users import servers_user
from crowdhub.tenancy.roles import LOGIN_ROLES

DATABASE = "crowdhub"
ENDING_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LOOK_AGAIN = 0.5


class Ended(Exception):
    """A signal asked for the end."""


def run_in_foreground(kind: type[Demo], data: Path, port: int, *, end_with_parent: bool = False) -> None:
    """Run a demo or another kind of it until a signal ends it; raise LauncherError when it cannot start or a part dies.

    No process of it is left when this returns, nor soon after this process was killed.
    """
    folder = DataFolder(data)
    with _ended_by_signals():
        if end_with_parent:
            _end_with_parent()
        folder.open()
        demand_free(port)
        family = Family(folder.path, keep_open=[folder.lock])
        try:
            kind(folder, port, family).run()
        except Ended:
            _say("Stopping ...")
        finally:
            _deaf_to_signals()
            family.stop()
            _say("Stopped.")


class Demo:
    """One run of the demo."""

    purpose = Purpose.DEMO
    prepare_command: tuple[str, ...] = ("prepare_demo",)
    preparing = "Preparing the database, the demo's organizations and the static files ..."

    def __init__(self, data: DataFolder, port: int, family: Family) -> None:
        self.data = data
        self.port = port
        self.family = family
        self.started_at = time.monotonic()
        self.user = servers_user()
        self.product_user, self.remark = product_user(self.user, data.path)

    def run(self) -> None:
        """Start everything, say so, and watch it until a signal ends this."""
        claim(self.data.path, self.purpose)
        if self.remark:
            _say(self.remark)
        mail = self.start_mail()
        services = self._start_servers() | mail
        product = Product(self.family, self.data, self.port, self.product_user, services)
        self._prepare(product)
        product.environment |= self.settings()
        product.start_web()
        product.start_worker()
        product.start_beat()
        wait_until_ready(self.port, self._demand_all_running)
        seconds = time.monotonic() - self.started_at
        _say(self.announcement(seconds))
        self._watch()

    @property
    def mailbox(self) -> Path:
        """The folder where each mail becomes a file."""
        return self.data.room("mailbox", self.product_user)

    def start_mail(self) -> dict[str, str]:
        """Start the catcher of mails; return what the settings need to know of it."""
        mail = Mail(self.family, self.mailbox, logs=self.data.logs, user=self.product_user)
        mail.launch()
        return {"EMAIL_URL": mail.url, "CROWDHUB_DEMO_MAILBOX": str(self.mailbox)}

    def settings(self) -> dict[str, str]:
        """Return what web and workers are told beyond what every run tells them; the database is ready."""
        return {}

    def announcement(self, seconds: float) -> str:
        """Return what is said when everything is up, after so many seconds."""
        return announcement(self.port, mailbox=self.mailbox, data=self.data.path, seconds=seconds)

    def _start_servers(self) -> dict[str, str]:
        """Start the servers that the environment does not name; return what the settings need to know of them."""
        premises = lasting_premises(self.data.path, self.user)
        keys = self.data.keys(["SECRET_KEY", "postgres", "redis", *LOGIN_ROLES])
        passwords = {role: keys[role] for role in LOGIN_ROLES}
        redis = self._launch_redis(premises, keys["redis"])
        self.admin_url = self._start_postgres(premises, keys["postgres"])
        databases.create_roles(self.admin_url, passwords)
        databases.create_database(self.admin_url, DATABASE)
        if redis is not None:
            redis.ready()
        redis_url = redis.url if redis else os.environ["REDIS_URL"]
        return databases.role_urls(self.admin_url, DATABASE, passwords) | {"REDIS_URL": redis_url}

    def _launch_redis(self, premises: Premises, password: str) -> Redis | None:
        if os.environ.get("REDIS_URL"):
            return None
        redis = Redis(self.family, premises, password=password, logs=self.data.logs)
        redis.launch()
        return redis

    def _start_postgres(self, premises: Premises, password: str) -> str:
        if url := os.environ.get("DATABASE_URL"):
            databases.demand_administrator(url)
            return url
        choice = choice_from(os.environ.get("CROWDHUB_POSTGRES", ""))
        logs = self.data.logs
        server = Postgres(self.family, premises, choice=choice, password=password, logs=logs, lasting=True)
        _say(f"Starting {server.binaries} ...")
        server.launch()
        server.ready()
        return server.admin_url

    def _prepare(self, product: Product) -> None:
        """Bring database and static files to the code's state, unless they are known to be there."""
        state = f"{fingerprint()} {databases.identity(self.admin_url, DATABASE)}"
        if self.data.prepared() == state:
            return
        _say(self.preparing)
        static = product.command("collectstatic", "--no-input", "--verbosity=0")
        self.family.finish(product.command(*self.prepare_command))
        self.family.finish(static)
        self.data.mark_prepared(state)

    def _watch(self) -> None:
        while True:
            time.sleep(LOOK_AGAIN)
            self._demand_all_running()

    def _demand_all_running(self) -> None:
        for child in self.family.children:
            if not child.running:
                raise LauncherError(
                    f"{child.name} has ended ({child.process.returncode}). Its log, {child.log}, ends:\n"
                    f"{child.last_words()}"
                )
        if not self.family.reaper_running:
            raise LauncherError("The process that ends everything was itself ended.")


def _say(text: str) -> None:
    # The terminal may be gone, which must not stop the stopping.
    with suppress(OSError, ValueError):
        print(text, flush=True)


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    def end(number: int, frame: object) -> None:
        raise Ended

    before = {number: signal.signal(number, end) for number in ENDING_SIGNALS}
    try:
        yield
    except Ended:
        _say("Stopped.")
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _deaf_to_signals() -> None:
    """Let a second Ctrl-C not interrupt the ending, which is bounded anyway."""
    for number in ENDING_SIGNALS:
        signal.signal(number, signal.SIG_IGN)


def _end_with_parent() -> None:
    """Ask the kernel for SIGTERM when the parent (make, say) is gone, so that killing it ends the demo too."""
    set_parent_death_signal = 1
    parent = os.getppid()
    ctypes.CDLL(None, use_errno=True).prctl(set_parent_death_signal, signal.SIGTERM)
    if os.getppid() != parent:
        raise Ended
