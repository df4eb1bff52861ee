"""The style sheets: small, and without rules for what no page has."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
STYLES = sorted((ROOT / "static" / "css").glob("*.css"))
MODULES = sorted((ROOT / "static" / "js").glob("*.js"))
LIMITS = {"css": 30 * 1024, "js": 20 * 1024}  # bytes, compressed, all files together
MADE_BY_LIBRARIES = {"htmx-request"}
CLASS = re.compile(r"\.(-?[A-Za-z_][\w-]*)")


def rules_of(style: str) -> str:
    """Return a style sheet without comments, strings and values, in which a dot begins a class."""
    bare = re.sub(r"/\*.*?\*/|\"[^\"]*\"|'[^']*'", "", style, flags=re.DOTALL)
    return re.sub(r"(?m)^\s*[\w-]+\s*:\s[^{};]*;|url\([^)]*\)|--[\w-]+:[^;]*;", "", bare)


@pytest.fixture(scope="module")
def words() -> set[str]:
    """Every word that templates, modules and code hold: among them is every class that a page can have."""
    files = [*(ROOT / "templates").rglob("*.html"), *MODULES]
    for folder in ("crowdhub", "challenges", "ideas", "moderation", "rewards"):
        files += (ROOT / folder).rglob("*.py")
    return {word for path in files for word in re.findall(r"[A-Za-z_][\w-]*", path.read_text())}


@pytest.mark.parametrize("path", STYLES, ids=lambda path: path.stem)
def test_every_class_is_on_some_page(path: Path, words: set[str]) -> None:
    classes = set(CLASS.findall(rules_of(path.read_text())))
    # Made of a fixed part and a number or a state: class="depth-{{ depth }}".
    made = {name for name in classes if name.rpartition("-")[0] + "-" in words}

    assert classes - words - made - MADE_BY_LIBRARIES == set()


def test_every_class_of_a_template_has_a_style() -> None:
    styled = {name for path in STYLES for name in CLASS.findall(rules_of(path.read_text()))}
    used = {
        name: path.name
        for path in (ROOT / "templates").rglob("*.html")
        if "mail" not in str(path)
        for value in re.findall(r'class="([^"]*)"', re.sub(r"{%.*?%}|{{.*?}}", " ", path.read_text()))
        for name in value.split()
        if not name.endswith("-")
    }

    assert {name: file for name, file in used.items() if name not in styled} == {}


@pytest.mark.parametrize(("kind", "files"), [("css", STYLES), ("js", MODULES)])
def test_what_every_page_loads_is_small(kind: str, files: list[Path]) -> None:
    assert files
    assert sum(len(gzip.compress(path.read_bytes())) for path in files) < LIMITS[kind]


def test_every_style_sheet_is_linked_once() -> None:
    linked = re.findall(r"css/([\w-]+)\.css", (ROOT / "templates" / "base.html").read_text())

    assert sorted(linked) == [path.stem for path in STYLES]
