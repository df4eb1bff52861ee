"""Asks the product whether all of it is up."""

from __future__ import annotations

import http.client
import json
import time
from collections.abc import Callable
from typing import Any

from crowdhub.launcher.errors import LauncherError
from crowdhub.launcher.ports import LOOPBACK

PATIENCE = 90.0


PARTS = ("database", "redis", "worker", "beat")


def ask(port: int) -> tuple[bool, str]:
    """Ask /readyz and return whether every part is up, and what it said, or why nothing did.

    The outbox has to be readable. Work that was left in it by the last run is done while people look around already.
    """
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=5)
    try:
        # By name in the header only: not every system resolves names below localhost.
        connection.request("GET", "/readyz", headers={"Host": f"acme.localhost:{port}"})
        response = connection.getresponse()
        body = response.read(2000).decode(errors="replace")
        return response.status == 200 and _is_up(json.loads(body)), f"{response.status} {body}"
    except (OSError, http.client.HTTPException, ValueError) as error:
        return False, str(error)
    finally:
        connection.close()


def _is_up(state: dict[str, Any]) -> bool:
    return all(state.get(part) for part in PARTS) and state.get("outbox_lag_seconds") is not None


def wait_until_ready(port: int, check: Callable[[], None]) -> None:
    """Return when all parts are up; `check` is called in between and may raise."""
    deadline = time.monotonic() + PATIENCE
    is_up, answer = ask(port)
    while not is_up:
        check()
        if time.monotonic() > deadline:
            raise LauncherError(f"Not everything came up in {PATIENCE:.0f} s: {answer}")
        time.sleep(0.1)
        is_up, answer = ask(port)
