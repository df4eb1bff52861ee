"""The texts of the demo, as its README describes them."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parent.parent / "demo_content"

Entry = dict[str, Any]


@lru_cache
def _file(name: str) -> Any:
    return json.loads((FOLDER / f"{name}.json").read_text(encoding="utf-8"))


def organization_content(key: str) -> Entry:
    """Return an organization's places, departments, skills, groups, cast and names."""
    entry: Entry = _file("organization")[key]
    return entry


def terms_of(organization: str) -> list[Entry]:
    """Return the versions of an organization's terms in its first language, oldest first.

    A version is one text for everybody, so the translations in the file are not versions of their own.
    """
    language = organization_content(organization)["language"]
    terms = _file("challenges")["terms"]
    mine = [entry for entry in terms if entry["organization"] == organization and entry["language"] == language]
    return sorted(mine, key=lambda entry: int(entry["version"]))


def challenges_of(organization: str) -> list[Entry]:
    return [entry for entry in _file("challenges")["challenges"] if entry["organization"] == organization]


def ideas_of_challenge(key: str) -> list[Entry]:
    return [entry for entry in _file("ideas") if entry["challenge"] == key]


def comments_of_idea(key: str) -> list[Entry]:
    """Return an idea's comments; a comment comes before its replies."""
    return [entry for entry in _file("comments") if entry["idea"] == key]


def reason_templates() -> list[Entry]:
    entries: list[Entry] = _file("reasons")["templates"]
    return entries
