"""The SMTP catcher as a child of the launcher."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from crowdhub.launcher.ports import LOOPBACK, listening_socket
from crowdhub.launcher.processes import APPLICATION, Child, Family
from crowdhub.launcher.users import User

CATCHER = Path(__file__).resolve().with_name("mailcatcher.py")


class Mail:
    """Mails that arrive on `port` become files in `mailbox`."""

    def __init__(self, family: Family, mailbox: Path, *, logs: Path, user: User | None = None) -> None:
        self.family = family
        self.mailbox = mailbox
        self.log = logs / "mail.log"
        self.user = user
        self.port = 0
        self.child: Child | None = None

    @property
    def url(self) -> str:
        """What EMAIL_URL is set to."""
        return f"smtp://{LOOPBACK}:{self.port}"

    def launch(self) -> None:
        """Start the catcher. Mails can be sent at once: they wait in the socket until it is up."""
        with listening_socket() as listener:
            self.port = int(listener.getsockname()[1])
            handed = str(listener.fileno())
            self.child = self.family.start(
                "mail",
                [sys.executable, "-I", CATCHER, handed, self.mailbox],
                kind=APPLICATION,
                log=self.log,
                folder=self.mailbox,
                environment=os.environ | {"CROWDHUB_DATA": str(self.family.label)},
                user=self.user,
                sockets=[listener.fileno()],
            )
