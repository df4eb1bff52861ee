"""The product's own processes in a demo: their environment and their commands."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from crowdhub.launcher.data_folder import DataFolder
from crowdhub.launcher.database import URL_NAMES
from crowdhub.launcher.ports import LOOPBACK
from crowdhub.launcher.processes import Child, Family
from crowdhub.launcher.users import User, can
from crowdhub.tenancy.roles import APP, OPERATOR, RELAY

PROJECT = Path(__file__).resolve().parent.parent.parent
WEB_CONFIG = "python:crowdhub.operator.web_server"
WEB_WORKERS, WEB_THREADS, JOBS_AT_ONCE = 2, 4, 2
# The roles of the database that a server holds a key to, as in docker-compose.yml. Commands hold all: they migrate.
ROLES = {"web": (APP, RELAY, OPERATOR), "worker": (APP, RELAY), "beat": (APP,)}


def product_user(user: User | None, data: Path) -> tuple[User | None, str]:
    """Return who the web server and the workers run as and, when that is not `user`, why."""
    if user is None:
        return None, ""
    packages = find_spec("django")
    needed = {
        "Python": (Path(sys.executable), "-x"),
        "Python's library": (Path(os.__file__), "-r"),
        "the installed packages": (Path(packages.origin if packages and packages.origin else "/"), "-r"),
        "the project": (PROJECT / "manage.py", "-r"),
        "the data folder": (data, "-x"),
    }
    for what, (path, test) in needed.items():
        if not can(user, test, path):
            return None, (
                f"The web server and the workers run as root here: the account {user.name}, which they would run as, "
                f"cannot reach {what} ({path})."
            )
    return user, ""


class Product:
    """Starts web, worker and beat, and runs management commands, in one environment but for the database's keys."""

    def __init__(
        self, family: Family, data: DataFolder, port: int, user: User | None, services: Mapping[str, str]
    ) -> None:
        self.family = family
        self.data = data
        self.port = port
        self.user = user
        self.room = data.room("run", user)
        self.static = data.room("static", user)
        self.files = data.room("files", user)
        self.environment = {**os.environ, **self._settings(), **services}

    def command(self, name: str, *arguments: str) -> Child:
        """Start a management command; the family's finish() waits for it."""
        return self._start(name, [sys.executable, PROJECT / "manage.py", name, *arguments])

    def start_web(self) -> Child:
        """Start the web server on the demo's port, on this machine only: its sign-in is open to everyone."""
        metrics = self.data.room("run/metrics", self.user)
        for old in metrics.iterdir():
            old.unlink()
        command = ["gunicorn", "crowdhub.wsgi", "--config", WEB_CONFIG, "--bind", f"{LOOPBACK}:{self.port}"]
        command += [
            "--worker-tmp-dir",
            str(self.room),
            "--workers",
            str(WEB_WORKERS),
            "--threads",
            str(WEB_THREADS),
            "--graceful-timeout",
            "4",
        ]
        return self._start("web", [sys.executable, "-m", *command], {"PROMETHEUS_MULTIPROC_DIR": str(metrics)})

    def start_worker(self) -> Child:
        """Start a Celery worker."""
        return self._celery("worker", "--concurrency", str(JOBS_AT_ONCE))

    def start_beat(self) -> Child:
        """Start Celery's clock. It remembers its last times, so that what is due at a start runs at once."""
        return self._celery("beat", "--schedule", str(self.room / "beat"), "--pidfile", "")

    def _celery(self, part: str, *options: str) -> Child:
        return self._start(part, [sys.executable, "-m", "celery", "--quiet", "-A", "crowdhub.celery", part, *options])

    def _start(self, name: str, command: list[str | Path], extra: Mapping[str, str] | None = None) -> Child:
        return self.family.start(
            name,
            command,
            log=self.data.logs / f"{name}.log",
            folder=PROJECT,
            environment={**self._environment_of(name), **(extra or {})},
            user=self.user,
        )

    def _environment_of(self, name: str) -> dict[str, str]:
        kept_back = {url for url, role in URL_NAMES.items() if role not in ROLES.get(name, URL_NAMES.values())}
        return {key: value for key, value in self.environment.items() if key not in kept_back}

    def _settings(self) -> dict[str, str]:
        return {
            "DJANGO_SETTINGS_MODULE": "crowdhub.settings",
            "SECRET_KEY": self.data.keys(["SECRET_KEY"])["SECRET_KEY"],
            "DEBUG": "false",
            "CROWDHUB_DEMO": "true",
            "CROWDHUB_BASE_PORT": str(self.port),
            "CROWDHUB_SCHEME": "http",
            "STATIC_ROOT": str(self.static),
            "CROWDHUB_FILES": str(self.files),
            "CROWDHUB_DATA": str(self.data.path),
            "PYTHONUNBUFFERED": "1",
            # Whoever runs this may have a home that the account cannot write to, or none.
            "HOME": str(self.room),
        }
