"""What migrations do to tables that already have rows, with which a customer's database is upgraded."""

import pytest
from django.db import IntegrityError, connections, transaction

from crowdhub.tenancy.operations import composite_key_sql, policy_sql, unique_sql

pytestmark = pytest.mark.django_db(databases=["owner"])

TABLES = """
    CREATE TABLE trial_target (id bigint PRIMARY KEY, organization_id bigint NOT NULL);
    CREATE TABLE trial_row (id bigint PRIMARY KEY, organization_id bigint NOT NULL, target_id bigint);
    INSERT INTO trial_target VALUES (1, 10), (2, 20);
"""
KEY = composite_key_sql("trial_row", "target_id", "trial_target")


@pytest.fixture
def owner():
    """The owner's cursor, in a transaction that is rolled back, on two tables as they are in use."""
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        cursor.execute(TABLES)
        cursor.execute(unique_sql("trial_target"))
        for table in ("trial_target", "trial_row"):
            cursor.execute("; ".join(policy_sql(table)))
        yield cursor
        transaction.set_rollback(True, using="owner")


def fill(owner, *rows):
    owner.execute("ALTER TABLE trial_row NO FORCE ROW LEVEL SECURITY")
    for row in rows:
        owner.execute("INSERT INTO trial_row VALUES (%s, %s, %s)", row)


def is_forced(owner, table):
    owner.execute("SELECT relforcerowsecurity FROM pg_class WHERE relname = %s", [table])
    return owner.fetchone()[0]


def test_key_is_added_to_rows_that_keep_it(owner):
    fill(owner, (1, 10, 1), (2, 20, 2), (3, 20, None))

    owner.execute(KEY)

    owner.execute("SELECT convalidated FROM pg_constraint WHERE conname = 'trial_row_target_id_tenant'")
    assert owner.fetchall() == [(True,)]
    assert is_forced(owner, "trial_target")


def test_key_is_refused_by_rows_that_break_it(owner):
    fill(owner, (1, 10, 2))

    with pytest.raises(IntegrityError, match="trial_row_target_id_tenant"):
        owner.execute(KEY)


def test_key_that_is_there_is_left_alone(owner):
    fill(owner)
    owner.execute(KEY)
    owner.execute("SELECT oid FROM pg_constraint WHERE conname = 'trial_row_target_id_tenant'")
    before = owner.fetchall()

    owner.execute(KEY)

    owner.execute("SELECT oid FROM pg_constraint WHERE conname = 'trial_row_target_id_tenant'")
    assert owner.fetchall() == before


def test_table_that_was_not_forced_stays_so(owner):
    owner.execute("ALTER TABLE trial_target NO FORCE ROW LEVEL SECURITY")
    fill(owner)

    owner.execute(KEY)

    assert not is_forced(owner, "trial_target")
