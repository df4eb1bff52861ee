"""What a file is, whatever its name and its sender say."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowdhub.common.file_kinds import FileKind, kind_of
from crowdhub.common.pictures import BrokenPicture, without_traces
from tests.harness import uploads

MACROS = b'<Override ContentType="application/vnd.ms-excel.sheet.macroEnabled.main+xml"/>'
HTML = b"<!doctype html><script>alert(1)</script>"
SVG = b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
MP4 = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom"


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (uploads.png(), "a.png", FileKind.PNG),
        (uploads.png(), "a.exe", FileKind.PNG),
        (uploads.jpeg(), "a.jpg", FileKind.JPEG),
        (uploads.GIF, "a.gif", FileKind.GIF),
        (uploads.WEBP, "a.webp", FileKind.WEBP),
        (uploads.PDF, "a.html", FileKind.PDF),
        (b"Two lines\r\nof t\xc3\xa4xt", "a.TXT", FileKind.TEXT),
        (b"# A heading", "a.md", FileKind.TEXT),
        (uploads.CSV, "a.csv", FileKind.CSV),
        ("Maß;Größe".encode("cp1252"), "a.csv", FileKind.CSV),
        (uploads.office("word/document.xml"), "a.docx", FileKind.DOCX),
        (uploads.office("xl/workbook.xml"), "a.zip", FileKind.XLSX),
        (uploads.office("ppt/presentation.xml"), "", FileKind.PPTX),
    ],
)
def test_allowed(content, name, kind):
    assert kind_of(content, name) == kind


@pytest.mark.parametrize(
    ("content", "name"),
    [
        (HTML, "a.txt"),
        (b"\xef\xbb\xbf \n" + HTML, "a.txt"),
        (b"\n<SCRIPT>alert(1)</SCRIPT>", "a.csv"),
        (SVG, "a.svg"),
        (SVG, "a.txt"),
        (b"#!/bin/sh\nrm -rf /", "a.txt"),
        (b"plain words", "a.html"),
        (b"plain words", "a"),
        (b"plain words", "a.png"),
        (b"words\0and a null", "a.txt"),
        (b" \n ", "a.txt"),
        (MP4, "a.mp4"),
        (b"MZ\x90\0\3\0\0\0\4\0\0\0\xff\xff", "a.png"),
        (b"GIF89a", "a.gif"),
        (b"GIF89a\0\0\0\0<script>alert(1)</script>", "a.gif"),
        (b"\x89PNG\r\n\x1a\n" + HTML, "a.png"),
        (b"\xff\xd8\xff" + HTML, "a.jpg"),
        (HTML + uploads.PDF, "a.pdf"),
        (b"PK\x03\x04" + b"x" * 40, "a.docx"),
        (uploads.office("other.xml"), "a.docx"),
        (uploads.office("word/document.xml", "xl/workbook.xml"), "a.docx"),
        (uploads.office("word/document.xml", "word/vbaProject.bin"), "a.docx"),
        (uploads.office("xl/workbook.xml", types=MACROS), "a.xlsx"),
        (uploads.office("word/document.xml", types=b" " * 1_100_000), "a.docx"),
        (b"x" + uploads.office(), "a.docx"),
        (b"", "a.png"),
    ],
)  # fmt: skip
def test_refused(content, name):
    assert kind_of(content, name) is None


def test_document_of_more_parts_than_anybody_writes_is_refused_unread():
    assert kind_of(uploads.office("word/document.xml", *(f"{n}" for n in range(5_001))), "a.docx") is None


@given(st.integers(0, 400), st.binary(min_size=1, max_size=8))
def test_a_file_that_is_broken_anywhere_is_no_error(place, noise):
    for whole in (uploads.png(), uploads.jpeg(), uploads.WEBP, uploads.office()):
        broken = whole[:place] + noise + whole[place + len(noise) :]
        kind_of(broken, "a.txt")
        with suppress(BrokenPicture):
            without_traces(broken)


@pytest.mark.parametrize("whole", [uploads.png(), uploads.jpeg(), uploads.GIF, uploads.WEBP, uploads.office()])
def test_a_file_that_was_cut_off_anywhere_is_no_error(whole):
    for length in range(len(whole)):
        kind_of(whole[:length], "a.txt")
