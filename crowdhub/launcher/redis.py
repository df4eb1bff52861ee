"""A Redis (or Valkey) server of our own, on a free port of this machine only."""

from __future__ import annotations

import os
import socket
import time
from pathlib import Path

from crowdhub.launcher.binaries import find_redis
from crowdhub.launcher.errors import LauncherError
from crowdhub.launcher.ports import LOOPBACK, free_port
from crowdhub.launcher.premises import Premises, reachable_program
from crowdhub.launcher.processes import BROKER, Child, Family
from crowdhub.launcher.users import hand_over

PATIENCE = 15.0


class Redis:
    """A server that keeps nothing on the disk: what must not be lost is in the outbox."""

    def __init__(self, family: Family, premises: Premises, *, password: str, logs: Path) -> None:
        self.family = family
        self.premises = premises
        self.room = premises.room("redis")
        self.password = password
        self.log = logs / "redis.log"
        self.port = 0
        self.child: Child | None = None
        self.program = reachable_program(find_redis(), premises)

    @property
    def url(self) -> str:
        """Its URL, password included, for its database 0."""
        return f"redis://:{self.password}@{LOOPBACK}:{self.port}/0"

    def launch(self) -> None:
        """Start the server, on the port it had before if it was started before; ready() waits for it."""
        self.port = self.port or free_port()
        settings = self.room / "redis.conf"
        # In a file, since everyone can read a program's arguments.
        settings.write_text(
            f"bind {LOOPBACK}\nport {self.port}\nrequirepass {self.password}\n"
            f'dir "{self.room}"\nsave ""\nappendonly no\ndaemonize no\n'
        )
        settings.chmod(0o600)
        hand_over(settings, self.premises.user)
        self.child = self.family.start(
            "redis",
            [self.program, settings],
            kind=BROKER,
            log=self.log,
            folder=self.room,
            environment=os.environ | {"CROWDHUB_DATA": str(self.family.label)},
            user=self.premises.user,
        )

    def ready(self) -> None:
        """Wait until the server answers; raise LauncherError with its last words when it does not."""
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self.child is not None and self.child.running:
            if self._answers():
                return
            time.sleep(0.02)
        words = self.child.last_words() if self.child else ""
        raise LauncherError(f"{self.program} did not start. Its log, {self.log}, ends:\n{words}")

    def kill(self) -> None:
        """End the server at once, as a crash would; launch() brings it back, empty, on the same port."""
        if self.child is not None:
            self.family.kill(self.child)
            self.child = None

    def _answers(self) -> bool:
        try:
            with socket.create_connection((LOOPBACK, self.port), timeout=1) as connection:
                connection.sendall(f"AUTH {self.password}\r\nPING\r\n".encode())
                # While it loads, or when another program got the port, the answer is something else.
                return connection.recv(64).startswith(b"+OK")
        except OSError:
            return False
