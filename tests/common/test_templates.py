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


FORM = re.compile(r"<form\b(?P<tag>(?:{%.*?%}|{{.*?}}|[^>])*)>(?P<inside>.*?)</form>", re.DOTALL)
# What somebody can leave empty or fill wrongly, also where another template holds it.
FIELD = re.compile(
    r"components/(field|form_fields|editor|choice)\.html|\b(reason_form|original|attach)\.html|element fields"
    r"|<(select|textarea)\b|<input(?![^>]*type=\"hidden\")"
)


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(ROOT)))
def test_a_form_with_fields_is_checked_by_the_server_alone(path):
    """The browser's own bubbles speak its language, and not that of the page; ours stand beside the field."""
    forms = [form for form in FORM.finditer(path.read_text()) if 'method="post"' in form["tag"]]

    assert [form["tag"] for form in forms if FIELD.search(form["inside"]) and "novalidate" not in form["tag"]] == []
    assert "formnovalidate" not in path.read_text()  # no use then


# What is marked for translation, and what nobody reads as words of ours: keys, code, comments, tags and variables.
NOT_A_LITERAL = re.compile(
    r"{#.*?#}|{%\s*comment\b.*?endcomment\s*%}|{%\s*blocktranslate\b.*?endblocktranslate\s*%}|<!--.*?-->"
    r"|<(?P<element>script|mj-style|mj-font|kbd|code|pre)\b.*?</(?P=element)>|{%.*?%}|{{.*?}}",
    re.DOTALL,
)
SPOKEN = re.compile(r'\b(?:title|alt|aria-label|placeholder|data-label)="([^"]*)"')
ELEMENT = re.compile(r"<[^>]*>")
LETTER = re.compile(r"[^\W\d_]")
SAME_IN_EVERY_LANGUAGE = {"CSV", "XLSX", "CrowdHub", "MB"}
# Not text, although it stands between tags: a class that one page gives to the frame around it.
CLASSES = {"is-wide", "is-full"}
TRANSLATED = sorted(
    path
    for kind in ("html", "mjml")
    for path in (ROOT / "templates").rglob(f"*.{kind}")
    if "styleguide" not in path.parts  # for developers, in English
)


def literals_in(text: str) -> set[str]:
    bare = re.sub(r"&\w+;", " ", NOT_A_LITERAL.sub("\n", text))
    pieces = {piece.strip() for piece in ELEMENT.sub("\n", bare).split("\n")}
    return {piece for piece in pieces | set(SPOKEN.findall(bare)) if LETTER.search(piece)}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('<p title="Why">{% translate "Yes" %} <kbd>Esc</kbd> 3 {{ name }}</p>', {"Why"}),
        ("<p>No{% if more %}, never{% endif %}</p>", {"No", ", never"}),
        ('{% blocktranslate %}Yes <b>{{ name }}</b>{% endblocktranslate %}{# no #}<a href="/no"></a>', set()),
    ],
)
def test_a_literal_is_found(text, found):
    assert literals_in(text) == found


@pytest.mark.parametrize("path", TRANSLATED, ids=lambda path: str(path.relative_to(ROOT)))
def test_template_says_nothing_that_is_not_marked_for_translation(path):
    assert literals_in(path.read_text()) - SAME_IN_EVERY_LANGUAGE - CLASSES == set()
