from django.db import migrations

from crowdhub.tenancy.operations import AppendOnly, IsolateTenant


class Migration(migrations.Migration):
    dependencies = [
        ("rewards", "0001_initial"),
        ("activity", "0002_isolate"),
    ]

    operations = [
        IsolateTenant(
            "Rule",
            "LedgerEntry",
            "Standing",
        ),
        AppendOnly("LedgerEntry"),
    ]
