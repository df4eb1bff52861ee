from django.db import migrations

from crowdhub.tenancy.operations import policy_sql


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0001_initial")]

    operations = [
        migrations.RunSQL(policy_sql("tenancy_organization", column="id"), migrations.RunSQL.noop),
    ]
