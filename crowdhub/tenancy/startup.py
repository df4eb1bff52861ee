"""What web, worker and beat refuse to start with; Gunicorn and Celery run no checks of Django's."""

from __future__ import annotations

import time
from typing import Final

import structlog
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from django.db import Error, connections

from crowdhub.tenancy.checks import SAFETY

log = structlog.get_logger(__name__)

# Below the time that Gunicorn gives a worker to come up.
PATIENCE: Final = 15.0  # seconds
PAUSE: Final = 0.5  # seconds


def refuse_unsafe() -> None:
    """Raise ImproperlyConfigured for settings or a database role under which accounts or tenants would not be safe."""
    refuse_unsafe_settings()
    refuse_unsafe_role()


def refuse_unsafe_settings() -> None:
    """Raise ImproperlyConfigured for what is wrong in the settings alone."""
    errors = run_checks(tags=[SAFETY])
    if errors:
        raise ImproperlyConfigured(" ".join(error.msg for error in errors))


def refuse_unsafe_role(*, patience: float = PATIENCE) -> None:
    """Raise ImproperlyConfigured when policies would not bind the role in DATABASE_URL.

    Waits `patience` seconds for a database that is down. Then the process may start all the same: it comes back by
    itself when the database does, and the connection refuses such a role at any time (crowdhub.tenancy.backend).
    """
    connection = connections["default"]
    deadline = time.monotonic() + patience
    while True:
        try:
            connection.ensure_connection()
        except Error as error:
            if time.monotonic() >= deadline:
                log.warning("database unreachable at start", error=str(error))
                return
            time.sleep(PAUSE)  # another process is waited for, which tells nobody when it is up
        else:
            # Processes that are forked from this one must not share it.
            connection.close()
            return
