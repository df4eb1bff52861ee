"""Rows of the files, checked: records that can be written, and what is wrong with the others."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from crowdhub.common.text import MAX_TEXT_LENGTH
from ideas.domain.discussion import MAX_COMMENT_LENGTH
from ideas.domain.writing import MAX_TITLE_LENGTH
from ideas.imports.mapping import Mapping

MAX_NAME_LENGTH: Final = 120
MAX_ID_LENGTH: Final = 60
csv.field_size_limit(10_000_000)  # a text that is too long is told with its line, not by the reader giving up


@dataclass(frozen=True)
class Problem:
    """Why a row cannot be imported. `line` is the one that the row begins at."""

    file: str
    line: int
    reason: str


@dataclass
class Record:
    """A proposal or a comment, as the file has it. `idea` and `parent` are ids of the file, "" for none."""

    line: int
    id: str
    title: str
    body: str
    author: str
    author_name: str
    created_at: datetime
    language: str
    idea: str = ""
    parent: str = ""


@dataclass
class Rows:
    """What was read from both files."""

    proposals: dict[str, Record] = field(default_factory=dict)
    comments: dict[str, Record] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def read_rows(proposals: Iterable[str], comments: Iterable[str], mapping: Mapping, *, timezone: str) -> Rows:
    """Return the records of both files and every problem. Times without a zone are in `timezone`.

    A comment needs its proposal and the comment that it answers: where that is missing or bad, so is this one.
    """
    rows = Rows()
    rows.proposals = _read("proposals", proposals, mapping, timezone, rows.problems)
    found = _read("comments", comments, mapping, timezone, rows.problems)
    rows.comments = _with_parents(found, rows)
    rows.problems.sort(key=lambda problem: (problem.file != "proposals", problem.line))
    return rows


def _read(
    file: str, lines: Iterable[str], mapping: Mapping, timezone: str, problems: list[Problem]
) -> dict[str, Record]:
    records: dict[str, Record] = {}
    for line, row in _numbered(file, lines, mapping, problems):
        try:
            record = _record(file, line, row, mapping, ZoneInfo(timezone))
            if record.id in records:
                raise ValueError(_("the id %(id)s is there twice") % {"id": record.id})
        except ValueError as error:
            problems.append(Problem(file, line, str(error)))
        else:
            records[record.id] = record
    return records


def _numbered(
    file: str, lines: Iterable[str], mapping: Mapping, problems: list[Problem]
) -> Iterator[tuple[int, dict[str, str]]]:
    reader = csv.DictReader(lines)
    absent = mapping.columns(file) - set(reader.fieldnames or ())
    if absent:
        problems.append(Problem(file, 1, _("missing columns: %(names)s") % {"names": ", ".join(sorted(absent))}))
        return
    line = reader.line_num + 1
    for row in reader:
        if None in row or None in row.values():
            problems.append(Problem(file, line, _("not as many columns as the first line")))
        else:
            yield line, row
        line = reader.line_num + 1


def _record(file: str, line: int, row: dict[str, str], mapping: Mapping, zone: ZoneInfo) -> Record:
    def value(target: str) -> str:
        return mapping.value(file, target, row)

    author = _needed(value, "author", MAX_ID_LENGTH)
    return Record(
        line=line,
        id=_needed(value, "id", MAX_ID_LENGTH),
        title=_needed(value, "title", MAX_TITLE_LENGTH) if file == "proposals" else "",
        body=_needed(value, "body", MAX_TEXT_LENGTH if file == "proposals" else MAX_COMMENT_LENGTH),
        author=author,
        author_name=_short(value("author_name") or author, "author_name", MAX_NAME_LENGTH),
        created_at=_time(value("created_at"), mapping.date_format(file), zone),
        language=_short(value("language") or "en", "language", 5),
        idea=_needed(value, "idea", MAX_ID_LENGTH) if file == "comments" else "",
        parent=value("parent") if file == "comments" else "",
    )


def _needed(value: Callable[[str], str], target: str, limit: int) -> str:
    text = value(target)
    if not text:
        raise ValueError(_("%(target)s is empty") % {"target": target})
    return _short(text, target, limit)


def _short(text: str, target: str, limit: int) -> str:
    if len(text) > limit:
        raise ValueError(
            _("%(target)s has %(length)d characters, at most %(limit)d are possible")
            % {"target": target, "length": len(text), "limit": limit}
        )
    return text


def _time(text: str, written: str | None, zone: ZoneInfo) -> datetime:
    try:
        moment = datetime.strptime(text, written) if written else datetime.fromisoformat(text)  # noqa: DTZ007  below
    except ValueError as error:
        raise ValueError(_("created_at is no time: “%(text)s”") % {"text": text[:40]}) from error
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


def _with_parents(found: dict[str, Record], rows: Rows) -> dict[str, Record]:
    """Return the comments whose proposal and line of parents are there, parents before their answers."""
    kept: dict[str, Record] = {}
    waiting = list(found.values())
    while waiting:
        later = []
        for record in waiting:
            reason = _wrong_place(record, found, rows)
            if reason:
                rows.problems.append(Problem("comments", record.line, reason))
                found.pop(record.id)
            elif not record.parent or record.parent in kept:
                kept[record.id] = record
            else:
                later.append(record)
        if len(later) == len(waiting):
            reason = _("replies to itself in a circle")
            rows.problems.extend(Problem("comments", record.line, reason) for record in later)
            break
        waiting = later
    return kept


def _wrong_place(record: Record, found: dict[str, Record], rows: Rows) -> str:
    if record.idea not in rows.proposals:
        return _("belongs to proposal %(id)s, which cannot be imported or is not in the file") % {"id": record.idea}
    if record.parent and record.parent not in found:
        return _("replies to comment %(id)s, which cannot be imported or is not in the file") % {"id": record.parent}
    if record.parent and found[record.parent].idea != record.idea:
        return _("replies to comment %(id)s, which belongs to another proposal") % {"id": record.parent}
    return ""
