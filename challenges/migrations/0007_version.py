from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("challenges", "0006_client_uuid")]

    operations = [migrations.RenameField(model_name="challenge", old_name="save_count", new_name="version")]
