from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("moderation", "0004_reason_revision")]

    operations = [migrations.RenameField(model_name="reasontemplate", old_name="revision", new_name="version")]
