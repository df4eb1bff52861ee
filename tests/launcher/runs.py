"""A demo as somebody would start it: a process of its own, with an environment that says nothing of tests."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from crowdhub.launcher import readiness

ROOT = Path(__file__).resolve().parent.parent.parent
# What an installation may need to reach its registry, and what says which PostgreSQL; nothing else is passed on.
KEPT = ("PATH", "HOME", "LANG", "SSL_CERT_FILE", "PIP_CERT", "PIP_INDEX_URL", "UV_INDEX_URL", "CROWDHUB_POSTGRES")
KEPT_LIKE = ("PIP_", "UV_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy")
GONE_WITHIN = 15.0


def environment(**more: str) -> dict[str, str]:
    """Return a clean environment."""
    kept = {name: text for name, text in os.environ.items() if name in KEPT or name.startswith(KEPT_LIKE)}
    return kept | more


def alive(process: str) -> bool:
    """Tell whether a process, as "number start-time", still runs."""
    number, _, began = process.partition(" ")
    return _began(number) == began


def _began(number: str) -> str | None:
    try:
        fields = Path("/proc", number, "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    return None if fields[0] in "ZX" else fields[19]


def _parent(number: str) -> str:
    try:
        return Path("/proc", number, "stat").read_text().rpartition(")")[2].split()[1]
    except OSError:
        return ""


def _mentions(number: str, text: bytes) -> bool:
    for source in ("cmdline", "environ"):
        try:
            if text in Path("/proc", number, source).read_bytes():
                return True
        except OSError:
            continue
    return False


def processes_of(data: Path, root: int) -> set[str]:
    """Return what runs below the process `root`, and what names `data` in its arguments or environment."""
    numbers = [entry.name for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    parents = {number: _parent(number) for number in numbers}
    found = {number for number in numbers if _mentions(number, os.fsencode(data))}
    below = {str(root)}
    while more := {number for number, parent in parents.items() if parent in below} - below:
        below |= more
    return {f"{number} {began}" for number in found | below if (began := _began(number))} - own()


def own() -> set[str]:
    """Return this process, which may mention any folder."""
    return {f"{os.getpid()} {_began(str(os.getpid()))}"}


class Run:
    """One start of a demo."""

    def __init__(
        self,
        data: Path,
        port: int,
        *,
        command: Sequence[str] | None = None,
        folder: Path = ROOT,
        env: dict[str, str] | None = None,
        user: int | None = None,
    ) -> None:
        self.data = data
        self.port = port
        self.began_at = time.monotonic()
        self.seconds = 0.0
        default = [sys.executable, "manage.py", "demo", "--port", str(port), "--data", str(data), "--end-with-parent"]
        self.output = data.parent / f"said-at-{port}"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                command or default,
                cwd=folder,
                env=env or environment(),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=user,
                group=user,
                extra_groups=None if user is None else [],
            )

    def __enter__(self) -> Run:
        return self

    def __exit__(self, *error: object) -> None:
        """End it, should a failed test have left it running."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=30)

    def hear(self) -> str:
        """Return all that it has said so far."""
        return self.output.read_text()

    def wait_until_said(self, text: str, seconds: float) -> None:
        """Wait until it has said `text`; fail with what it said instead."""
        deadline = time.monotonic() + seconds
        while text not in self.hear():
            assert self.process.poll() is None, f"it ended ({self.process.returncode}):\n{self.hear()}"
            assert time.monotonic() < deadline, f"not in {seconds} s:\n{self.hear()}"
            time.sleep(0.05)

    def wait_until_ready(self, seconds: float) -> None:
        """Wait until it says that it is ready, and is; note how long that took."""
        self.wait_until_said("CrowdHub is ready", seconds)
        is_up, answer = readiness.ask(self.port)
        assert is_up, answer
        self.seconds = time.monotonic() - self.began_at

    def status(self, path: str, host: str = "acme.localhost") -> int:
        """Return the status of a GET."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", path, headers={"Host": f"{host}:{self.port}"})
            return connection.getresponse().status
        finally:
            connection.close()

    def processes(self) -> set[str]:
        """Return all its processes."""
        return processes_of(self.data, self.process.pid)

    def end(self, number: signal.Signals) -> None:
        """Send the launcher a signal."""
        self.process.send_signal(number)

    def left(self, before: set[str]) -> list[str]:
        """Wait as long as may be; return the arguments of what still runs of `before` or has come since."""
        remaining = self._wait_for_end(lambda: before | self.processes())
        if not remaining:
            self.process.wait(timeout=5)
        return remaining

    def left_of(self, before: set[str]) -> list[str]:
        """Wait as long as may be; return the arguments of what still runs of `before`."""
        return self._wait_for_end(lambda: before)

    def _wait_for_end(self, watched: Callable[[], set[str]]) -> list[str]:
        deadline = time.monotonic() + GONE_WITHIN
        while remaining := {process for process in watched() if alive(process)}:
            self.process.poll()
            if time.monotonic() > deadline:
                return [_arguments(process) for process in sorted(remaining)]
            time.sleep(0.1)
        return []


def _arguments(process: str) -> str:
    number = process.partition(" ")[0]
    try:
        return f"{number} " + Path("/proc", number, "cmdline").read_bytes().replace(b"\0", b" ").decode(
            errors="replace"
        )
    except OSError:
        return number
