from django.db import migrations

from crowdhub.tenancy.operations import IsolateTenant


class Migration(migrations.Migration):
    dependencies = [
        ("ideas", "0001_initial"),
        ("challenges", "0002_isolate"),
    ]

    operations = [
        IsolateTenant(
            "Idea",
            "Follow",
            "Exposure",
            "Contributor",
            "Comment",
            "AnswerPause",
            "Answer",
            "Revision",
            "Vote",
        ),
    ]
