"""Importing members from a CSV file: uploaded, previewed, confirmed, then all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crowdhub.common.errors import Refusal
from crowdhub.people.domain.import_file import decode, read_members
from crowdhub.people.domain.import_plan import Change, Directory, Plan, plan_import, skill_after_import
from crowdhub.people.domain.structure import create_department
from crowdhub.people.enums import ImportState, Kind
from crowdhub.people.facts import Fact, announce
from crowdhub.people.models import Department, DepartmentStay, Location, Member, MemberImport, MemberSkill, Skill
from crowdhub.tenancy.models import Organization

BATCH = 2_000  # rows in one statement
Progress = Callable[[int], None]  # told per cent


class HasProblems(Refusal):
    message = _("Some rows cannot be imported, so none was. Correct them in the file and upload it again.")


class NothingToImport(Refusal):
    message = _("Everything in this file is in the directory already.")


class Outdated(Refusal):
    message = _("The directory has changed since the preview. Look at what would change now, and confirm again.")


class NotOpen(Refusal):
    message = _("This import is over, or being done already.")


def upload_members(file_name: str, content: bytes, *, actor: Member) -> MemberImport:
    """Keep a file until its import is confirmed or discarded. Raises UnreadableFile. For administrators."""
    text = decode(content)
    read_members(text)
    upload: MemberImport = MemberImport.objects.create(
        organization_id=actor.organization_id, uploaded_by=actor, file_name=file_name[:200], content=text
    )
    return upload


def preview_import(upload: MemberImport) -> Plan:
    """Return what importing the file would do to the directory as it is now."""
    return plan_import(read_members(upload.content), Directory())


@transaction.atomic
def confirm_import(upload: MemberImport, *, digest: str, send_invitations: bool, now: datetime | None = None) -> None:
    """Decide that a previewed import be done; `digest` is that of the plan that was shown. Raises NotOpen.

    The import itself is `run_import`, here or in a worker.
    """
    confirmed = MemberImport.objects.filter(pk=upload.pk, state=ImportState.PREVIEW).update(
        state=ImportState.RUNNING, digest=digest, sends_invitations=send_invitations, confirmed_at=now or timezone.now()
    )
    if not confirmed:
        raise NotOpen
    upload.refresh_from_db()


@transaction.atomic
def discard_import(upload: MemberImport) -> None:
    """Forget an uploaded file. Raises NotOpen."""
    open_states = (ImportState.PREVIEW, ImportState.FAILED)
    if not MemberImport.objects.filter(pk=upload.pk, state__in=open_states).update(
        state=ImportState.DISCARDED, content=""
    ):
        raise NotOpen


@transaction.atomic
def run_import(upload: MemberImport, *, progress: Progress = lambda percent: None, now: datetime | None = None) -> None:
    """Do a confirmed import, all of it or nothing. Raises NotOpen, Outdated, and what `import_members` raises."""
    upload = MemberImport.objects.select_for_update(of=("self",)).get(pk=upload.pk)
    if upload.state != ImportState.RUNNING:
        raise NotOpen
    _one_import_at_a_time(upload.organization_id)
    plan = preview_import(upload)
    if plan.digest != upload.digest:
        raise Outdated
    organization = Organization.objects.get(pk=upload.organization_id)
    upload.counts = apply_plan(
        plan, organization, actor=upload.uploaded_by, invite=upload.sends_invitations, progress=progress, now=now
    )
    upload.state, upload.applied_at, upload.content = ImportState.DONE, now or timezone.now(), ""
    upload.save()


@transaction.atomic
def fail_import(upload: MemberImport, reason: str) -> None:
    """Note why a confirmed import was not done; its file may be confirmed again after a new preview."""
    MemberImport.objects.filter(pk=upload.pk, state=ImportState.RUNNING).update(
        state=ImportState.FAILED, error=reason[:500]
    )


@transaction.atomic
def reopen_import(upload: MemberImport) -> None:
    """Show the preview of an import that failed once more. Raises NotOpen."""
    failed = MemberImport.objects.filter(pk=upload.pk, state=ImportState.FAILED)
    if not failed.update(state=ImportState.PREVIEW, error=""):
        raise NotOpen


@transaction.atomic
def import_members(organization: Organization, content: bytes, *, actor: Member | None, dry_run: bool = False) -> Plan:
    """Import a file at once and return what was done; with `dry_run`, what would be. For the operator's command.

    Raises UnreadableFile; and HasProblems unless it is a dry run.
    """
    _one_import_at_a_time(organization.pk)
    plan = plan_import(read_members(decode(content)), Directory())
    if dry_run:
        return plan
    if not plan.changes_nothing or plan.problems:
        apply_plan(plan, organization, actor=actor)
    return plan


@transaction.atomic
def apply_plan(
    plan: Plan,
    organization: Organization,
    *,
    actor: Member | None,
    invite: bool = False,
    progress: Progress = lambda percent: None,
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
    progress(100)
    return {"new": len(plan.new), "changed": len(plan.changed), "unchanged": plan.unchanged_count}


class _Writer:
    """Applies one plan; knows the ids that are made on the way."""

    def __init__(self, plan: Plan, organization: Organization, now: datetime) -> None:
        self.plan, self.organization, self.now = plan, organization, now
        self.today = timezone.localdate(now)
        self.directory = Directory()
        self.ids = {email: known.pk for email, known in self.directory.members.items()}
        self.created: list[Member] = []

    def create_structure(self) -> None:
        for path in self.plan.departments:
            parent = self.directory.departments.get(_lower(path[:-1]))
            parent_object = Department.objects.get(pk=parent) if parent is not None else None
            made = create_department(self.organization, path[-1], parent=parent_object)
            self.directory.departments[_lower(path)] = made.pk
        for name in self.plan.locations:
            self.directory.locations[name.lower()] = Location.objects.create(
                organization=self.organization, name=name
            ).pk
        skills = [Skill(organization=self.organization, name=name) for name in self.plan.skills]
        for skill in Skill.objects.bulk_create(skills):
            self.directory.skills[skill.name.lower()] = skill.pk

    def create_members(self) -> None:
        """Insert new members in one go: with ids drawn before, a manager may come after their people in the file."""
        rows = self.plan.new
        for row, pk in zip(rows, _next_ids(Member, len(rows)), strict=True):
            self.ids[row.email] = pk
        nobody_knows_it = make_password(None)  # unusable; the invitation's link sets a real one
        self.created = [
            Member(
                pk=self.ids[row.email],
                organization=self.organization,
                login=f"{self.organization.pk}:{row.email}",
                email=row.email,
                name=row.name,
                kind=row.kind or Kind.EMPLOYEE,
                department_id=self.directory.departments[_lower(row.department)] if row.department else None,
                location_id=self.directory.locations[row.location.lower()] if row.location else None,
                manager_id=self.ids[row.manager] if row.manager else None,
                language=row.language or self.organization.language,
                timezone=self.organization.timezone,
                password=nobody_knows_it,
                joined_on=self.today,
            )
            for row in rows
        ]
        Member.objects.bulk_create(self.created, batch_size=BATCH)
        self._open_stays({member.pk: member.department_id for member in self.created if member.department_id})

    def change_members(self) -> None:
        changed = [change for change in self.plan.changed if change.fields]
        if not changed:
            return
        moved = {change.pk: self._department_after(change) for change in changed if "department" in change.fields}
        columns: dict[str, tuple[str, list[object]]] = {
            "id": ("bigint", [change.pk for change in changed]),
            "name": ("text", [change.row.name for change in changed]),
            "kind": ("text", [change.row.kind for change in changed]),
            "language": ("text", [change.row.language for change in changed]),
            "department_id": ("bigint", [moved.get(change.pk) for change in changed]),
            "location_id": ("bigint", [self._location_after(change) for change in changed]),
            "manager_id": ("bigint", [self.ids[c.row.manager] if c.row.manager else None for c in changed]),
        }
        arrays = ", ".join(f"%s::{kind}[]" for kind, _values in columns.values())
        sets = ", ".join(f"{name} = coalesce(new.{name}, m.{name})" for name in columns if name != "id")
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE people_member m SET {sets} FROM unnest({arrays}) AS new ({', '.join(columns)}) "  # noqa: S608
                "WHERE m.id = new.id",
                [values for _kind, values in columns.values()],
            )
        self._close_stays(list(moved))
        self._open_stays(moved)

    def set_skills(self) -> None:
        wanted = [(self.ids[row.email], row) for row in self.plan.new]
        wanted += [(change.pk, change.row) for change in self.plan.changed if change.skills]
        rows = []
        for member_id, row in wanted:
            for name, level in row.skills:
                skill_id = self.directory.skills[name.lower()]
                after = skill_after_import(self.directory.held.get((member_id, skill_id)), level)
                if after is not None:
                    rows.append(
                        MemberSkill(
                            organization=self.organization,
                            member_id=member_id,
                            skill_id=skill_id,
                            level=after.level,
                            source=after.source,
                            claimed_level=after.claimed_level,
                            updated_at=self.now,
                        )
                    )
        MemberSkill.objects.bulk_create(
            rows,
            batch_size=BATCH,
            update_conflicts=True,
            unique_fields=["member", "skill"],
            update_fields=["level", "source", "claimed_level", "updated_at"],
        )

    def announce(self, actor: Member | None, *, invite: bool) -> None:
        """Record one event for each member to whom something happened."""
        changed = [self._known(change) for change in self.plan.changed if change.fields]
        skilled = [member for member, row in zip(self.created, self.plan.new, strict=True) if row.skills]
        skilled += [self._known(change) for change in self.plan.changed if change.skills]
        for fact, members in (
            (Fact.CHANGED, [*self.created, *changed]),
            (Fact.SKILLS_CHANGED, skilled),
            (Fact.INVITED, self.created if invite else []),
        ):
            if members:
                announce(fact, *members, actor=actor, data={"by": "import"})

    def _known(self, change: Change) -> Member:
        return Member(pk=change.pk, organization=self.organization)

    def _department_after(self, change: Change) -> int:
        return self.directory.departments[_lower(change.row.department or ())]

    def _location_after(self, change: Change) -> int | None:
        return self.directory.locations[change.row.location.lower()] if change.row.location else None

    def _close_stays(self, member_ids: list[int]) -> None:
        stays = DepartmentStay.objects.filter(member__in=member_ids, until=None)
        stays.filter(since__gte=self.today).delete()
        stays.update(until=self.today)

    def _open_stays(self, departments: dict[int, int]) -> None:
        DepartmentStay.objects.bulk_create(
            [
                DepartmentStay(
                    organization=self.organization, member_id=member, department_id=department, since=self.today
                )
                for member, department in departments.items()
            ],
            batch_size=BATCH,
        )


def _next_ids(model: type[Member], count: int) -> list[int]:
    """Draw ids from the table's sequence."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [row[0] for row in cursor.fetchall()]


def _one_import_at_a_time(organization_id: int) -> None:
    """Wait for another import into this organization; two of them would plan on what the other changes."""
    Organization.objects.select_for_update(no_key=True).get(pk=organization_id)


def _lower(path: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(name.lower() for name in path)
