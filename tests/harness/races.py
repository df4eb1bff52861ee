"""Two requests at once, on connections of their own, in an order that a test decides."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection, transaction

from crowdhub.tenancy.context import tenant
from crowdhub.tenancy.models import Organization

PATIENCE = 20  # seconds until a test gives up


class Second:
    """A request that has read its page already when the first one writes; `outcome` is its result or its refusal."""

    def __init__(self, organization: Organization, load: Callable[[], Any], act: Callable[[Any], Any]) -> None:
        self.outcome: Any = None
        self.pid = 0
        self._ready, self._go = threading.Event(), threading.Event()
        self._work = (organization, load, act)
        self._thread = threading.Thread(target=self._run)

    def read(self) -> None:
        self._thread.start()
        assert self._ready.wait(PATIENCE)

    def write(self) -> None:
        """Let it write, and return when it has or when it waits for the first."""
        self._go.set()
        for _attempt in range(PATIENCE * 100):
            if not self._thread.is_alive() or self._is_waiting():
                return
            self._thread.join(0.01)
        raise AssertionError("The second request neither ended nor waited.")

    def finish(self) -> Any:
        self._go.set()
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()
        return self.outcome

    def _run(self) -> None:
        organization, load, act = self._work
        try:
            with tenant(organization), transaction.atomic():
                with connection.cursor() as cursor:
                    cursor.execute("SELECT pg_backend_pid()")
                    self.pid = cursor.fetchone()[0]
                found = load()
                self._ready.set()
                self._go.wait(PATIENCE)
                self.outcome = act(found)
        except Exception as error:  # what it was refused by is what the test wants to know
            self.outcome = error
        finally:
            self._ready.set()
            connection.close()

    def _is_waiting(self) -> bool:
        with connection.cursor() as cursor:
            cursor.execute("SELECT wait_event_type = 'Lock' FROM pg_stat_activity WHERE pid = %s", [self.pid])
            row = cursor.fetchone()
        return bool(row and row[0])


def overlap(
    organization: Organization, first: Callable[[], Any], load: Callable[[], Any], second: Callable[[Any], Any]
) -> Any:
    """Run `first` to its end but for the commit while `second`, which `load`ed before, works on; then commit.

    Returns what `second` returned or raised.
    """
    other = Second(organization, load, second)
    try:
        with tenant(organization), transaction.atomic():
            other.read()
            first()
            other.write()
    finally:
        outcome = other.finish()
    return outcome
