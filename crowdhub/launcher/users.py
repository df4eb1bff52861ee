"""Who the servers run as. PostgreSQL refuses to run as root, and nothing here needs it."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from crowdhub.launcher.errors import LauncherError

# An account made for this, else the one that every Unix has. initdb refuses a number without an account.
CANDIDATES = ("crowdhub", "nobody")


@dataclass(frozen=True)
class User:
    """An account that root gives its rights up for."""

    name: str
    uid: int
    gid: int


def servers_user() -> User | None:
    """Return the account that servers run as, or None to run them as who we are (not root)."""
    if os.geteuid() != 0:
        return None
    for name in CANDIDATES:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return User(name, entry.pw_uid, entry.pw_gid)
    raise LauncherError(
        "PostgreSQL does not run as root, and there is no account to run it as. Add one with: useradd --system crowdhub"
    )


def can(user: User | None, test: str, path: Path) -> bool:
    """Ask the system whether `user` may read (`-r`), write (`-w`) or enter or execute (`-x`) `path`."""
    # The shell's own test asks the kernel, so access lists and mounts without execution count.
    command = ["/bin/sh", "-c", 'test "$1" "$2"', "sh", test, str(path)]
    if user is None:
        return subprocess.run(command, check=False).returncode == 0
    try:
        done = subprocess.run(command, check=False, cwd="/", user=user.uid, group=user.gid, extra_groups=[])
    except (PermissionError, ValueError, OSError) as error:
        raise LauncherError(f"Cannot run anything as {user.name}: {error}") from error
    return done.returncode == 0


def give(folder: Path, user: User | None) -> Path:
    """Make `folder`, closed to others, and the user's own; return it."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if user is not None:
        os.chown(folder, user.uid, user.gid)
    return folder


def hand_over(path: Path, user: User | None) -> None:
    """Make `path`, and what is in it, the user's own: its rights may be for nobody but us."""
    if user is not None:
        for item in (path, *path.rglob("*")):
            os.chown(item, user.uid, user.gid, follow_symlinks=False)
