"""What a data folder is for: a demo's people sign in by one click, so nobody's real data may be among them."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path

from crowdhub.launcher.errors import LauncherError


class Purpose(StrEnum):
    """Which of the two ways of running a data folder belongs to; the text is that of `make`."""

    DEMO = "demo"
    RUN = "run"


def claim(data: Path, purpose: Purpose) -> None:
    """Note what the folder is for; raise LauncherError when it is for the other thing already."""
    note = data / "purpose"
    if note.exists():
        held = Purpose(note.read_text().strip())
    else:
        # Before there was another way to run, every folder that had been prepared was a demo's.
        held = Purpose.DEMO if (data / "prepared").exists() else purpose
        note.write_text(held)
    if held != purpose:
        raise LauncherError(
            f"{data} belongs to `make {held}`. Choose another folder: make {purpose} DATA=/another/folder"
        )
