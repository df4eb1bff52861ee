from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ideas", "0008_idea_link")]

    operations = [
        migrations.AddField(model_name="revision", name="files", field=models.JSONField(default=list)),
    ]
