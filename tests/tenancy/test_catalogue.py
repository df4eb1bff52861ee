"""What the database itself says about every table: policies, force, composite keys, rights."""

import pytest
from django.apps import apps
from django.db import connection, connections

from crowdhub.tenancy.models import TenantForeignKey
from crowdhub.tenancy.roles import APP, OPERATOR, OWNER, RELAY, SEARCHER

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


def test_only_relay_and_operator_pass_by_the_policies_and_nobody_signs_in_as_searcher():
    ours = {
        name: (signs_in, passes_by, is_super)
        for name, signs_in, passes_by, is_super in rows(
            "select rolname, rolcanlogin, rolbypassrls, rolsuper from pg_roles where rolname like %s", "crowdhub%"
        )
    }

    assert ours == {
        OWNER: (True, False, False),
        APP: (True, False, False),
        RELAY: (True, True, False),
        OPERATOR: (True, True, False),
        SEARCHER: (False, False, False),
    }


def test_public_ids_are_unique_in_their_organization_and_not_beyond_it():
    unique = dict(
        rows(
            "select t.relname, array_agg(a.attname::text order by a.attname) "
            "from pg_index i join pg_class t on t.oid = i.indrelid "
            "join pg_attribute a on a.attrelid = t.oid and a.attnum = any(i.indkey) "
            "where i.indisunique group by i.indexrelid, t.relname "
            "having 'public_id' = any(array_agg(a.attname::text))"
        )
    )
    columns = "select table_name from information_schema.columns where table_schema = 'public' and column_name = %s"
    with_one = {table for (table,) in rows(columns, "public_id")}

    assert len(with_one) > 15
    assert {table for table in with_one if unique.get(table) != ["organization_id", "public_id"]} == set()


def test_every_guarded_table_forces_row_level_security():
    forced = {
        name
        for (name,) in rows(
            "select relname from pg_class where relkind = 'r' and relrowsecurity and relforcerowsecurity"
        )
    }

    assert guarded_tables() - forced == set()


def expected_condition(column):
    """Return the condition of every policy as this version of PostgreSQL prints it."""
    condition = f"({column} = (select nullif(current_setting('app.organization', true), '')::bigint))"
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"create temp table expected_{column} ({column} bigint)")
        cursor.execute(f"create policy expected on expected_{column} using {condition}")
        cursor.execute("select qual from pg_policies where tablename = %s", [f"expected_{column}"])
        return cursor.fetchone()[0]


@pytest.mark.django_db(databases=["default", "owner"])
def test_every_policy_compares_the_organization_with_the_setting_and_does_nothing_else():
    policies = rows(
        "select tablename, roles::text[], permissive, cmd, qual, with_check from pg_policies "
        "where schemaname = 'public'"
    )
    general = {table: rest for table, roles, *rest in policies if roles == ["public"]}
    for_searcher = {table: rest for table, roles, *rest in policies if roles == ["crowdhub_searcher"]}
    column_of = {table: "id" if table == "tenancy_organization" else "organization_id" for table in guarded_tables()}
    expected = {column: expected_condition(column) for column in ("id", "organization_id")}

    assert general == {
        table: ["PERMISSIVE", "ALL", expected[column], expected[column]] for table, column in column_of.items()
    }
    assert for_searcher == {
        table: ["PERMISSIVE", "SELECT", "true", None]
        for table in ("challenges_challenge", "ideas_idea", "people_member")
    }
    assert len(policies) == len(general) + len(for_searcher)


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
    assert {(table, columns[0]) for table, _t, columns in loose} - composite == set()


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


def rights_of(role):
    """Return {table: {right: columns}} of a role, those that everybody has included; "*" stands for all columns."""
    found = {}
    by_column = rows(
        "select c.relname, r.name, array_agg(a.attname::text), bool_and(has_table_privilege(%s, c.oid, r.name)) "
        "from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped "
        "cross join (values ('select'), ('insert'), ('update'), ('references')) as r (name) "
        "where c.relkind in ('r', 'v', 'm', 'p') and c.relnamespace = 'public'::regnamespace "
        "and has_column_privilege(%s, c.oid, a.attnum, r.name) group by c.relname, r.name",
        role,
        role,
    )
    for table, right, columns, is_whole in by_column:
        found.setdefault(table, {})[right] = {"*"} if is_whole else set(columns)
    for table, right in rows(
        "select c.relname, r.name "
        "from pg_class c cross join (values ('delete'), ('truncate'), ('trigger')) as r (name) "
        "where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace and has_table_privilege(%s, c.oid, r.name)",
        role,
    ):
        found.setdefault(table, {})[right] = {"*"}
    return found


def test_relay_reads_and_closes_the_outbox_and_nothing_else():
    assert rights_of("crowdhub_relay") == {
        "activity_outboxrow": {"select": {"*"}, "update": {"*"}, "delete": {"*"}},
        "activity_event": {"select": {"id", "occurred_at"}},
    }


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
