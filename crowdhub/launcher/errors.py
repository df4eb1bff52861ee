from __future__ import annotations


class LauncherError(Exception):
    """Something that the person at the terminal can put right; the message says what and how."""
