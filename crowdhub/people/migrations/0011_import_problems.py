"""Keep every problem of an uploaded file, and no longer the first ones alone.

A preview from before holds no others, so it is made anew when somebody asks for it: its page offers that.
"""

import crowdhub.tenancy.models
import django.db.models.deletion
from django.db import migrations, models

from crowdhub.tenancy.operations import IsolateTenant

FORGET = "UPDATE people_memberimport SET preview = '{}' WHERE (preview #>> '{counts,problems}')::integer > 0"


class Migration(migrations.Migration):

    dependencies = [
        ('people', '0010_search_people'),
        ('tenancy', '0005_settings_and_logo'),
    ]

    operations = [
        migrations.CreateModel(
            name='ImportProblem',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('line', models.PositiveIntegerField()),
                ('column', models.CharField(blank=True, max_length=20)),
                ('message', models.CharField(max_length=600)),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='tenancy.organization')),
                ('upload', crowdhub.tenancy.models.TenantForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='problems', to='people.memberimport')),
            ],
            options={
                'indexes': [models.Index(fields=['upload', 'id'], name='import_problems')],
            },
        ),
        IsolateTenant("ImportProblem"),
        # Once forced, row-level security lets the owner see no rows.
        migrations.RunSQL(
            [
                "ALTER TABLE people_memberimport NO FORCE ROW LEVEL SECURITY",
                FORGET,
                "ALTER TABLE people_memberimport FORCE ROW LEVEL SECURITY",
            ],
            migrations.RunSQL.noop,
        ),
    ]
