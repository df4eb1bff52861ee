"""An SMTP server that delivers nothing: each mail becomes a file.

A program of its own (`python -I mailcatcher.py SOCKET FOLDER`), on a listening socket that it is
handed. Files are named by time, so that sorting by name is sorting by age, and appear whole or not at all.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import socket
import sys
import time
from pathlib import Path
from typing import Any

from aiosmtpd.smtp import SMTP

LARGEST = 20 * 1024 * 1024


class Mailbox:
    """Writes what arrives into `folder`, as NAME.eml."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._numbers = itertools.count()

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        """Keep the mail; who it is really for goes on top, as a server on the way would write."""
        recipients = ", ".join(envelope.rcpt_tos)
        head = f"X-Envelope-From: {envelope.mail_from}\r\nX-Envelope-To: {recipients}\r\n".encode()
        name = f"{time.time_ns()}-{next(self._numbers)}"
        unfinished = self.folder / f"{name}.part"
        unfinished.write_bytes(head + envelope.original_content)
        os.replace(unfinished, self.folder / f"{name}.eml")
        return "250 kept"


async def serve(listener: socket.socket, folder: Path) -> None:
    """Take mails on `listener` for ever."""
    mailbox = Mailbox(folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(mailbox, data_size_limit=LARGEST, hostname="localhost", ident="CrowdHub demo mailbox"),
        sock=listener,
    )
    await server.serve_forever()


def main() -> None:
    """Serve until ended."""
    descriptor, folder = int(sys.argv[1]), Path(sys.argv[2])
    asyncio.run(serve(socket.socket(fileno=descriptor), folder))


if __name__ == "__main__":
    main()
