"""PostgreSQL that is told the organization at the beginning of every transaction.

A setting made for the session would leak to the next client of a connection pool, so it is made for
the transaction only, and a query outside of any transaction sees no tenant's rows at all.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import structlog
from django.core.exceptions import ImproperlyConfigured
from django.db.backends.postgresql import base

from crowdhub.tenancy.context import current_organization_id

log = structlog.get_logger(__name__)

SETTING = "app.organization"
_bound_roles: set[str] = set()  # what this process has found to be bound by policies


def wrongs_of_role(cursor: Any) -> list[str]:
    """Return why policies would not bind the role that a cursor works as; nothing for one that they bind."""
    cursor.execute(
        "select rolsuper, rolbypassrls, exists(select from pg_class where relowner = pg_roles.oid "
        "and relnamespace = 'public'::regnamespace) from pg_roles where rolname = current_user"
    )
    found = zip(cursor.fetchone(), ("is a superuser", "has BYPASSRLS", "owns tables"), strict=True)
    return [text for is_so, text in found if is_so]


class DatabaseWrapper(base.DatabaseWrapper):
    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self._run_on_rollback: list[tuple[set[str], Callable[[], object]]] = []

    def init_connection_state(self) -> None:
        """Refuse to work as a role that policies do not bind, once for each role and process."""
        super().init_connection_state()
        role = str(self.settings_dict["USER"])
        if role in _bound_roles:
            return
        with self.connection.cursor() as cursor:
            wrong = wrongs_of_role(cursor)
        if wrong:
            self.close()
            raise ImproperlyConfigured(f"The role in DATABASE_URL {' and '.join(wrong)}.")
        _bound_roles.add(role)

    def _set_autocommit(self, autocommit: bool) -> None:
        super()._set_autocommit(autocommit)  # type: ignore[misc]  # absent from the stubs
        if not autocommit:
            self._send_setting()

    def on_rollback(self, work: Callable[[], object]) -> None:
        """Call `work` if what is done here is taken back, by the whole transaction or by a savepoint around it.

        The counterpart of Django's on_commit. Not called when the connection is lost: nobody knows then what became of
        the transaction.
        """
        if self.in_atomic_block:
            self._run_on_rollback.append((set(self.savepoint_ids), work))

    def commit(self) -> None:
        super().commit()
        self._run_on_rollback = []

    def rollback(self) -> None:
        super().rollback()
        self._take_back(self._run_on_rollback)

    def savepoint_rollback(self, sid: str) -> None:
        super().savepoint_rollback(sid)
        self._take_back([entry for entry in self._run_on_rollback if sid in entry[0]])

    def close(self) -> None:
        super().close()
        self._run_on_rollback = []

    def _take_back(self, entries: list[tuple[set[str], Callable[[], object]]]) -> None:
        self._run_on_rollback = [entry for entry in self._run_on_rollback if entry not in entries]
        for _savepoints, work in entries:
            try:
                work()
            except Exception as error:  # whatever it is, the rollback itself has been done
                log.error("on_rollback failed", exc_info=error)

    def tell_organization(self) -> None:
        """Set the organization for the rest of this transaction; does nothing outside of one."""
        if self.connection is not None and not self.get_autocommit() and not self.needs_rollback:
            self._send_setting()

    def limit_statements(self, seconds: float) -> None:
        """Let the database end every statement of this transaction that takes longer."""
        with self.connection.cursor() as cursor:
            cursor.execute("set local statement_timeout = %s", [round(seconds * 1000)])

    def _send_setting(self) -> None:
        organization_id = current_organization_id()
        with self.connection.cursor() as cursor:
            cursor.execute(
                "select set_config(%s, %s, true)",
                [SETTING, "" if organization_id is None else str(organization_id)],
            )
