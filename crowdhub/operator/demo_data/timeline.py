from __future__ import annotations

from collections.abc import Callable
from datetime import datetime


class Timeline:
    """What is going to be replayed, so that everything happens in the order of its time, whoever planned it."""

    def __init__(self) -> None:
        self._actions: list[tuple[datetime, Callable[[], object]]] = []

    def add(self, moment: datetime, action: Callable[[], object]) -> None:
        """Plan an action; of two at the same moment, the one that was planned first comes first."""
        self._actions.append((moment, action))

    def play(self) -> None:
        """Do everything that was planned."""
        for _moment, action in sorted(self._actions, key=lambda planned: planned[0]):
            action()
