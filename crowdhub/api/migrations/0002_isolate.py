from django.db import migrations

from crowdhub.tenancy.operations import IsolateTenant


class Migration(migrations.Migration):
    dependencies = [
        ("api", "0001_initial"),
        ("people", "0002_isolate"),
    ]

    operations = [
        IsolateTenant(
            "PersonalToken",
        ),
    ]
