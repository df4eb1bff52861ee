"""Where the servers' files live: in the data folder, or beside it when their user cannot get there."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from crowdhub.launcher.binaries import Binaries
from crowdhub.launcher.users import User, can, give

# Used only as root, for a data folder inside one that is closed to others, such as /root.
ELSEWHERE = Path("/var/lib/crowdhub-demo")
PROGRAMS = ("initdb", "postgres")


@dataclass(frozen=True)
class Premises:
    """A folder that the servers' user owns."""

    folder: Path
    user: User | None
    temporary: bool = False

    def room(self, name: str) -> Path:
        """Return a folder for one server."""
        return give(self.folder / name, self.user)


def lasting_premises(data: Path, user: User | None) -> Premises:
    """Return the place for servers whose data is kept between runs."""
    if can(user, "-x", data):
        return Premises(give(data / "servers", user), user)
    ELSEWHERE.mkdir(mode=0o755, parents=True, exist_ok=True)
    _clear_left_behind()
    folder = give(ELSEWHERE / _identity(data), user)
    # Says whose it is, so that it can be cleared when that folder is gone.
    (folder / "belongs-to").write_text(str(data))
    return Premises(folder, user)


def passing_premises(folder: Path, user: User | None) -> Premises:
    """Return a place for servers whose data is thrown away with them."""
    if can(user, "-x", folder):
        return Premises(give(folder / "servers", user), user)
    return Premises(give(Path(tempfile.mkdtemp(prefix="crowdhub-")), user), user, temporary=True)


def _identity(data: Path) -> str:
    note = data / "servers-are-in"
    if not note.exists():
        note.write_text(secrets.token_hex(8))
    return note.read_text().strip()


def _clear_left_behind() -> None:
    for note in ELSEWHERE.glob("*/belongs-to"):
        claim = Path(note.read_text().strip(), "servers-are-in")
        if not claim.exists() or claim.read_text().strip() != note.parent.name:
            shutil.rmtree(note.parent, ignore_errors=True)


def reachable_postgres(binaries: Binaries, premises: Premises) -> Path:
    """Return a folder with `binaries` that the servers' user can execute: a copy, if need be."""
    if can(premises.user, "-x", binaries.folder / "postgres"):
        return binaries.folder
    installed = binaries.folder.parent
    copy = premises.folder / f"postgresql-{binaries.version}"
    mark = copy / "copied"
    stamp = str((binaries.folder / "postgres").stat().st_mtime_ns)
    if not mark.exists() or mark.read_text() != stamp:
        shutil.rmtree(copy, ignore_errors=True)
        # The server finds its libraries and its share folder from where it lies itself.
        (copy / "bin").mkdir(parents=True)
        for program in PROGRAMS:
            shutil.copy2(binaries.folder / program, copy / "bin" / program)
        _copy_open(installed / "lib", copy / "lib")
        _copy_open(installed / "share", copy / "share")
        mark.write_text(stamp)
    return copy / "bin"


def _copy_open(source: Path, target: Path) -> None:
    shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("*.a", "pgxs", "doc"))


def reachable_program(program: Path, premises: Premises) -> Path:
    """Return `program`, or a copy that the servers' user can execute."""
    if can(premises.user, "-x", program):
        return program
    return Path(shutil.copy2(program, premises.folder / program.name))
