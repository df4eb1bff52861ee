"""Documents that a program could be led astray by when it opens them, however well that is hidden."""

from __future__ import annotations

import io
import random
import zipfile

import openpyxl
import pytest
import xlsxwriter
from structlog.testing import capture_logs

from crowdhub.common import office_files
from crowdhub.common.office_files import office_kind_of
from tests.harness.uploads import MAIN_TYPES, OFFICE, office

RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = f'<Override PartName="/word/document.xml" ContentType="{MAIN_TYPES["word/document.xml"]}"/>'


def types(*more: str) -> bytes:
    return f'<?xml version="1.0"?><Types>{WORD}{"".join(more)}</Types>'.encode()


def relation(kind: str, target: str, mode: str = ' TargetMode="External"') -> str:
    return f'<Relationships><Relationship Id="rId1" Type="{RELATIONS}/{kind}" Target="{target}"{mode}/></Relationships>'


def sheet() -> bytes:
    """A workbook as another program writes it: a chart, a picture's worth of styles, a link and a comment."""
    held = io.BytesIO()
    with xlsxwriter.Workbook(held) as book:
        table = book.add_worksheet("Figures")
        table.write_column(0, 0, [1, 2, 3])
        table.write_url(0, 1, "https://example.com/#part")
        table.write_url(1, 1, "mailto:alice@example.com")
        table.write_comment(0, 0, "A remark")
        chart = book.add_chart({"type": "column"})
        chart.add_series({"values": "=Figures!$A$1:$A$3"})
        table.insert_chart("D2", chart)
        table.add_table("F1:G3")
    return held.getvalue()


def plain_sheet() -> bytes:
    held = io.BytesIO()
    book = openpyxl.Workbook()
    book.active.append(["a", 1])
    book.save(held)
    return held.getvalue()


WORDS_OWN = types(
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>',
    '<Default Extension="xml" ContentType="application/xml"/><Default Extension="jpeg" ContentType="image/jpeg"/>',
    '<Default Extension="svg" ContentType="image/svg+xml"/>',
    f'<Default Extension="xlsx" ContentType="{OFFICE}.spreadsheetml.sheet"/>',
    f'<Override PartName="/word/styles.xml" ContentType="{OFFICE}.wordprocessingml.styles+xml"/>',
    f'<Override PartName="/word/people.xml" ContentType="{OFFICE}.wordprocessingml.people+xml"/>',
    '<Override PartName="/word/stylesWithEffects.xml" ContentType="application/vnd.ms-word.stylesWithEffects+xml"/>',
    '<Override PartName="/word/charts/style1.xml" ContentType="application/vnd.ms-office.chartstyle+xml"/>',
    '<Override PartName="/core.xml" ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>',
)


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (sheet(), "xlsx"),
        (plain_sheet(), "xlsx"),
        (office(types=WORDS_OWN), "docx"),
        (office(types=WORDS_OWN.decode().replace('"1.0"', '"1.0" encoding="UTF-16"').encode("utf-16")), "docx"),
        (office(types=WORDS_OWN, **{"word__embeddings__numbers.xlsx": sheet()}), "docx"),
        (office(**{"word___rels__document.xml.rels": relation("hyperlink", "https://example.com/")}), "docx"),
        (office(**{"word___rels__document.xml.rels": relation("hyperlink", "mailto:a@example.com")}), "docx"),
        (office(**{"word___rels__document.xml.rels": relation("hyperlink", "../plan.pdf")}), "docx"),
        (office(**{"word___rels__document.xml.rels": relation("image", "media/1.png", "")}), "docx"),
    ],
)
def test_documents_that_people_write_are_known(content, kind):
    assert office_kind_of(content) == kind


MACRO = '<Override PartName="/word/document.xml" ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/>'
VBA = '<Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/>'


@pytest.mark.parametrize(
    "listed",
    [
        types(VBA),
        types(VBA).decode().replace('"1.0"', '"1.0" encoding="UTF-16"').encode("utf-16"),
        types(VBA.replace("vbaProject", "vb&#97;Project")),
        types(VBA.replace("application/", "APPLICATION/")),
        types(VBA.replace("vbaProject", "vbaProject; charset=x")),
        f"<Types>{MACRO}</Types>".encode(),
        f"<Types>{WORD}{MACRO}</Types>".encode(),
        f"<Types>{MACRO.replace('macro', 'm&#97;cro')}</Types>".encode(),
        b'<!DOCTYPE Types [<!ENTITY a "vba">]>' + types().replace(b'<?xml version="1.0"?>', b""),
        types('<Default Extension="bin" ContentType="application/vnd.openxmlformats-officedocument.oleObject"/>'),
        types('<Default Extension="xml" ContentType="application/vnd.ms-office.activeX+xml"/>'),
        types('<Default Extension="xml" ContentType="application/vnd.ms-excel.macrosheet+xml"/>'),
        types(f'<Default Extension="xml" ContentType="{OFFICE}.spreadsheetml.externalLink+xml"/>'),
        types('<Default Extension="htm" ContentType="text/html"/>'),
        types('<Default Extension="exe" ContentType="application/x-msdownload"/>'),
        types().replace(b"/word/document.xml", b"/word/other.xml"),
        types()[:-5],
        b"",
        types("<Default ContentType='image/png'/>"),
        types("<Override ContentType='image/png'/>"),
        *(
            types().replace(b'"1.0"', f'"1.0" encoding="{name}"'.encode())
            for name in ("klingon", "hex", "utf-7", "idna")
        ),
    ],
)
def test_documents_with_other_parts_are_refused_however_that_is_written(listed):
    assert office_kind_of(office(types=listed)) is None


@pytest.mark.parametrize(
    "related",
    [
        relation("attachedTemplate", "https://evil.example/t.dotm"),
        relation("attachedTemplate", "t.dotm", ""),
        relation("oleObject", "https://evil.example/x.html!"),
        relation("oleObject", "embeddings/1.bin", ""),
        relation("image", "https://evil.example/pixel.png"),
        relation("image", "https://evil.example/pixel.png", " TargetMode='external '"),
        relation("frame", "https://evil.example/"),
        relation("control", "activeX/1.xml", ""),
        relation("vbaProject", "media/image1.png", ""),
        relation("hyperlink", "ms-msdt:/id PCWDiagnostic"),
        relation("hyperlink", " search-ms:query=x"),
        relation("im&#97;ge", "https://evil.example/pixel.png"),
        '<!DOCTYPE r [<!ENTITY e SYSTEM "file:///etc/passwd">]>' + relation("hyperlink", "https://example.com/"),
        "<Relationships>",
    ],
)
@pytest.mark.parametrize("part", ["word___rels__settings.xml.rels", "WORD___RELS__settings.xml.RELS", "_rels__.rels"])
def test_documents_that_load_something_from_elsewhere_are_refused(related, part):
    assert office_kind_of(office(**{part: related})) is None


@pytest.mark.parametrize("part", ["word/vbaProject.bin", "word/VBAPROJECT.bin", "word/embeddings/oleObject1.bin"])
def test_documents_with_the_parts_of_programs_are_refused(part):
    assert office_kind_of(office("word/document.xml", part)) is None


@pytest.mark.parametrize(
    "name", ["word\\_rels\\settings.xml.rels", "/word/x.xml", "WORD/document.xml", "word/%64ocument.xml"]
)
def test_names_that_programs_read_differently_are_refused(name):
    assert office_kind_of(office("word/document.xml", name)) is None


def test_a_document_in_a_document_is_looked_into():
    inner = office(types=types(VBA))

    assert office_kind_of(office(types=WORDS_OWN, **{"word__embeddings__numbers.xlsx": inner})) is None


def test_documents_in_documents_end_somewhere():
    nested = office()
    for _depth in range(5):
        nested = office(types=WORDS_OWN, **{"word__embeddings__numbers.xlsx": nested})

    assert office_kind_of(nested) is None


def test_what_unpacks_to_more_than_a_document_is_refused():
    bomb = office(**{"word___rels__a.rels": b"<Relationships>" + b" " * 2_000_000 + b"</Relationships>"})

    assert office_kind_of(bomb) is None


def packed(method: int) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain_sheet())) as sheet, zipfile.ZipFile(held, "w", method) as archive:
        for name in sheet.namelist():
            archive.writestr(name, sheet.read(name))
    return held.getvalue()


def cut_off(content: bytes) -> list[bytes]:
    return [content[:length] for length in range(0, len(content), 97)]


def damaged(content: bytes) -> list[bytes]:
    """Return copies with other bytes in their headers, of the archive and of its parts, and anywhere."""
    chance = random.Random(len(content))
    headers = [place for place in range(len(content)) if content[place : place + 2] == b"PK"]
    copies = []
    for _copy in range(1500):
        copy = bytearray(content)
        for _byte in range(chance.choice((1, 2, 8))):
            place = chance.choice((chance.choice(headers) + chance.randrange(4, 46), chance.randrange(len(content))))
            copy[min(place, len(content) - 1)] = chance.choice((0, 1, 8, 12, 14, 95, 255, chance.randrange(256)))
        copies.append(bytes(copy))
    return copies


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
@pytest.mark.parametrize("broken", [cut_off, damaged])
def test_broken_documents_are_refused_for_what_is_wrong_with_them(broken, method):
    """Nothing is logged: each was refused for a reason that the check knows, and not by a mistake of its own."""
    with capture_logs() as lines:
        kinds = {office_kind_of(content) for content in broken(packed(method))}

    assert lines == []
    assert None in kinds
    assert kinds <= {None, "xlsx"}


def test_a_mistake_of_the_check_lets_nothing_through_and_is_logged(monkeypatch):
    monkeypatch.setattr(office_files, "_parts_of", lambda archive: archive.no_such_thing)

    with capture_logs() as lines:
        assert office_kind_of(plain_sheet()) is None

    assert [(line["event"], line["log_level"]) for line in lines] == [("office file not understood", "error")]
