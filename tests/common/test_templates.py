"""What every template has to keep: nothing inline, and only text that was sanitised is shown as HTML."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
# HTML that crowdhub.common.text.render_markdown made, which sanitises last.
SANITISED = re.compile(r"(_html|\.html|\bbrief(_html)?\.\w+|decision\.text|\btext_html)\|safe")


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_template_has_nothing_inline_and_shows_sanitised_html_only(path):
    text = path.read_text()
    is_mail = "mail" in path.parts

    for used in re.findall(r"[\w.]+\|safe", text):
        assert SANITISED.search(used), used
    assert is_mail or not re.search(r"<script(?![^>]*\bsrc=)[^>]*>", text)
    assert is_mail or not re.search(r"<style|\sstyle=|\son[a-z]+=[\"']", text)
    assert "{% autoescape off" not in text
