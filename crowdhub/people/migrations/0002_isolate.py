from django.db import migrations

from crowdhub.tenancy.operations import IsolateTenant


class Migration(migrations.Migration):
    dependencies = [
        ("people", "0001_initial"),
        ("tenancy", "0002_isolate"),
    ]

    operations = [
        IsolateTenant(
            "Department",
            "Member",
            "DepartmentStay",
            "Group",
            "GroupMembership",
            "Location",
            "MemberImport",
            "RoleGrant",
            "Skill",
            "MemberSkill",
        ),
    ]
