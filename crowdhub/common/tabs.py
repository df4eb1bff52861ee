from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise


@dataclass(frozen=True)
class Tab:
    """One of several lists that a page shows one at a time; components/tabs.html leads to each."""

    url: str
    label: str | Promise
    current: bool
    count: int | None = None
