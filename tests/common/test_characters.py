from __future__ import annotations

import pytest
from django.apps import apps
from django.core.mail import EmailMultiAlternatives
from django.db import models
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from crowdhub.common import mail_html
from crowdhub.common.characters import clean_data, clean_line, clean_sent, clean_text, is_clean
from crowdhub.common.sent_text import cleaned
from crowdhub.tenancy import fields

OURS = ("crowdhub.", "challenges", "ideas", "moderation", "rewards")
# Columns that hold no words of a person: codes, keys, sums, and addresses of hosts, which are checked letter by letter;
# and a file as it was uploaded, which is cleaned cell by cell when it is read.
CODES = {
    "accent_colour", "consumer", "content_type", "digest", "holiday_region", "host", "language", "login",
    "logo_version", "password", "path", "public_id", "sha256", "slug", "storage_key", "timezone", "verb", "version",
    "MemberImport.content", "ImportProblem.column",
}  # fmt: skip


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("Bell \x07 rings\x01", "Bell  rings"),
        ("NUL\0 and DEL\x7f and C1\x9b", "NUL and DEL and C1"),
        ("\ufeffmarked", "marked"),
        ("half \ud800 of it", "half  of it"),
        ("no\ufffe char\uffffacter", "no character"),
        ("one\r\ntwo\rthree\x0bfour\u2028five\x85six", "one\ntwo\nthree\nfour\nfive\nsix"),
        ("a\ttab and\na line", "a\ttab and\na line"),
        ("Grüße, 你好, שלום, 👩‍👩‍👧 and e\u0301", "Grüße, 你好, שלום, 👩‍👩‍👧 and e\u0301"),
        ("\u2067עברית\u2069 in English", "\u2067עברית\u2069 in English"),
    ],
)
def test_a_text_loses_what_is_no_character_and_nothing_else(sent, kept):
    assert clean_text(sent) == kept


@pytest.mark.parametrize("turning", [*map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))])
def test_nothing_turns_the_direction_of_a_name(turning):
    assert clean_line(f"invoice{turning}gnp.exe") == "invoicegnp.exe"


def test_a_name_is_one_line():
    assert clean_line("Erin\nBcc: all\tof them") == "Erin Bcc: all of them"


@pytest.mark.parametrize("unseen", ["\u200b", "\u202e\u2066", " \u2060 \u00ad", "\u3164", "\x07\u200d"])
def test_what_nobody_can_see_was_not_sent(unseen):
    assert clean_sent(unseen) == ""


@given(st.text())
def test_what_was_cleaned_is_clean_and_stays_as_it_is(text):
    assert is_clean(clean_text(text))
    assert clean_text(clean_text(text)) == clean_text(text)
    assert clean_line(clean_line(text)) == clean_line(text)


def test_every_text_of_nested_data_is_cleaned():
    assert clean_data({"a\0": ["x\x01", {"b": "y\ud800"}], "n": 1, "none": None}) == {
        "a": ["x", {"b": "y"}],
        "n": 1,
        "none": None,
    }


def test_passwords_are_left_as_they_were_typed():
    request = RequestFactory().post("/", {"password1": "pass\x01word", "name": "A\x01nn"})

    sent = cleaned(request.POST)

    assert sent.dict() == {"password1": "pass\x01word", "name": "Ann"}


def text_columns():
    for model in apps.get_models():
        if not model.__module__.startswith(OURS):
            continue
        for field in model._meta.get_fields():
            if isinstance(field, models.CharField | models.TextField) and not field.choices:
                yield model, field


def test_every_column_for_words_cleans_what_is_written_to_it():
    """A new one is a field of crowdhub.tenancy.fields, or a code."""
    forgotten = [
        f"{model.__name__}.{field.name}"
        for model, field in text_columns()
        if field.name not in CODES
        and f"{model.__name__}.{field.name}" not in CODES
        and field.get_prep_value("a\x07\0\ufeffb") != "ab"
    ]

    assert forgotten == []


def test_no_name_or_title_keeps_a_mark_of_direction():
    kept = [
        f"{model.__name__}.{field.name}"
        for model, field in text_columns()
        if field.name in {"name", "title", "file_name", "agreed_with", "email"}
        and "\u202e" in field.get_prep_value("a\u202eb")
    ]

    assert kept == []


def test_migrations_see_djangos_own_columns():
    field = fields.LineField(max_length=3)

    assert field.deconstruct()[1] == "django.db.models.CharField"
    assert fields.ProseField().deconstruct()[1] == "django.db.models.TextField"


@pytest.mark.parametrize("character", ["\x01", "\x0b", "\ufffe", "\uffff", "\x7f"])
def test_a_mail_is_html_whatever_was_stored(character, monkeypatch):
    mail = EmailMultiAlternatives()
    page = (
        "<mjml><mj-body><mj-section><mj-column><mj-text>Bell%srings</mj-text></mj-column></mj-section></mj-body></mjml>"
    )
    monkeypatch.setattr(mail_html, "render_to_string", lambda template, context: page % character)

    mail_html.attach_html(mail, "any.mjml", {})

    assert "rings" in mail.alternatives[0].content


def test_a_mail_that_cannot_be_html_goes_out_as_text(monkeypatch):
    mail = EmailMultiAlternatives(body="The same in words.")
    monkeypatch.setattr(mail_html, "render_to_string", lambda template, context: "<mjml><mj-body>")

    mail_html.attach_html(mail, "any.mjml", {})

    assert mail.alternatives == []
