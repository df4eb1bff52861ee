from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ideas", "0010_revision_files")]

    operations = [
        migrations.AddField(model_name="idea", name="talk_count", field=models.PositiveIntegerField(default=0)),
    ]
