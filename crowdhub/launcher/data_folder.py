"""The one folder where a demo keeps everything, used by one launcher at a time."""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import time
from collections.abc import Iterable
from pathlib import Path

from crowdhub.launcher.errors import LauncherError
from crowdhub.launcher.users import User, give

# A launcher that was killed leaves the lock to its reaper, which takes at most this long.
REAPING = 15.0


class DataFolder:
    """`path` with its lock, its keys and its notes."""

    def __init__(self, path: Path) -> None:
        self.path = path.resolve()
        self.lock = -1

    def open(self) -> None:
        """Make the folder, if need be, and lock it; raise LauncherError when that cannot be."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
            (self.path / "logs").mkdir(exist_ok=True)
            self.lock = os.open(self.path / "lock", os.O_RDWR | os.O_CREAT, 0o644)
        except OSError as error:
            raise LauncherError(
                f"{self.path} cannot be used ({error.strerror}). Choose another folder: DATA=/another/folder"
            ) from error
        self._wait_for_lock()
        os.truncate(self.lock, 0)
        os.pwrite(self.lock, str(os.getpid()).encode(), 0)

    @property
    def logs(self) -> Path:
        return self.path / "logs"

    def room(self, name: str, user: User | None) -> Path:
        """Return a folder inside that `user` owns."""
        return give(self.path / name, user)

    def keys(self, names: Iterable[str]) -> dict[str, str]:
        """Return a random secret for each name, the same ones at every start."""
        file = self.path / "keys.json"
        kept: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
        keys = {name: kept.get(name) or secrets.token_hex(24) for name in names}
        if not keys.items() <= kept.items():
            _write_private(file, json.dumps(kept | keys))
        return keys

    def prepared(self) -> str:
        """Return what mark_prepared() was last told."""
        note = self.path / "prepared"
        return note.read_text() if note.exists() else ""

    def mark_prepared(self, state: str) -> None:
        """Note that the database and the static files are those of `state`."""
        (self.path / "prepared").write_text(state)

    def _wait_for_lock(self) -> None:
        deadline = time.monotonic() + REAPING
        told = False
        while not self._try_lock():
            holder = os.pread(self.lock, 32, 0).decode().strip()
            if (holder and _lives(int(holder))) or time.monotonic() > deadline:
                raise LauncherError(
                    f"A demo (process {holder or 'unknown'}) already runs on {self.path}. End it, or choose another "
                    "folder and port: PORT=8123 DATA=/another/folder"
                )
            if not told:
                print("Waiting for the end of a demo that was killed ...", flush=True)
                told = True
            time.sleep(0.1)

    def _try_lock(self) -> bool:
        try:
            fcntl.flock(self.lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def _lives(number: int) -> bool:
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    # Killed but not yet asked for by its parent: it holds nothing any more.
    try:
        return "\nState:\tZ" not in Path(f"/proc/{number}/status").read_text()
    except OSError:
        return True


def _write_private(file: Path, text: str) -> None:
    """Write `text` so that nobody else can read it and a kill leaves the old text or the new."""
    unfinished = file.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with open(descriptor, "w") as output:
        output.write(text)
    unfinished.replace(file)
