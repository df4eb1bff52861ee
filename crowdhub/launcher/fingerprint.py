"""Tells whether the code is still the one that a database and the static files were prepared with."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
PARTS = ("crowdhub", "challenges", "ideas", "moderation", "rewards", "static", "uv.lock")
PASSED_OVER = ("__pycache__",)


def _files(place: Path) -> Iterator[Path]:
    if place.is_file():
        yield place
    for folder, folders, names in os.walk(place):
        folders[:] = sorted(name for name in folders if name not in PASSED_OVER)
        yield from (Path(folder, name) for name in sorted(names))


def fingerprint(project: Path = PROJECT) -> str:
    """Return a digest of the names, sizes and times of all files that preparing may depend on."""
    digest = hashlib.sha256()
    for part in PARTS:
        for file in _files(project / part):
            status = file.stat()
            digest.update(f"{file.relative_to(project)} {status.st_size} {status.st_mtime_ns}\n".encode())
    return digest.hexdigest()
