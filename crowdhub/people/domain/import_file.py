"""Reading a CSV file of members: text to rows, and every problem with its line."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crowdhub.common.characters import clean_line, clean_sent
from crowdhub.common.errors import About, Refusal
from crowdhub.people.domain.structure import MAX_DEPTH
from crowdhub.people.enums import Kind

LARGEST_FILE = 20 * 1024 * 1024  # bytes
MOST_ROWS = 100_000
MAX_NAME, MAX_EMAIL, MAX_SKILLS = 120, 254, 50
REQUIRED = ("name", "email")
COLUMNS = (*REQUIRED, "department", "location", "skills", "manager", "language", "kind")
# What the exported list says besides; an import changes none of it.
PASSED_OVER = ("roles", "account", "joined_on")
DELIMITERS = ",;"
TELL_EVERY = 1_000  # lines


Progress = Callable[[int], None]  # told per cent


def tell_nobody(percent: int) -> None:
    """The progress of something that nobody waits for."""


class UnreadableFile(Refusal):
    """A file that cannot be read at all; the message says why."""

    about = About.INPUT


class FileTooLarge(UnreadableFile):
    message = gettext_lazy("The file is larger than 20 MB. Split it and import the parts one after the other.")


class NotUtf8(UnreadableFile):
    message = gettext_lazy("The file is not UTF-8 text. Save it as “CSV UTF-8” in your spreadsheet program.")


class EmptyFile(UnreadableFile):
    message = gettext_lazy("The file is empty.")


class TooManyRows(UnreadableFile):
    message = gettext_lazy("The file has more than 100,000 rows. Split it and import the parts one after the other.")


class WrongColumns(UnreadableFile):
    """The first line does not name the columns."""


class BadCell(ValueError):
    """A cell that cannot be used; the message is for the person who imports."""


@dataclass(frozen=True)
class Problem:
    """What is wrong with a row: its line in the file, the column when it is one, and the reason in words."""

    line: int
    column: str
    message: str


@dataclass(frozen=True)
class Row:
    """One member as the file has them; what is None is not said, and stays as it is."""

    line: int
    name: str
    email: str
    department: tuple[str, ...] | None = None
    location: str | None = None
    skills: tuple[tuple[str, int], ...] = ()
    manager: str | None = None
    language: str | None = None
    kind: str | None = None


@dataclass
class MemberFile:
    """The rows of a file that can be used, and the problems of the others.

    addresses: all that were read, those in rows that cannot be used as well. is_whole: whether it was read to its end.
    """

    rows: list[Row] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    addresses: set[str] = field(default_factory=set)
    is_whole: bool = True


def decode(content: bytes) -> str:
    """Return the text of an uploaded file, UTF-8 with or without a mark. Raises FileTooLarge, NotUtf8, EmptyFile."""
    if len(content) > LARGEST_FILE:
        raise FileTooLarge
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise NotUtf8 from error
    if "\0" in text:
        raise NotUtf8
    if not text.strip():
        raise EmptyFile
    return text


def check_head(text: str) -> None:
    """Check what a glance can tell: that the columns are named, and that a row follows. Raises UnreadableFile."""
    lines = _numbered_rows(text)
    _head(lines)
    try:
        is_alone = next(lines, None) is None
    except csv.Error:
        return  # the preview says where
    if is_alone:
        raise EmptyFile(_("The file has no rows below its first line."))


def read_members(text: str, *, progress: Progress = tell_nobody) -> MemberFile:
    """Read every row. Raises WrongColumns when the first line does not name the columns, TooManyRows."""
    line_count = text.count("\n") + 1
    lines = _numbered_rows(text)
    columns = _head(lines)
    found = MemberFile()
    seen: dict[str, int] = {}
    row_count = 0
    try:
        for line, cells in lines:
            if line % TELL_EVERY == 0:
                progress(100 * line // line_count)
            if any(cell.strip() for cell in cells):
                _take_row(found, seen, line, columns, cells)
                row_count += 1
            if row_count > MOST_ROWS:
                raise TooManyRows
    except csv.Error as error:
        found.problems.append(Problem(line + 1, "", _("From here on the file cannot be read: %s") % error))
        found.is_whole = False
    if not found.rows and not found.problems:
        raise EmptyFile(_("The file has no rows below its first line."))
    return found


def _numbered_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Yield each row with the line that it begins on; a quoted cell may hold several lines."""
    head = text.lstrip().split("\n", 1)[0]
    delimiter = max(DELIMITERS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    line = 1
    for cells in reader:
        yield line, cells
        line = reader.line_num + 1


def _head(lines: Iterator[tuple[int, list[str]]]) -> list[str]:
    try:
        return _columns_of(next(lines)[1])
    except StopIteration:
        raise EmptyFile from None
    except csv.Error as error:
        raise WrongColumns(_("The first line cannot be read: %s") % error) from error


def _columns_of(head: list[str]) -> list[str]:
    columns = [cell.strip().lower() for cell in head]
    if missing := [column for column in REQUIRED if column not in columns]:
        raise WrongColumns(_("The first line must name the columns; missing: %s.") % ", ".join(missing))
    if unknown := [column for column in columns if column not in COLUMNS + PASSED_OVER]:
        text = _("Unknown columns: %(unknown)s. Known are: %(known)s.")
        raise WrongColumns(text % {"unknown": ", ".join(unknown), "known": ", ".join(COLUMNS)})
    if len(set(columns)) < len(columns):
        raise WrongColumns(_("A column is named twice."))
    return columns


def _take_row(found: MemberFile, seen: dict[str, int], line: int, columns: list[str], cells: list[str]) -> None:
    """Add the row to those that can be used, or its problems to the others."""
    if len(cells) != len(columns):
        text = _("%(found)d columns instead of %(expected)d.") % {"found": len(cells), "expected": len(columns)}
        found.problems.append(Problem(line, "", text))
        found.addresses.update(_addresses_in(cells))
        return
    values: dict[str, object] = {}
    problems = []
    for column, cell in zip(columns, cells, strict=True):
        if column in PASSED_OVER:
            continue
        try:
            values[column] = READERS[column](" ".join(clean_line(clean_sent(cell)).split()))
        except BadCell as error:
            problems.append(Problem(line, column, str(error)))
    email = values.get("email")
    if isinstance(email, str):
        if email in seen:
            problems.append(Problem(line, "email", _("This address is already in line %d.") % seen[email]))
        seen.setdefault(email, line)
        found.addresses.add(email)
        if values.get("manager") == email:
            problems.append(Problem(line, "manager", _("Nobody can be their own manager.")))
    if problems:
        found.problems.extend(problems)
    else:
        found.rows.append(Row(line=line, **values))  # type: ignore[arg-type]  # each reader returns its column's type


def _addresses_in(cells: list[str]) -> Iterator[str]:
    """Yield the addresses of a row whose cells are in no column that could be told."""
    for cell in cells:
        if "@" in cell:
            with suppress(BadCell):
                yield _address(clean_line(clean_sent(cell)).strip())


def _read_name(cell: str) -> str:
    if not cell:
        raise BadCell(_("The name is missing."))
    return _short(cell)


def _read_email(cell: str) -> str:
    if not cell:
        raise BadCell(_("The e-mail address is missing."))
    return _address(cell)


def _read_manager(cell: str) -> str | None:
    return _address(cell) if cell else None


def _read_department(cell: str) -> tuple[str, ...] | None:
    if not cell:
        return None
    names = tuple(_short(name.strip()) for name in cell.split(">"))
    if not all(names):
        raise BadCell(_("A department in “%s” has no name. Write it like “Operations > Assembly”.") % cell[:80])
    if len(names) > MAX_DEPTH:
        raise BadCell(_("Departments go down to twelve levels at most."))
    return names


def _read_location(cell: str) -> str | None:
    return _short(cell) if cell else None


def _read_skills(cell: str) -> tuple[tuple[str, int], ...]:
    skills: dict[str, tuple[str, int]] = {}
    for part in filter(None, map(str.strip, cell.split(";"))):
        match = re.fullmatch(r"(.+?)\s*:\s*(-?\d{1,9})", part)
        if match is None:
            raise BadCell(_("“%s” is not a skill with its level. Write it like “Welding:4”.") % part[:80])
        name, level = _short(match[1]), int(match[2])
        if not 1 <= level <= 5:
            raise BadCell(
                _("The level of “%(skill)s” is %(level)d. Levels go from 1 to 5.") % {"skill": name, "level": level}
            )
        if name.lower() in skills:
            raise BadCell(_("“%s” is there twice.") % name)
        skills[name.lower()] = (name, level)
    if len(skills) > MAX_SKILLS:
        raise BadCell(_("More than %d skills.") % MAX_SKILLS)
    return tuple(skills.values())


def _read_language(cell: str) -> str | None:
    return _one_of([code for code, _name in settings.LANGUAGES], cell)


def _read_kind(cell: str) -> str | None:
    return _one_of(Kind.values, cell)


def _one_of(allowed: Iterable[str], cell: str) -> str | None:
    if not cell:
        return None
    if cell.lower() not in allowed:
        raise BadCell(
            _("“%(value)s” is not one of: %(allowed)s.") % {"value": cell[:40], "allowed": ", ".join(allowed)}
        )
    return cell.lower()


def _short(text: str) -> str:
    if len(text) > MAX_NAME:
        raise BadCell(_("“%(start)s…” has more than %(most)d characters.") % {"start": text[:40], "most": MAX_NAME})
    return text


def _address(cell: str) -> str:
    address = cell.lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise BadCell(_("“%s” is not an e-mail address.") % cell[:80]) from error
    if len(address) > MAX_EMAIL:
        raise BadCell(_("The address has more than %d characters.") % MAX_EMAIL)
    return address


READERS: dict[str, Callable[[str], object]] = {
    "name": _read_name,
    "email": _read_email,
    "department": _read_department,
    "location": _read_location,
    "skills": _read_skills,
    "manager": _read_manager,
    "language": _read_language,
    "kind": _read_kind,
}
