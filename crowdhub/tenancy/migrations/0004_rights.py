"""Take from the application what would lead hosts to another organization, or make one the operator's.

Hosts stand under no policy, because they are read before there is a tenant; the operator changes them. A migration that
adds a column to Organization which members may change grants the right to it.
"""

from django.db import migrations

OF_MEMBERS = "name, accent_colour, language, timezone, holiday_region, first_steps_hidden_at"


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0003_first_steps")]

    operations = [
        migrations.RunSQL(
            [
                "REVOKE UPDATE, DELETE ON tenancy_domain FROM crowdhub_app",
                "REVOKE UPDATE, DELETE ON tenancy_organization FROM crowdhub_app",
                f"GRANT UPDATE ({OF_MEMBERS}) ON tenancy_organization TO crowdhub_app",
            ],
            [
                "GRANT UPDATE, DELETE ON tenancy_domain TO crowdhub_app",
                "GRANT UPDATE, DELETE ON tenancy_organization TO crowdhub_app",
            ],
        ),
    ]
