"""Put the tables of allauth and of the admin's log, which hang on a member, under the same guard as our own."""

from django.db import migrations

from crowdhub.tenancy.operations import composite_key_sql, policy_sql, unique_sql

# Table: its key, and where that points.
TABLES = {
    "account_emailaddress": ("user_id", "people_member"),
    "account_emailconfirmation": ("email_address_id", "account_emailaddress"),
    "mfa_authenticator": ("user_id", "people_member"),
    "django_admin_log": ("user_id", "people_member"),
}


def guard_sql(table: str, key: str, target: str) -> list[str]:
    # Django does not know the column, so it has to fill itself.
    return [
        f"ALTER TABLE {table} ADD COLUMN organization_id bigint NOT NULL DEFAULT "
        "nullif(current_setting('app.organization', true), '')::bigint "
        "REFERENCES tenancy_organization (id) DEFERRABLE INITIALLY DEFERRED",
        f"CREATE INDEX {table}_organization ON {table} (organization_id)",
        unique_sql(table),
        composite_key_sql(table, key, target),
        *policy_sql(table),
    ]


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0002_isolate"),
        ("account", "0009_emailaddress_unique_primary_email"),
        ("mfa", "0003_authenticator_type_uniq"),
        ("admin", "0003_logentry_add_action_flag_choices"),
    ]

    operations = [
        *[migrations.RunSQL(guard_sql(table, *key), migrations.RunSQL.noop) for table, key in TABLES.items()],
        # A verified address is unique within its organization, not everywhere.
        migrations.RunSQL(
            [
                "DROP INDEX IF EXISTS unique_verified_email",
                "CREATE UNIQUE INDEX unique_verified_email ON account_emailaddress (organization_id, email) WHERE verified",
            ],
            migrations.RunSQL.noop,
        ),
    ]
