"""/readyz tells of the database as it is now, not as it was when the process connected."""

from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from crowdhub.operator import health
from tests.harness.services import execute_as_admin
from tests.operator.test_health import probe


def test_dead_connection_is_not_taken_for_a_database(committed_db):
    assert probe("/readyz").status_code == 200
    assert health._applied
    kill_connection()

    response = probe("/readyz")

    assert (response.status_code, response.json()["database"]) == (503, False)
    # What Django does between two requests, but not between those of a test.
    connections["default"].close_if_unusable_or_obsolete()
    assert probe("/readyz").status_code == 200


def kill_connection():
    """End the session of the default connection, as a server that goes down would."""
    with connections["default"].cursor() as cursor:
        cursor.execute("select pg_backend_pid()")
        (session,) = cursor.fetchone()
    execute_as_admin("postgres", f"select pg_terminate_backend({session}, 5000)")


def test_database_that_refuses_the_role_is_not_ready(committed_db, monkeypatch):
    def refuse():
        raise ImproperlyConfigured("The role in DATABASE_URL has BYPASSRLS.")

    connections["default"].close()
    monkeypatch.setattr(connections["default"], "init_connection_state", refuse)

    assert probe("/readyz").status_code == 503
