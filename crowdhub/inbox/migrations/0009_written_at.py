"""A column without a default first, so that nothing that is there seems to be written now; neither rewrites the table."""

from django.db import migrations, models
from django.db.models.functions import Now


class Migration(migrations.Migration):
    dependencies = [("inbox", "0008_mute")]

    operations = [
        migrations.AddField(
            model_name="notification",
            name="written_at",
            field=models.DateTimeField(editable=False, null=True),
        ),
        migrations.AlterField(
            model_name="notification",
            name="written_at",
            field=models.DateTimeField(db_default=Now(), editable=False, null=True),
        ),
    ]
