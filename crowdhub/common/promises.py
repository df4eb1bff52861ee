"""How far a promised time is used up, the same wherever a page tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

WARN_FROM_SHARE: Final = 75  # per cent of the promised time


@dataclass(frozen=True)
class PromisedTime:
    """Working time until something is due, negative when it is late, of the working time that was promised."""

    left: timedelta
    promised: timedelta
    paused: bool = False

    @property
    def share(self) -> int:
        """How much of the promised time has passed, 0 to 100; all of it where no time was promised."""
        return min(100, max(0, round(100 * (1 - self.left / self.promised)))) if self.promised else 100

    @property
    def tone(self) -> str:
        if self.paused:
            return ""
        return "bad" if self.left < timedelta() else "warn" if self.share >= WARN_FROM_SHARE else ""
