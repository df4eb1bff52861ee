from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ideas", "0002_isolate")]

    operations = [
        migrations.AddField(
            model_name="idea",
            name="save_count",
            field=models.PositiveIntegerField(default=0),
        ),
    ]
