from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ideas", "0012_invitations_to_write")]

    operations = [migrations.RenameField(model_name="idea", old_name="save_count", new_name="version")]
