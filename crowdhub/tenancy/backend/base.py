"""PostgreSQL that is told the organization at the beginning of every transaction.

A setting made for the session would leak to the next client of a connection pool, so it is made for
the transaction only, and a query outside of any transaction sees no tenant's rows at all.
"""

from __future__ import annotations

from django.db.backends.postgresql import base

from crowdhub.tenancy.context import current_organization_id

SETTING = "app.organization"


class DatabaseWrapper(base.DatabaseWrapper):
    def _set_autocommit(self, autocommit: bool) -> None:
        super()._set_autocommit(autocommit)  # type: ignore[misc]  # absent from the stubs
        if not autocommit:
            self._send_setting()

    def tell_organization(self) -> None:
        """Set the organization for the rest of this transaction; does nothing outside of one."""
        if self.connection is not None and not self.get_autocommit() and not self.needs_rollback:
            self._send_setting()

    def _send_setting(self) -> None:
        organization_id = current_organization_id()
        with self.connection.cursor() as cursor:
            cursor.execute(
                "select set_config(%s, %s, true)",
                [SETTING, "" if organization_id is None else str(organization_id)],
            )
