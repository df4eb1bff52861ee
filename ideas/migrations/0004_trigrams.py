from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("ideas", "0003_idea_save_count")]

    operations = [TrigramExtension()]
