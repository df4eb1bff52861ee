import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

from crowdhub.tenancy.operations import IsolateTenant


class Migration(migrations.Migration):
    dependencies = [
        ("reports", "0002_isolate"),
        ("tenancy", "0001_initial"),
    ]

    operations = [
        migrations.AddField(
            model_name="export",
            name="worked_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.CreateModel(
            name="FrozenMonth",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "kind",
                    models.CharField(
                        choices=[("engagement", "Engagement by department and month")],
                        default="engagement",
                        max_length=20,
                    ),
                ),
                ("month", models.DateField()),
                ("rows", models.JSONField(default=list)),
                ("frozen_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "organization",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="tenancy.organization",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("organization", "kind", "month"), name="month_frozen_once")
                ],
            },
        ),
        IsolateTenant("FrozenMonth"),
    ]
