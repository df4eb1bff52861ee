from django.db import migrations

from crowdhub.tenancy.operations import AppendOnly, IsolateTenant


class Migration(migrations.Migration):
    dependencies = [
        ("activity", "0001_initial"),
        ("moderation", "0002_isolate"),
        ("reports", "0002_isolate"),
    ]

    operations = [
        IsolateTenant(
            "Event",
            "OutboxRow",
        ),
        AppendOnly("Event"),
        migrations.RunSQL(
            "GRANT SELECT, UPDATE, DELETE ON activity_outboxrow TO crowdhub_relay;"
            "GRANT SELECT (id, occurred_at) ON activity_event TO crowdhub_relay",
            migrations.RunSQL.noop,
        ),
    ]
