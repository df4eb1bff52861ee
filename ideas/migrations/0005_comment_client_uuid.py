from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ideas", "0004_trigrams")]

    operations = [
        migrations.AddField(
            model_name="comment",
            name="client_uuid",
            field=models.UUIDField(editable=False, null=True),
        ),
        migrations.AddConstraint(
            model_name="comment",
            constraint=models.UniqueConstraint(
                fields=("organization", "client_uuid"), name="comment_client_uuid_once"
            ),
        ),
    ]
