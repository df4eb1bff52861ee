from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("api", "0002_isolate"),
        ("tenancy", "0005_settings_and_logo"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="personaltoken",
            name="client_uuid",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name="personaltoken",
            constraint=models.UniqueConstraint(
                fields=("organization", "member", "client_uuid"), name="token_client_uuid_once"
            ),
        ),
    ]
