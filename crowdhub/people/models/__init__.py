"""Who works where and can do what (structure, members), and how that is changed for many at once (changes)."""

from crowdhub.people.models.changes import BulkChange, BulkRefusal, ImportProblem, MemberImport, SettingsVersion
from crowdhub.people.models.members import (
    EVERYWHERE,
    IN_DEPARTMENTS,
    DepartmentStay,
    GroupMembership,
    Member,
    MemberManager,
    MemberSkill,
    RoleGrant,
)
from crowdhub.people.models.structure import Department, Group, Location, Skill

__all__ = [
    "EVERYWHERE",
    "IN_DEPARTMENTS",
    "BulkChange",
    "BulkRefusal",
    "Department",
    "DepartmentStay",
    "Group",
    "GroupMembership",
    "ImportProblem",
    "Location",
    "Member",
    "MemberImport",
    "MemberManager",
    "MemberSkill",
    "RoleGrant",
    "SettingsVersion",
    "Skill",
]
