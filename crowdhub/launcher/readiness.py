"""Asks the product whether all of it is up."""

from __future__ import annotations

import http.client
import time
from collections.abc import Callable

from crowdhub.launcher.errors import LauncherError
from crowdhub.launcher.ports import LOOPBACK

PATIENCE = 90.0


def ask(port: int) -> tuple[int, str]:
    """Return the status and body of /readyz?all=1, or 0 and the reason when nothing answers."""
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
    try:
        # By name in the header only: not every system resolves names below localhost.
        connection.request("GET", "/readyz?all=1", headers={"Host": f"acme.localhost:{port}"})
        response = connection.getresponse()
        return response.status, response.read(2000).decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return 0, str(error)
    finally:
        connection.close()


def wait_until_ready(port: int, check: Callable[[], None]) -> None:
    """Return when all parts are up; `check` is called in between and may raise."""
    deadline = time.monotonic() + PATIENCE
    status, body = ask(port)
    while status != 200:
        check()
        if time.monotonic() > deadline:
            raise LauncherError(f"Not everything came up in {PATIENCE:.0f} s: {status} {body}")
        time.sleep(0.1)
        status, body = ask(port)
