"""Child processes that end with their starter."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from crowdhub.launcher.errors import LauncherError
from crowdhub.launcher.users import User

REAPER = Path(__file__).with_name("reaper.py")
ENTER = Path(__file__).with_name("enter.py")

# What uses the database and the broker goes first. All steps together stay under the 15 seconds promised.
APPLICATION = ("0", "TERM:5,KILL:1")
BROKER = ("1", "TERM:3,KILL:1")
# SIGINT is PostgreSQL's fast shutdown, SIGQUIT the immediate one, which needs recovery at the next start.
DATABASE = ("1", "INT:4,QUIT:2,KILL:1")


@dataclass
class Child:
    """A started program and where its output goes."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path

    @property
    def running(self) -> bool:
        return self.process.poll() is None

    def last_words(self, lines: int = 15) -> str:
        """Return the end of its log, for a message about its end."""
        text = self.log.read_text(errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])


class Family:
    """The children of one launcher and the reaper that survives it."""

    def __init__(self, label: Path, *, keep_open: Sequence[int] = ()) -> None:
        """Start the reaper. It holds the `keep_open` descriptors (a lock, say) until everything has ended."""
        reading, self._pipe = os.pipe()
        self.label = label
        self.children: list[Child] = []
        try:
            self._reaper = subprocess.Popen(
                [sys.executable, "-I", "-S", str(REAPER), str(label)],
                stdin=reading,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                pass_fds=tuple(keep_open),
                cwd="/",
            )
        finally:
            os.close(reading)

    @property
    def reaper_running(self) -> bool:
        return self._reaper.poll() is None

    def start(
        self,
        name: str,
        command: Sequence[str | Path],
        *,
        kind: tuple[str, str] = APPLICATION,
        log: Path,
        folder: Path,
        environment: Mapping[str, str] | None = None,
        user: User | None = None,
        sockets: Sequence[int] = (),
    ) -> Child:
        """Start `command` in a session of its own, as `user` if given; its output is added to `log`."""
        uid, gid = (user.uid, user.gid) if user else (-1, -1)
        stage, steps = kind
        entry = [sys.executable, "-I", "-S", ENTER, self._pipe, stage, steps, uid, gid, *command]
        with log.open("ab") as output:
            process = subprocess.Popen(
                [str(part) for part in entry],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                pass_fds=(self._pipe, *sockets),
                cwd=folder,
                env=None if environment is None else dict(environment),
            )
        child = Child(name, process, log)
        self.children.append(child)
        # It says so itself too, in case we are killed before this; but a stop right now must not overtake it.
        self._tell(f"watch {process.pid} {stage} {steps}")
        return child

    def finish(self, child: Child) -> None:
        """Wait for `child`; raise LauncherError with its last words when it failed."""
        status = child.process.wait()
        self._forget(child)
        if status:
            raise LauncherError(f"{child.name} failed ({status}). Its log, {child.log}, ends:\n{child.last_words()}")

    def kill(self, child: Child) -> None:
        """End `child` and its group at once, as a crash would."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.process.pid, signal.SIGKILL)
        child.process.wait()
        self._forget(child)

    def remove_at_end(self, folder: Path) -> None:
        """Have the reaper delete `folder` when everything has ended."""
        self._tell(f"remove {folder}")

    def stop(self) -> None:
        """End all children and wait until they are gone: what the reaper would do after a kill, only now."""
        if self._pipe < 0:
            return
        self._tell("end")
        os.close(self._pipe)
        self._pipe = -1
        while self.reaper_running:
            # A child that ended stays a zombie until it is asked for.
            for child in self.children:
                child.process.poll()
            time.sleep(0.02)
        for child in self.children:
            child.process.poll()

    def _forget(self, child: Child) -> None:
        self._tell(f"forget {child.process.pid}")
        self.children.remove(child)

    def _tell(self, line: str) -> None:
        try:
            os.write(self._pipe, f"{line}\n".encode())
        except BrokenPipeError as error:
            raise LauncherError("The process that ends everything was itself ended.") from error
