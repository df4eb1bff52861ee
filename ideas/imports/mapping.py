"""The mapping of an import: which column of which file becomes what.

A CSV file with the columns `file`, `target`, `source` and `options`. `file` is challenge, proposals or comments.
Several rows for one target are put together: texts as paragraphs, parts of a time with a space.
Options, parted by semicolons: `value=` a fixed text instead of a column, `none=` what stands for nothing,
`remove=` a text to take out, `format=` of a date as in strptime, `pattern=` with %s for the value.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

from django.utils.translation import gettext as _

from crowdhub.common.characters import clean_line, clean_sent

COLUMNS: Final = ("file", "target", "source", "options")
OPTIONS: Final = frozenset({"value", "none", "remove", "format", "pattern"})
# What each file may give, and whether it must.
TARGETS: Final[dict[str, dict[str, bool]]] = {
    "challenge": {"source": True, "title": True, "objective": False, "success_measure": False, "language": False},
    "proposals": {
        "id": True,
        "title": True,
        "body": True,
        "author": True,
        "author_name": False,
        "created_at": True,
        "language": False,
    },
    "comments": {
        "id": True,
        "idea": True,
        "parent": False,
        "body": True,
        "author": True,
        "author_name": False,
        "created_at": True,
        "language": False,
    },
}

# What may have several lines.
PROSE: Final = frozenset({"body", "objective", "success_measure"})


class MappingError(ValueError):
    """The mapping cannot be used; the message names the line."""


@dataclass(frozen=True)
class Source:
    """Where a part of a value comes from, and what is done to it."""

    column: str
    options: dict[str, str] = field(default_factory=dict)

    def read(self, row: dict[str, str]) -> str:
        """Return the value from a row, "" where there is none."""
        value = self.options.get("value", row.get(self.column) or "")
        value = value.replace(self.options.get("remove", "\0"), "").strip()
        if not value or value == self.options.get("none"):
            return ""
        return self.options.get("pattern", "%s").replace("%s", value)


@dataclass(frozen=True)
class Mapping:
    """For each file and target, its sources."""

    sources: dict[str, dict[str, list[Source]]]

    def value(self, file: str, target: str, row: dict[str, str]) -> str:
        """Return the parts of a target from a row, put together and clean."""
        parts = [part for part in (one.read(row) for one in self.sources[file].get(target, [])) if part]
        text = clean_sent((" " if target == "created_at" else "\n\n").join(parts))
        return text if target in PROSE else clean_line(text)

    def date_format(self, file: str) -> str | None:
        """Return how times are written in a file; None means ISO 8601."""
        formats = [one.options["format"] for one in self.sources[file]["created_at"] if "format" in one.options]
        return formats[0] if formats else None

    def columns(self, file: str) -> set[str]:
        """Return the columns that a file must have."""
        return {one.column for sources in self.sources[file].values() for one in sources if one.column}


def read_mapping(lines: Iterable[str]) -> Mapping:
    """Return the mapping of a CSV file; raises MappingError for the first line that cannot be used."""
    reader = csv.DictReader(lines)
    if tuple(reader.fieldnames or ()) != COLUMNS:
        raise MappingError(_("The mapping needs the columns %(names)s.") % {"names": ", ".join(COLUMNS)})
    sources: dict[str, dict[str, list[Source]]] = {file: defaultdict(list) for file in TARGETS}
    for row in reader:
        file, target = (row["file"] or "").strip(), (row["target"] or "").strip()
        if target not in TARGETS.get(file, {}):
            raise MappingError(
                _("Line %(line)d: there is no target “%(target)s” for “%(file)s”.")
                % {"line": reader.line_num, "target": target, "file": file}
            )
        sources[file][target].append(Source((row["source"] or "").strip(), _options(row, reader.line_num)))
    _check_complete(sources)
    return Mapping({file: dict(targets) for file, targets in sources.items()})


def _options(row: dict[str, str], line: int) -> dict[str, str]:
    options = {}
    for part in filter(str.strip, (row["options"] or "").split(";")):
        name, _separator, value = part.partition("=")
        if name.strip() not in OPTIONS:
            raise MappingError(
                _("Line %(line)d: there is no option “%(name)s”.") % {"line": line, "name": name.strip()}
            )
        options[name.strip()] = value.strip()
    if not (row["source"] or "").strip() and "value" not in options:
        raise MappingError(_("Line %(line)d: name a column, or give a value.") % {"line": line})
    return options


def _check_complete(sources: dict[str, dict[str, list[Source]]]) -> None:
    for file, targets in TARGETS.items():
        for target, is_required in targets.items():
            if is_required and target not in sources[file]:
                raise MappingError(
                    _("The mapping says nothing about “%(target)s” of “%(file)s”.") % {"target": target, "file": file}
                )
