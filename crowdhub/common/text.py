"""Markdown in, safe HTML out."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

import nh3
from markdown_it import MarkdownIt

MAX_TEXT_LENGTH: Final = 40_000  # characters of Markdown in one field

# Each bracket is tried as the beginning of a link: with tens of thousands of them that takes a second, and no text that
# people write has so many.
_MAX_BRACKETS: Final = 2_000
# Every line below the head of a table is filled up to its width, so 40 kB can ask for 65,000 cells, and two seconds.
_MAX_CELLS: Final = 20_000

_BLOCK_TAGS: Final = {"p", "hr", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre"}
_INLINE_TAGS: Final = {"br", "code", "em", "strong", "s", "a"}
_TABLE_TAGS: Final = {"table", "thead", "tbody", "tr", "th", "td"}
_TAGS: Final = _BLOCK_TAGS | _INLINE_TAGS | _TABLE_TAGS
_ATTRIBUTES: Final = {"a": {"href", "title"}, "ol": {"start"}}


def render_markdown(source: str) -> str:
    """Return HTML that is safe to show: rendered by CommonMark, then sanitised, never the other way round.

    Headings start at h3, because a page has its own h1 and h2. Links get rel="noopener noreferrer".
    """
    html = _parser(
        links=source.count("[") <= _MAX_BRACKETS,
        tables=_most_cells(source) <= _MAX_CELLS,
    ).render(source)
    html = re.sub(r"<(/?)h([12])>", lambda match: f"<{match[1]}h{int(match[2]) + 2}>", html)
    return nh3.clean(html, tags=_TAGS, attributes=_ATTRIBUTES, url_schemes={"http", "https", "mailto"})


@cache
def _parser(*, links: bool, tables: bool) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("strikethrough")
    if tables:
        parser.enable("table")
    return parser if links else parser.disable(["link", "image"])


def _most_cells(source: str) -> int:
    """Return how many cells the tables in a text can have at most."""
    lines = source.splitlines()
    return len(lines) * (1 + max((line.count("|") for line in lines), default=0)) if "|" in source else 0


def excerpt(source: str, length: int = 180) -> str:
    """Return the beginning of a Markdown text in plain words, cheap enough for lists: nothing is rendered."""
    beginning = source[: 4 * length]  # the expression takes quadratic time
    words = " ".join(re.sub(r"[*_`#>|~]|\[([^\]]*)\]\([^)]*\)", r"\1", beginning).split())
    return words if len(words) <= length else words[:length].rsplit(" ", 1)[0] + " …"
