from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ideas", "0009_drafts_of_returned_ideas")]

    operations = [
        migrations.AddField(model_name="revision", name="files", field=models.JSONField(default=list)),
    ]
