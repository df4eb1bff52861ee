"""A page that shows all pictures, by person and by page."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from html import escape
from itertools import groupby
from pathlib import Path

STYLE = Path(__file__).with_name("sheet.css")
TICKS = {"light": "light", "dark": "dark", "en": "English", "de": "German", "w390": "390 px", "w1440": "1440 px"}


@dataclass(frozen=True)
class Picture:
    """One screen in one state; `file` is where it lies below the sheet."""

    who: str
    page: str
    language: str
    width: int
    scheme: str
    file: str


def write_sheet(folder: Path, pictures: Iterable[Picture]) -> Path:
    """Write index.html and its style into the folder of the pictures; return it."""
    people = [(who, list(theirs)) for who, theirs in groupby(pictures, key=lambda picture: picture.who)]
    ticks = "".join(
        f'<label><input type="checkbox" id="{name}" checked> {label}</label>' for name, label in TICKS.items()
    )
    sheet = folder / "index.html"
    sheet.write_text(
        '<!doctype html><html lang="en"><head><meta charset="utf-8"><title>CrowdHub: every screen</title>'
        '<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="sheet.css"></head><body>'
        f'<h1>Every screen</h1><form class="filters" aria-label="Show">{ticks}</form>'
        + "".join(_person(who, theirs) for who, theirs in people)
        + "</body></html>"
    )
    shutil.copy(STYLE, folder / STYLE.name)
    return sheet


def _person(who: str, pictures: list[Picture]) -> str:
    pages = [(page, list(of_page)) for page, of_page in groupby(pictures, key=lambda picture: picture.page)]
    index = "".join(f'<li><a href="#{who}-{number}">{escape(page)}</a></li>' for number, (page, _) in enumerate(pages))
    shown = "".join(_page(f"{who}-{number}", page, of_page) for number, (page, of_page) in enumerate(pages))
    head = f'<summary id="{who}">{who}</summary><nav aria-label="{who}"><ul>{index}</ul></nav>'
    return f"<details open>{head}{shown}</details>"


def _page(anchor: str, page: str, pictures: list[Picture]) -> str:
    shown = "".join(map(_figure, pictures))
    return f'<h3 id="{anchor}"><code>{escape(page)}</code></h3><div class="pictures">{shown}</div>'


def _figure(picture: Picture) -> str:
    said = f"{picture.language}, {picture.width} px, {picture.scheme}"
    return (
        f'<figure class="{picture.language} w{picture.width} {picture.scheme}"><a href="{picture.file}">'
        f'<img src="{picture.file}" alt="{escape(picture.page)}: {said}" loading="lazy"></a>'
        f"<figcaption>{said}</figcaption></figure>"
    )
