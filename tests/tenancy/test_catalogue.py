"""What the database itself says about every table: policies, force, composite keys, rights."""

import pytest
from django.apps import apps
from django.db import connection

from crowdhub.tenancy.models import TenantForeignKey
from crowdhub.tenancy.operations import SETTING_SQL

pytestmark = pytest.mark.django_db

# Every table that holds no tenant's rows, or is read before there is a tenant, and why. Nothing else.
EXEMPT = {
    "tenancy_domain": "names the organization of a host, before there is a tenant",
    "django_session": "found by a random key; holds ids only, and the member is looked up under the policy",
    "django_migrations": "Django's bookkeeping",
    "django_content_type": "Django's bookkeeping",
    "auth_permission": "Django's bookkeeping",
    "auth_group": "Django's bookkeeping, unused",
    "auth_group_permissions": "Django's bookkeeping, unused",
}
# Django does not know the column of these; the database fills it.
FILLED_BY_THE_DATABASE = {"account_emailaddress", "account_emailconfirmation", "mfa_authenticator", "django_admin_log"}


def rows(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


def tables():
    return {name for (name,) in rows("select tablename from pg_tables where schemaname = 'public'")}


def guarded_tables():
    return tables() - set(EXEMPT)


def test_every_table_is_guarded_or_exempt():
    with_column = {
        table
        for (table,) in rows(
            "select c.relname from pg_class c join pg_attribute a on a.attrelid = c.oid "
            "join pg_namespace n on n.oid = c.relnamespace "
            "where n.nspname = 'public' and c.relkind = 'r' and a.attname = 'organization_id' and a.attnotnull"
        )
    }

    assert guarded_tables() - with_column == {"tenancy_organization"}
    assert set(EXEMPT) <= tables()


def test_every_guarded_table_forces_row_level_security():
    forced = {
        name
        for (name,) in rows(
            "select relname from pg_class where relkind = 'r' and relrowsecurity and relforcerowsecurity"
        )
    }

    assert guarded_tables() - forced == set()


def test_every_policy_reads_the_setting_in_both_clauses():
    policies = rows(
        "select tablename, policyname, roles::text[], cmd, qual, with_check from pg_policies "
        "where schemaname = 'public'"
    )
    general = {table: (qual, check) for table, _name, roles, cmd, qual, check in policies if roles == ["public"]}
    for_searcher = [(table, cmd) for table, _name, roles, cmd, _q, _c in policies if roles == ["crowdhub_searcher"]]

    assert set(general) == guarded_tables()
    assert len(policies) == len(general) + len(for_searcher)
    assert set(for_searcher) == {
        ("challenges_challenge", "SELECT"),
        ("ideas_idea", "SELECT"),
        ("people_member", "SELECT"),
    }
    for table, (qual, check) in general.items():
        assert qual == check, table
        assert "current_setting('app.organization'" in qual, table
    assert "current_setting('app.organization'" in SETTING_SQL


def test_every_key_between_guarded_tables_is_composite():
    """A key that does not carry the organization would let a row point into another tenant."""
    keys = rows(
        "select con.conrelid::regclass::text, con.confrelid::regclass::text, "
        "array(select attname::text from unnest(con.conkey) with ordinality as k (number, place) "
        "join pg_attribute a on a.attrelid = con.conrelid and a.attnum = k.number order by k.place) "
        "from pg_constraint con where con.contype = 'f' and connamespace = 'public'::regnamespace"
    )
    guarded = guarded_tables()
    loose = [
        (table, target, columns)
        for table, target, columns in keys
        if table in guarded and target in guarded - {"tenancy_organization"} and "organization_id" not in columns
    ]

    # allauth's and the admin's own keys stay beside the composite ones that a migration of ours added.
    assert {table for table, _t, _c in loose} <= FILLED_BY_THE_DATABASE
    composite = {(table, columns[1]) for table, _t, columns in keys if columns[0] == "organization_id" and columns[1:]}
    for model in apps.get_models():
        for field in model._meta.local_concrete_fields:
            if isinstance(field, TenantForeignKey):
                assert (model._meta.db_table, field.column) in composite
    for table in FILLED_BY_THE_DATABASE & tables():
        columns = {column for owner, column in composite if owner == table}
        assert columns, table


def test_every_key_of_a_tenant_model_is_a_tenant_key():
    for model in apps.get_models():
        if (
            any(field.name == "organization" for field in model._meta.local_fields)
            and model._meta.label != "tenancy.Domain"
        ):
            plain = [
                field.name
                for field in model._meta.local_concrete_fields
                if field.is_relation and field.name != "organization" and not isinstance(field, TenantForeignKey)
            ]
            assert plain == [], model


def test_application_role_is_bound_and_owns_nothing():
    [(superuser, bypasses, creates)] = rows(
        "select rolsuper, rolbypassrls, rolcreaterole or rolcreatedb from pg_roles where rolname = current_user"
    )
    owned = rows("select relname from pg_class where relowner = current_user::regrole")

    assert (superuser, bypasses, creates, owned) == (False, False, False, [])
    assert rows("select current_user") == [("crowdhub_app",)]


def test_facts_cannot_be_changed_by_the_application():
    for table in ("activity_event", "rewards_ledgerentry", "people_settingsversion"):
        [(select, insert, update, delete)] = rows(
            "select has_table_privilege(%s, 'select'), has_table_privilege(%s, 'insert'), "
            "has_table_privilege(%s, 'update'), has_table_privilege(%s, 'delete')",
            table,
            table,
            table,
            table,
        )
        assert (select, insert, update, delete) == (True, True, False, False), table


def test_application_leads_no_host_elsewhere_and_makes_no_organization_the_operators():
    rights = "has_table_privilege('{0}', 'update'), has_table_privilege('{0}', 'delete')"
    for table in ("tenancy_domain", "tenancy_organization"):
        assert rows(f"select {rights.format(table)}") == [(False, False)], table
    changeable = {
        column
        for (column,) in rows(
            "select attname from pg_attribute where attrelid = 'tenancy_organization'::regclass and attnum > 0 "
            "and not attisdropped and has_column_privilege(attrelid, attname, 'update')"
        )
    }

    assert changeable == {
        *("name", "accent_colour", "language", "timezone", "holiday_region", "first_steps_hidden_at"),
        *("answer_within_days", "has_leaderboard", "smallest_group", "logo_version"),
    }


def test_relay_reads_the_outbox_and_nothing_else():
    readable = {
        table for table in tables() if rows("select has_table_privilege('crowdhub_relay', %s, 'select')", table)[0][0]
    }

    assert readable == {"activity_outboxrow"}


def test_owner_gets_no_rights_from_being_a_member_of_searcher():
    """Owner hands the search function over, so it is a member; inheriting would open searcher's policy to it."""
    assert rows("select pg_has_role('crowdhub_owner', 'crowdhub_searcher', 'usage')") == [(False,)]
    assert rows("select pg_has_role('crowdhub_app', 'crowdhub_searcher', 'member')") == [(False,)]


def test_functions_that_run_with_the_rights_of_another_are_these():
    definers = rows(
        "select proname, proowner::regrole::text, prorettype::regtype::text from pg_proc "
        "where prosecdef and pronamespace = 'public'::regnamespace order by proname"
    )

    assert definers == [
        ("analyze_people", "crowdhub_owner", "void"),  # has tables counted, and tells nothing
        ("search_content", "crowdhub_searcher", "record"),
        ("search_people", "crowdhub_searcher", "bigint"),
    ]
