"""German: everything is said in it, with the same placeholders, and what is compiled is what is written."""

import ast
import gettext
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

CATALOGUE = Path(settings.BASE_DIR, "locale", "de", "LC_MESSAGES", "django.po")
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z]|%%|<[^>]+>")
KEYWORD = re.compile(r"(msgctxt|msgid_plural|msgid|msgstr(?:\[\d\])?) (?=\")")


@dataclass
class Message:
    texts: dict[str, str] = field(default_factory=dict)
    flags: set[str] = field(default_factory=set)

    @property
    def key(self) -> tuple[str, str]:
        return self.texts.get("msgctxt", ""), self.texts["msgid"]

    @property
    def is_plural(self) -> bool:
        return "msgid_plural" in self.texts

    def pairs(self) -> list[tuple[str, str]]:
        """Each English text with its German one."""
        if not self.is_plural:
            return [(self.texts["msgid"], self.texts["msgstr"])]
        return [
            (self.texts["msgid"], self.texts["msgstr[0]"]),
            (self.texts["msgid_plural"], self.texts["msgstr[1]"]),
        ]


def messages_in(catalogue: Path) -> Iterator[Message]:
    """Read a catalogue, without its header and what is out of use."""
    for block in catalogue.read_text(encoding="utf-8").split("\n\n"):
        message, keyword = Message(), ""
        for line in block.splitlines():
            if line.startswith("#,"):
                message.flags.update(flag.strip() for flag in line[2:].split(","))
            elif start := KEYWORD.match(line):
                keyword = start[1]
                message.texts[keyword] = ast.literal_eval(line[start.end() :])
            elif line.startswith('"'):
                message.texts[keyword] += ast.literal_eval(line)
        if message.texts.get("msgid"):
            yield message


@pytest.fixture(scope="module")
def messages() -> list[Message]:
    return list(messages_in(CATALOGUE))


@pytest.fixture(scope="module")
def compiled() -> gettext.GNUTranslations:
    with CATALOGUE.with_suffix(".mo").open("rb") as file:
        return gettext.GNUTranslations(file)


def test_catalogue_has_no_gap(messages):
    untranslated = [english for message in messages for english, german in message.pairs() if not german.strip()]

    assert len(messages) > 1000
    assert untranslated == []


def test_catalogue_has_nothing_that_was_only_guessed(messages):
    assert [message.key for message in messages if "fuzzy" in message.flags] == []


def test_german_has_the_placeholders_of_the_english(messages):
    differing = [
        (english, german)
        for message in messages
        for english, german in message.pairs()
        if set(PLACEHOLDER.findall(english)) != set(PLACEHOLDER.findall(german))
    ]

    assert differing == []


def test_colleagues_say_du_to_each_other(messages):
    formal = re.compile(r"\b(Ihnen|Ihr|Ihre[mnrs]?)\b|(?<=[a-zäöü,] )Sie\b")

    assert [german for message in messages for _, german in message.pairs() if formal.search(german)] == []


def test_compiled_catalogue_says_what_is_written(messages, compiled):
    def said(message: Message, count: int) -> str:
        context, english = message.key
        if message.is_plural:
            plural = message.texts["msgid_plural"]
            return (
                compiled.npgettext(context, english, plural, count)
                if context
                else compiled.ngettext(english, plural, count)
            )
        return compiled.pgettext(context, english) if context else compiled.gettext(english)

    stale = [
        german
        for message in messages
        for count, (_, german) in enumerate(message.pairs(), start=1)
        if said(message, count) != german
    ]

    assert stale == []


@pytest.mark.slow
def test_catalogue_knows_everything_that_is_said(messages, tmp_path):
    if shutil.which("xgettext") is None:
        pytest.skip("xgettext (gettext) is not here, so nothing was compared with the code")
    ours = shutil.ignore_patterns(".*", "staticfiles", "tests", "benchmarks", "docs", "node_modules", "__pycache__")
    copy = shutil.copytree(settings.BASE_DIR, tmp_path / "copy", ignore=ours)
    command = [
        sys.executable,
        "manage.py",
        "makemessages",
        "--locale",
        "de",
        "--extension",
        "html,txt,mjml,py",
        "--no-location",
    ]

    subprocess.run(command, cwd=copy, check=True, capture_output=True)

    extracted = messages_in(copy / CATALOGUE.relative_to(settings.BASE_DIR))
    assert {message.key for message in extracted} == {message.key for message in messages}, "run make messages"


def test_member_who_reads_german_gets_the_home_page_in_german(in_acme, as_member):
    in_acme.alice.language = "de"
    in_acme.alice.save()

    page = as_member(in_acme.alice).get(reverse("pages:home")).content.decode()

    assert '<html lang="de"' in page
    assert "Hallo, Alice" in page
    assert "Im Moment fragt dich niemand etwas" in page
    assert "Bestenliste" in page
    assert "Nothing is asked of you" not in page
