"""Free ports on this machine."""

from __future__ import annotations

import socket

from crowdhub.launcher.errors import LauncherError

LOOPBACK = "127.0.0.1"


def free_port() -> int:
    """Return a port that nothing listens on. Another program may take it before it is used."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def listening_socket() -> socket.socket:
    """Return a socket that listens on a free port: to be handed to a child, so that nobody can take it."""
    listener = socket.socket()
    listener.bind((LOOPBACK, 0))
    listener.listen(20)
    return listener


def demand_free(port: int) -> None:
    """Raise LauncherError when something else listens on `port`, or we may not."""
    with socket.socket() as probe:
        # As the web server does: connections of a run that just ended do not count.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
            probe.listen(1)
        except (OSError, OverflowError) as error:
            raise LauncherError(
                f"Port {port} cannot be used ({error}). End what uses it, or choose another: PORT=8123"
            ) from error
