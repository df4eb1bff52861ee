from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("activity", "0003_exports_of_people"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="event",
            index=models.Index(
                condition=models.Q(("verb__in", ["reason.added", "reason.changed", "reason.deleted"])),
                fields=["organization", "occurred_at"],
                name="event_about_reason",
            ),
        ),
    ]
