"""Importing members from a CSV file: uploaded, previewed, confirmed, then all of it or nothing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from crowdhub.common.bulk import insert_columns, next_ids, update_columns
from crowdhub.common.errors import Refusal
from crowdhub.people.domain.import_file import Row, check_head, decode, read_members
from crowdhub.people.domain.import_plan import Directory, Held, Plan, lower_path, plan_import, skill_after_import
from crowdhub.people.enums import ImportState, Kind, SkillSource
from crowdhub.people.facts import Fact, announce, announce_for_many
from crowdhub.people.models import Department, DepartmentStay, Location, Member, MemberImport, MemberSkill, Skill
from crowdhub.tenancy.models import Organization, new_public_id

PROGRESS_SECONDS = 3600
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
    check_head(text)
    upload: MemberImport = MemberImport.objects.create(
        organization_id=actor.organization_id, uploaded_by=actor, file_name=file_name[:200], content=text
    )
    return upload


def preview_import(upload: MemberImport) -> Plan:
    """Return what importing the file would do to the directory as it is now."""
    return plan_import(read_members(upload.content), Directory())


@transaction.atomic
def confirm_import(
    upload: MemberImport, *, actor: Member, digest: str, send_invitations: bool, now: datetime | None = None
) -> None:
    """Decide that a previewed import be done; `digest` is that of the plan that was shown. Raises NotOpen.

    A worker does it, because a large one takes longer than a page may, and it does nothing if by then another plan
    would come of the file. For administrators.
    """
    confirmed = MemberImport.objects.filter(pk=upload.pk, state=ImportState.PREVIEW).update(
        state=ImportState.RUNNING, digest=digest, sends_invitations=send_invitations, confirmed_at=now or timezone.now()
    )
    if not confirmed:
        raise NotOpen
    upload.refresh_from_db()
    announce(Fact.IMPORT_CONFIRMED, actor, actor=actor, data={"import": upload.pk})


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
def finish_import(import_id: int) -> bool:
    """Do a confirmed import, or note on it why not, and tell whether it was done. For the workers."""
    upload = MemberImport.objects.select_related("uploaded_by").get(pk=import_id)
    language = upload.uploaded_by.language if upload.uploaded_by else None
    try:
        run_import(upload, progress=lambda percent: note_progress(upload, percent))
    except NotOpen:
        return False
    except Refusal as refusal:
        with translation.override(language):
            reason = str(refusal)
        running = MemberImport.objects.filter(pk=upload.pk, state=ImportState.RUNNING)
        running.update(state=ImportState.FAILED, error=reason[:500])
        return False
    return True


def note_progress(upload: MemberImport, percent: int) -> None:
    """Tell how far an import is. Outside of the database, where nothing is visible before all of it is."""
    cache.set(_progress_key(upload), percent, PROGRESS_SECONDS)


def progress_of(upload: MemberImport) -> int:
    """Return per cent."""
    return int(cache.get(_progress_key(upload)) or 0)


def _progress_key(upload: MemberImport) -> str:
    return f"import:{upload.organization_id}:{upload.pk}"


@transaction.atomic
def reopen_import(upload: MemberImport) -> None:
    """Show the preview of an import that failed once more. Raises NotOpen."""
    failed = MemberImport.objects.filter(pk=upload.pk, state=ImportState.FAILED)
    if not failed.update(state=ImportState.PREVIEW, error=""):
        raise NotOpen


def plan_file(organization: Organization, content: bytes) -> Plan:
    """Return what importing a file would do, and hold other imports off until the transaction ends.

    For the operator's command. Raises UnreadableFile.
    """
    _one_import_at_a_time(organization.pk)
    return plan_import(read_members(decode(content)), Directory())


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


def _one_import_at_a_time(organization_id: int) -> None:
    """Wait for another import into this organization; two of them would plan on what the other changes."""
    Organization.objects.select_for_update(no_key=True).get(pk=organization_id)
