"""Taking the list of people away as a file, which is on record: who, when, how many, narrowed by what.

The file is made row by row while it is sent, and kept nowhere. Its columns are those of an import, so that what is
corrected in it can be brought back; three more say what an import passes over.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from tempfile import TemporaryFile
from typing import IO, Any, Final

from django.db import models, transaction
from django.db.models import QuerySet
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from crowdhub.common.spreadsheets import BYTE_ORDER_MARK, csv_text, new_workbook, write_line
from crowdhub.people.domain.import_file import COLUMNS, PASSED_OVER
from crowdhub.people.facts import Fact, announce
from crowdhub.people.models import Department, Member
from crowdhub.people.names import shown_name
from crowdhub.people.queries import by_name, roles_told, with_roles
from crowdhub.people.rules import see_roles_listed
from crowdhub.people.shelves import departments_as_tree
from crowdhub.tenancy.context import tenant
from crowdhub.tenancy.models import Organization

CSV, XLSX = "csv", "xlsx"
CHUNK: Final = 1_000  # people that are read at once
HEADER: Final = (*(column for column in COLUMNS if column != "skills"), *PASSED_OVER)


@dataclass(frozen=True)
class Taken:
    """Whom a file holds, in its order, and for whom it is made."""

    organization: Organization
    member_ids: Sequence[int]
    viewer: Member
    columns: Sequence[str]
    file_name: str


@transaction.atomic
def begin_export(people: QuerySet[Member], chosen: Mapping[str, Any], file_format: str, *, actor: Member) -> Taken:
    """Put on record that somebody takes these people away, and return what the file is made of.

    `chosen` is what they were narrowed by. For administrators and HR.
    """
    ids = list(by_name(people).values_list("pk", flat=True))
    data = {"format": file_format, "count": len(ids), "filters": _codes(chosen)}
    announce(Fact.EXPORTED, actor, actor=actor, data=data)
    file_name = f"people_{timezone.localdate():%Y-%m-%d}.{file_format}"
    return Taken(actor.organization, ids, actor, _told_to(actor), file_name)


def csv_lines(taken: Taken) -> Iterator[str]:
    """Write the file piece by piece; the request's transaction is over by then, so each piece has its own."""
    yield BYTE_ORDER_MARK + csv_text([taken.columns])
    for rows in _rows_of(taken):
        yield csv_text(rows)


def write_workbook(taken: Taken) -> IO[bytes]:
    """Write the file to the disk, and return it opened at its beginning; it is gone when it is closed."""
    target = TemporaryFile()  # noqa: SIM115  the response closes it
    with new_workbook(target) as book:
        table = book.add_worksheet(_("People")[:31])
        table.set_column(0, len(taken.columns) - 1, 24)
        table.freeze_panes(1, 0)
        write_line(table, 0, taken.columns, book.add_format({"bold": True}))
        number = 0
        for rows in _rows_of(taken):
            for row in rows:
                number += 1
                write_line(table, number, row)
    target.seek(0)
    return target


def _told_to(viewer: Member) -> Sequence[str]:
    """Return the columns: who holds which role is told to those alone whom the list tells it, too."""
    return HEADER if see_roles_listed(viewer) else [column for column in HEADER if column != "roles"]


def _rows_of(taken: Taken) -> Iterator[list[list[str]]]:
    columns = [HEADER.index(column) for column in taken.columns]
    for start in range(0, len(taken.member_ids), CHUNK):
        ids = taken.member_ids[start : start + CHUNK]
        with tenant(taken.organization), transaction.atomic(), translation.override(taken.viewer.language):
            people = with_roles(Member.objects.filter(erased_at=None)).select_related("location", "manager")
            found = people.in_bulk(ids)
            paths = _department_paths()  # for each piece, and after its people: departments are added meanwhile
            rows = [_row_of(found[pk], paths, viewer=taken.viewer) for pk in ids if pk in found]
        yield [[row[column] for column in columns] for row in rows]


def _row_of(person: Member, paths: Mapping[int, str], *, viewer: Member) -> list[str]:
    manager = person.manager
    return [
        shown_name(person, viewer=viewer),
        person.email,
        paths.get(person.department.pk, person.department.name) if person.department else "",
        person.location.name if person.location else "",
        manager.email if manager is not None and manager.erased_at is None else "",
        person.language,
        person.kind,
        ", ".join(roles_told(person)),
        str(_("active")) if person.is_active else str(_("deactivated")),
        person.joined_on.isoformat(),
    ]


def _department_paths() -> dict[int, str]:
    def path_of(department: Department) -> str:
        return " > ".join([*department.ancestors, department.name])  # type: ignore[attr-defined]  # set by the query

    return {department.pk: path_of(department) for department in departments_as_tree()}


def _codes(chosen: Mapping[str, Any]) -> dict[str, Any]:
    """Return ids and codes only, as an event may hold: of words that somebody looked for, that there were some."""
    codes = {name: value.pk if isinstance(value, models.Model) else value for name, value in chosen.items()}
    return codes | {"words": True} if "words" in codes else codes
