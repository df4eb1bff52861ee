"""What an import of members would change: the file compared with the directory, and nothing written.

An empty cell changes nothing. Skills are added or raised, never taken away or lowered: a confirmation by a colleague is
worth more than last year's list. Departments, locations and skills that do not exist yet are created.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crowdhub.people.domain.import_file import MemberFile, Problem, Row
from crowdhub.people.enums import SkillSource
from crowdhub.people.models import Department, Location, Member, MemberSkill, Skill
from crowdhub.people.names import PATH_SIGN

Path = tuple[str, ...]


class Known(NamedTuple):
    """A member as the directory has them."""

    pk: int
    email: str
    name: str
    kind: str
    department_id: int | None
    location_id: int | None
    manager_id: int | None
    language: str
    is_active: bool


class Held(NamedTuple):
    """A skill that a member has."""

    level: int
    source: str
    claimed_level: int | None


@dataclass(frozen=True)
class Difference:
    """One thing that changes for a member, in words."""

    label: str | Promise
    old: str
    new: str


@dataclass(frozen=True)
class Change:
    """What changes for one member of the directory."""

    row: Row
    pk: int
    fields: dict[str, Difference]
    skills: dict[str, Difference]  # by name of the skill, in lower case

    @property
    def differences(self) -> list[Difference]:
        return [*self.fields.values(), *self.skills.values()]


@dataclass
class Plan:
    """Everything that an import would do. It can only be applied when there are no problems."""

    directory: Directory = field(repr=False)
    problems: list[Problem] = field(default_factory=list)
    new: list[Row] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    unchanged_count: int = 0
    departments: list[Path] = field(default_factory=list)  # to be created, parents first
    locations: list[str] = field(default_factory=list)
    skills: list[str] = field(default_factory=list)

    @property
    def changes_nothing(self) -> bool:
        return not (self.new or self.changed)

    @property
    def digest(self) -> str:
        """A fingerprint: two plans of one file with the same fingerprint change the same things.

        It holds nothing that is said in the language of whoever asks: one may preview in another than the worker's.
        """
        changed = [
            (
                change.pk,
                sorted((name, one.old, one.new) for name, one in change.fields.items()),
                sorted((name, one.new) for name, one in change.skills.items()),
            )
            for change in self.changed
        ]
        problems = [(problem.line, problem.column) for problem in self.problems]
        parts = repr((self.new, changed, self.departments, self.locations, self.skills, problems))
        return hashlib.sha256(parts.encode()).hexdigest()


class Directory:
    """The directory as it is now, read by a fixed number of queries, whatever its size."""

    def __init__(self) -> None:
        fields = [name if name != "pk" else "id" for name in Known._fields]
        rows = Member.objects.filter(erased_at=None).values_list(*fields)
        self.members = {known.email.lower(): known for known in map(Known._make, rows)}
        self.emails = {known.pk: email for email, known in self.members.items()}
        self.department_paths = _department_paths()
        self.departments = {lower_path(path): pk for pk, path in self.department_paths.items()}
        self.location_names: dict[int, str] = dict(Location.objects.values_list("pk", "name"))
        self.locations = {name.lower(): pk for pk, name in self.location_names.items()}
        self.skills = {name.lower(): pk for pk, name in Skill.objects.values_list("pk", "name")}
        held = MemberSkill.objects.values_list("member_id", "skill_id", "level", "source", "claimed_level")
        self.held = {(member, skill): Held(*rest) for member, skill, *rest in held.iterator(chunk_size=5_000)}


def plan_import(file: MemberFile, directory: Directory) -> Plan:
    """Compare a file with the directory, and return what importing it would do."""
    plan = Plan(directory, problems=list(file.problems))
    for row in file.rows:
        plan.problems.extend(_problems_with(row, file, directory))
    _note_what_is_created(plan, file.rows, directory)
    for row in file.rows:
        known = directory.members.get(row.email)
        if known is None:
            plan.new.append(row)
            continue
        change = Change(row, known.pk, _field_changes(row, known, directory), _skill_changes(row, known, directory))
        if change.differences:
            plan.changed.append(change)
        else:
            plan.unchanged_count += 1
    plan.problems.sort(key=lambda problem: problem.line)
    return plan


def skill_after_import(held: Held | None, level: int) -> Held | None:
    """Return what a member holds when the directory confirms a level, or None when that changes nothing.

    What they state above that level stays their own word.
    """
    if held is None:
        return Held(level, SkillSource.IMPORT, None)
    if held.source != SkillSource.OWN_WORD and held.level >= level:
        return None
    stated = held.claimed_level or held.level
    return Held(level, SkillSource.IMPORT, stated if stated > level else None)


def _problems_with(row: Row, file: MemberFile, directory: Directory) -> list[Problem]:
    problems = []
    known = directory.members.get(row.email)
    if known is not None and not known.is_active:
        text = _("This account is deactivated. Reactivate it first, or leave the row out.")
        problems.append(Problem(row.line, "email", text))
    # Whoever stands in a row that cannot be used, or after the part that can be read, is no problem of this row.
    if row.manager and file.is_whole and row.manager not in file.addresses and row.manager not in directory.members:
        text = _("“%s” is neither in the directory nor in this file.") % row.manager
        problems.append(Problem(row.line, "manager", text))
    return problems


def _note_what_is_created(plan: Plan, rows: list[Row], directory: Directory) -> None:
    departments, locations, skills = set(directory.departments), set(directory.locations), set(directory.skills)
    for row in rows:
        for depth in range(1, len(row.department or ()) + 1):
            path = (row.department or ())[:depth]
            if lower_path(path) not in departments:
                departments.add(lower_path(path))
                plan.departments.append(path)
        if row.location and row.location.lower() not in locations:
            locations.add(row.location.lower())
            plan.locations.append(row.location)
        for name, _level in row.skills:
            if name.lower() not in skills:
                skills.add(name.lower())
                plan.skills.append(name)


def _field_changes(row: Row, known: Known, directory: Directory) -> dict[str, Difference]:
    changes: dict[str, Difference] = {}

    def compare(name: str, label: str | Promise, old: str, new: str | None, *, same: bool = False) -> None:
        if new is not None and new != old and not same:
            changes[name] = Difference(label, old, new)

    compare("name", gettext_lazy("Name"), known.name, row.name)
    compare("kind", gettext_lazy("Kind"), known.kind, row.kind)
    compare("language", gettext_lazy("Language"), known.language, row.language)
    if row.department is not None:
        same = (
            known.department_id is not None
            and directory.departments.get(lower_path(row.department)) == known.department_id
        )
        old_path = directory.department_paths.get(known.department_id or 0, ())
        compare(
            "department",
            gettext_lazy("Department"),
            PATH_SIGN.join(old_path),
            PATH_SIGN.join(row.department),
            same=same,
        )
    if row.location is not None:
        old_name = directory.location_names.get(known.location_id or 0, "")
        same = old_name.lower() == row.location.lower()
        compare("location", gettext_lazy("Location"), old_name, row.location, same=same)
    compare("manager", gettext_lazy("Manager"), directory.emails.get(known.manager_id or 0, ""), row.manager)
    return changes


def _skill_changes(row: Row, known: Known, directory: Directory) -> dict[str, Difference]:
    changes = {}
    for name, level in row.skills:
        held = directory.held.get((known.pk, directory.skills.get(name.lower(), 0)))
        if skill_after_import(held, level) is not None:
            changes[name.lower()] = Difference(name, _held_in_words(held), str(level))
    return changes


def _held_in_words(held: Held | None) -> str:
    if held is None:
        return ""
    if held.source == SkillSource.OWN_WORD:
        return _("%d (self-declared)") % held.level
    return str(held.level)


def _department_paths() -> dict[int, Path]:
    """Return the names from the root for every department."""
    nodes = {pk: (name, parent) for pk, name, parent in Department.objects.values_list("pk", "name", "parent_id")}
    paths: dict[int, Path] = {}

    def path_of(pk: int) -> Path:
        if pk not in paths:
            name, parent = nodes[pk]
            paths[pk] = (*path_of(parent), name) if parent is not None else (name,)
        return paths[pk]

    return {pk: path_of(pk) for pk in nodes}


def lower_path(path: Path) -> Path:
    return tuple(name.lower() for name in path)
