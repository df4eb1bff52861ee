"""Markdown in, safe HTML out: sanitised after rendering."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowdhub.common.text import excerpt, render_markdown

TRICKS = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "[click](javascript:alert(1))",
    "[click](JaVaScRiPt:alert(1))",
    "[click](data:text/html;base64,PHNjcmlwdD4=)",
    "![x](javascript:alert(1))",
    "<a href='vbscript:x'>x</a>",
    '[x](https://example.com "onmouseover=alert(1)")',
    "<svg/onload=alert(1)>",
    "<iframe src=//evil.example></iframe>",
    "[a]: javascript:alert(1)\n\n[a]",
    "<style>body{display:none}</style>",
    "&#x3C;script&#x3E;alert(1)&#x3C;/script&#x3E;",
    "```html\n<script>alert(1)</script>\n```",
    "<!--><script>alert(1)</script>-->",
    "<math><mi//xlink:href='data:x,<script>alert(4)</script>'>",
    "autolink <javascript:alert(1)>",
]


@pytest.mark.parametrize("source", TRICKS)
def test_tricks_leave_nothing_that_runs(source):
    html = render_markdown(source).lower()

    assert "<script" not in html
    assert "<img" not in html
    assert "<svg" not in html
    assert "<iframe" not in html
    assert "<style" not in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html
    assert 'href="vbscript' not in html


@given(st.text(max_size=300))
def test_any_text_gives_allowed_tags_only(source):
    html = render_markdown(source)

    assert render_markdown(source) == html
    assert "<script" not in html.lower()


def test_markdown_is_rendered():
    html = render_markdown("# Weld\n\n* **strong**\n* [site](https://example.com)\n\n| a | b |\n|---|---|\n| 1 | 2 |")

    assert "<h3>Weld</h3>" in html
    assert "<strong>strong</strong>" in html
    assert 'href="https://example.com"' in html
    assert 'rel="noopener noreferrer"' in html
    assert "<td>1</td>" in html


def test_excerpt_has_no_markup_and_ends_at_a_word():
    text = excerpt("**Turn** it [off](https://example.com) at night, " * 10, length=40)

    assert text == "Turn it off at night, Turn it off at …"


def test_table_of_more_cells_than_anybody_reads_is_left_as_text():
    """Rows are filled up to the width of the head: 40 kB can ask for 65,000 cells, and seconds."""
    small = "|a|b|\n|-|-|\n|1|2|\n"
    wide = "|".join("a" * 200) + "\n" + "|".join("-" * 200) + "\n" + "a\n" * 200

    assert "<td>1</td>" in render_markdown(small)
    assert "<td>" not in render_markdown(wide)
