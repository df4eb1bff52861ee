"""A demo's data folder, prepared once for everybody in one run of the tests, and copies of it.

Preparing takes longer than all else that a demo's start does: a copy spares it, and starts as a second start would.
"""

from __future__ import annotations

import fcntl
import json
import os
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from crowdhub.launcher.ports import free_port
from crowdhub.launcher.premises import ELSEWHERE
from crowdhub.launcher.users import give, servers_user
from tests.launcher.runs import Run

PATIENCE = 300.0  # no test looks at the clock: `make bench` and the log say how long it took
# Longer than the path of a socket may be.
NAME = "d" * 130
NOTE = "servers-are-in"


@dataclass(frozen=True)
class Prepared:
    """How a first start and its end by SIGTERM went."""

    folder: str
    seconds: float
    left: list[str]
    said: str

    @property
    def data(self) -> Path:
        """The folder, which nothing runs on."""
        return Path(self.folder)


def prepared_demo(shared: Path) -> Prepared:
    """Return the demo that was prepared in `shared`; the first process that asks prepares it, others wait."""
    note = shared / "prepared.json"
    with _locked(shared / "prepared.lock"):
        if not note.exists():
            note.write_text(json.dumps(asdict(_prepare(shared / NAME))))
        return Prepared(**json.loads(note.read_text()))


def _prepare(data: Path) -> Prepared:
    with Run(data, free_port()) as run:
        run.wait_until_ready(PATIENCE)
        before = run.processes()
        run.end(signal.SIGTERM)
        left = run.left(before)
    return Prepared(str(data), run.seconds, left, run.hear())


def copy_of(prepared: Prepared, data: Path) -> Path:
    """Copy what was prepared to `data`, with what its servers keep elsewhere; return `data`."""
    # With owners: the servers' files are not root's.
    subprocess.run(["cp", "-a", prepared.data, data], check=True)
    note = data / NOTE
    if note.exists():
        source, target = ELSEWHERE / note.read_text().strip(), ELSEWHERE / secrets.token_hex(8)
        note.write_text(target.name)
        give(target, servers_user())
        # First whose it is: another launcher's start clears folders that nobody claims.
        (target / "belongs-to").write_text(str(data))
        for item in source.iterdir():
            if item.name != "belongs-to":
                subprocess.run(["cp", "-a", item, target], check=True)
    return data


def remove(data: Path) -> None:
    """Delete what a demo kept, where its servers had to live elsewhere too."""
    note = data / NOTE
    if note.exists():
        shutil.rmtree(ELSEWHERE / note.read_text().strip(), ignore_errors=True)
    shutil.rmtree(data, ignore_errors=True)


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
