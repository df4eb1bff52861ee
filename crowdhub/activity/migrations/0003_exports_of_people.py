from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('activity', '0002_isolate'),
    ]

    operations = [
        migrations.AddIndex(
            model_name='event',
            index=models.Index(condition=models.Q(('verb', 'member.exported')), fields=['organization', 'occurred_at'], name='event_exported'),
        ),
    ]
