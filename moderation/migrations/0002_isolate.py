from django.db import migrations

from crowdhub.tenancy.operations import IsolateTenant


class Migration(migrations.Migration):
    dependencies = [
        ("moderation", "0001_initial"),
        ("ideas", "0002_isolate"),
    ]

    operations = [
        IsolateTenant(
            "Case",
            "Decision",
            "ReasonTemplate",
            "Report",
        ),
    ]
