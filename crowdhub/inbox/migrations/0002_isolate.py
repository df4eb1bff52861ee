from django.db import migrations

from crowdhub.tenancy.operations import IsolateTenant


class Migration(migrations.Migration):
    dependencies = [
        ("inbox", "0001_initial"),
        ("activity", "0002_isolate"),
    ]

    operations = [
        IsolateTenant(
            "Digest",
            "Notification",
            "Preference",
        ),
    ]
