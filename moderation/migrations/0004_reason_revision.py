from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("moderation", "0003_decision_original"),
    ]

    operations = [
        migrations.AddField(
            model_name="reasontemplate",
            name="revision",
            field=models.PositiveIntegerField(default=0),
        ),
    ]
