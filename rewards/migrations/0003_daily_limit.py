from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("rewards", "0002_isolate"),
    ]

    operations = [
        migrations.AddField(
            model_name="ledgerentry",
            name="counts_on",
            field=models.DateField(null=True),
        ),
        migrations.AddIndex(
            model_name="ledgerentry",
            index=models.Index(
                condition=models.Q(("counts_on__isnull", False)),
                fields=["organization", "member", "counts_on"],
                name="entry_under_limit",
            ),
        ),
    ]
