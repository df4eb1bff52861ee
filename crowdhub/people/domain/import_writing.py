"""Writing what an import's plan says, by statements for many rows."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crowdhub.common.bulk import insert_columns, next_ids, update_columns
from crowdhub.common.errors import Refusal
from crowdhub.people.domain.import_file import Progress, Row, tell_nobody
from crowdhub.people.domain.import_plan import Held, Plan, lower_path, skill_after_import
from crowdhub.people.enums import Kind, SkillSource
from crowdhub.people.facts import Fact, announce_for_many
from crowdhub.people.models import Department, DepartmentStay, Location, Member, MemberSkill, Skill
from crowdhub.tenancy.models import Organization, new_public_id

ANALYZE_FROM = 1_000  # rows; PostgreSQL notices fewer early enough by itself


class HasProblems(Refusal):
    message = _("Some rows cannot be imported, so none was. Correct them in the file and upload it again.")


class NothingToImport(Refusal):
    message = _("Everything in this file is already in the directory.")


@transaction.atomic
def apply_plan(
    plan: Plan,
    organization: Organization,
    *,
    actor: Member | None,
    invite: bool = False,
    progress: Progress = tell_nobody,
    now: datetime | None = None,
) -> dict[str, int]:
    """Write what the plan says, by statements for many rows, and return how many members are new and changed.

    Raises HasProblems, NothingToImport.
    """
    if plan.problems:
        raise HasProblems
    if plan.changes_nothing:
        raise NothingToImport
    writer = _Writer(plan, organization, now or timezone.now())
    writer.create_structure()
    progress(10)
    writer.create_members()
    progress(40)
    writer.change_members()
    progress(55)
    writer.set_skills()
    progress(75)
    writer.announce(actor, invite=invite)
    if len(plan.new) + len(plan.changed) >= ANALYZE_FROM:
        analyze_people()
    progress(100)
    return {"new": len(plan.new), "changed": len(plan.changed), "unchanged": plan.unchanged_count}


def analyze_people() -> None:
    """Have PostgreSQL count the tables of people now: a launch right after an import must not be planned for tables
    that were empty a moment ago."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT analyze_people()")


class _Writer:
    """Applies one plan; knows the ids that are made on the way."""

    def __init__(self, plan: Plan, organization: Organization, now: datetime) -> None:
        self.plan, self.organization, self.now = plan, organization, now
        self.today = timezone.localdate(now)
        self.directory = plan.directory
        self.ids = {email: known.pk for email, known in self.directory.members.items()}

    def create_structure(self) -> None:
        organization_id = self.organization.pk
        self._create_departments()
        for model, names, known in (
            (Location, self.plan.locations, self.directory.locations),
            (Skill, self.plan.skills, self.directory.skills),
        ):
            made = [model(organization_id=organization_id, name=name) for name in names]
            known.update({thing.name.lower(): thing.pk for thing in model.objects.bulk_create(made)})

    def create_members(self) -> None:
        """Insert new members in one go: with ids drawn before, a manager may come after their people in the file."""
        rows = self.plan.new
        for row, pk in zip(rows, next_ids(Member, len(rows)), strict=True):
            self.ids[row.email] = pk
        insert_columns(
            Member,
            len(rows),
            {
                "id": [self.ids[row.email] for row in rows],
                "organization_id": self.organization.pk,
                "public_id": [new_public_id() for _row in rows],
                "login": [f"{self.organization.pk}:{row.email}" for row in rows],
                "email": [row.email for row in rows],
                "name": [row.name for row in rows],
                "kind": [row.kind or Kind.EMPLOYEE.value for row in rows],
                "department_id": [self._department_of(row) for row in rows],
                "location_id": [self._location_of(row) for row in rows],
                "manager_id": [self._manager_of(row) for row in rows],
                "language": [row.language or self.organization.language for row in rows],
                "timezone": self.organization.timezone,
                "password": make_password(None),  # unusable; the invitation's link sets a real one
                "is_active": True,
                "joined_on": self.today,
            },
        )
        self._open_stays({self.ids[row.email]: self._department_of(row) for row in rows})

    def change_members(self) -> None:
        changed = [change for change in self.plan.changed if change.fields]
        rows = [change.row for change in changed]
        update_columns(
            Member,
            [change.pk for change in changed],
            {
                "name": [row.name for row in rows],
                "kind": [row.kind for row in rows],
                "language": [row.language for row in rows],
                "department_id": [self._department_of(row) for row in rows],
                "location_id": [self._location_of(row) for row in rows],
                "manager_id": [self._manager_of(row) for row in rows],
            },
        )
        moved = {change.pk: self._department_of(change.row) for change in changed if "department" in change.fields}
        stays = DepartmentStay.objects.filter(member__in=list(moved), until=None)
        stays.filter(since__gte=self.today).delete()
        stays.update(until=self.today)
        self._open_stays(moved)

    def set_skills(self) -> None:
        wanted = [(self.ids[row.email], row) for row in self.plan.new]
        wanted += [(change.pk, change.row) for change in self.plan.changed if change.skills]
        held: list[tuple[int, int, Held]] = []
        for member_id, row in wanted:
            for name, level in row.skills:
                skill_id = self.directory.skills[name.lower()]
                after = skill_after_import(self.directory.held.get((member_id, skill_id)), level)
                if after is not None:
                    held.append((member_id, skill_id, after))
        insert_columns(
            MemberSkill,
            len(held),
            {
                "organization_id": self.organization.pk,
                "member_id": [member_id for member_id, _skill_id, _after in held],
                "skill_id": [skill_id for _member_id, skill_id, _after in held],
                "level": [after.level for _member_id, _skill_id, after in held],
                "source": SkillSource.IMPORT.value,
                "claimed_level": [after.claimed_level for _member_id, _skill_id, after in held],
                "updated_at": self.now,
            },
            on_conflict="ON CONFLICT (member_id, skill_id) DO UPDATE SET level = excluded.level, "
            "source = excluded.source, claimed_level = excluded.claimed_level, updated_at = excluded.updated_at",
        )

    def announce(self, actor: Member | None, *, invite: bool) -> None:
        """Record one event for each member to whom something happened."""
        created = [self.ids[row.email] for row in self.plan.new]
        changed = [change.pk for change in self.plan.changed if change.fields]
        skilled = [self.ids[row.email] for row in self.plan.new if row.skills]
        skilled += [change.pk for change in self.plan.changed if change.skills]
        for fact, member_ids in (
            (Fact.CHANGED, created + changed),
            (Fact.SKILLS_CHANGED, skilled),
            (Fact.INVITED, created if invite else []),
        ):
            announce_for_many(fact, member_ids, organization=self.organization, actor=actor, data={"by": "import"})

    def _create_departments(self) -> None:
        """Insert the departments, parents first; with ids drawn before, all paths are known."""
        paths = self.plan.departments
        ids = next_ids(Department, len(paths))
        known = self.directory.departments
        columns = dict(Department.objects.values_list("pk", "path"))
        parents: list[int | None] = []
        for path, pk in zip(paths, ids, strict=True):
            parent = known.get(lower_path(path[:-1]))
            parents.append(parent)
            known[lower_path(path)] = pk
            columns[pk] = f"{columns[parent] if parent else '/'}{pk}/"
        insert_columns(
            Department,
            len(paths),
            {
                "id": ids,
                "organization_id": self.organization.pk,
                "public_id": [new_public_id() for _path in paths],
                "name": [path[-1] for path in paths],
                "parent_id": parents,
                "path": [columns[pk] for pk in ids],
            },
        )

    def _department_of(self, row: Row) -> int | None:
        return self.directory.departments[lower_path(row.department)] if row.department else None

    def _location_of(self, row: Row) -> int | None:
        return self.directory.locations[row.location.lower()] if row.location else None

    def _manager_of(self, row: Row) -> int | None:
        return self.ids[row.manager] if row.manager else None

    def _open_stays(self, departments: dict[int, int | None]) -> None:
        stays = [(member, department) for member, department in departments.items() if department is not None]
        insert_columns(
            DepartmentStay,
            len(stays),
            {
                "organization_id": self.organization.pk,
                "member_id": [member for member, _department in stays],
                "department_id": [department for _member, department in stays],
                "since": self.today,
            },
        )
