from django.db import migrations

from crowdhub.tenancy.operations import SharedExtension


class Migration(migrations.Migration):
    dependencies = [("ideas", "0003_idea_save_count")]

    operations = [SharedExtension("pg_trgm")]
