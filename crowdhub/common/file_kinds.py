"""What a file is, told from its bytes: nothing that a browser claims is believed, and what is not known is refused."""

from __future__ import annotations

import re
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from crowdhub.common.office_files import office_kind_of
from crowdhub.common.pictures import size_of_picture


class FileKind(models.TextChoices):
    """The kinds of files that can be attached: none of them runs anything in a browser or brings a macro along."""

    PNG = "png", _("Picture (PNG)")
    JPEG = "jpeg", _("Picture (JPEG)")
    GIF = "gif", _("Picture (GIF)")
    WEBP = "webp", _("Picture (WebP)")
    PDF = "pdf", _("PDF")
    TEXT = "text", _("Text")
    CSV = "csv", _("Table (CSV)")
    DOCX = "docx", _("Word document")
    XLSX = "xlsx", _("Excel workbook")
    PPTX = "pptx", _("PowerPoint slides")


_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
CONTENT_TYPES: Final[dict[str, str]] = {
    FileKind.PNG: "image/png",
    FileKind.JPEG: "image/jpeg",
    FileKind.GIF: "image/gif",
    FileKind.WEBP: "image/webp",
    FileKind.PDF: "application/pdf",
    FileKind.TEXT: "text/plain",
    FileKind.CSV: "text/csv",
    FileKind.DOCX: f"{_OFFICE}.wordprocessingml.document",
    FileKind.XLSX: f"{_OFFICE}.spreadsheetml.sheet",
    FileKind.PPTX: f"{_OFFICE}.presentationml.presentation",
}
# How the names of each kind may end; the first is given to a name that ends otherwise.
EXTENSIONS: Final[dict[str, tuple[str, ...]]] = {
    FileKind.PNG: (".png",),
    FileKind.JPEG: (".jpg", ".jpeg"),
    FileKind.GIF: (".gif",),
    FileKind.WEBP: (".webp",),
    FileKind.PDF: (".pdf",),
    FileKind.TEXT: (".txt", ".md", ".log"),
    FileKind.CSV: (".csv", ".tsv"),
    FileKind.DOCX: (".docx",),
    FileKind.XLSX: (".xlsx",),
    FileKind.PPTX: (".pptx",),
}
PICTURES: Final = frozenset({FileKind.PNG, FileKind.JPEG, FileKind.GIF, FileKind.WEBP})

ARCHIVE: Final = b"PK\x03\x04"  # how every Office document begins, and every other ZIP file
# What no text for people holds: control characters other than tab, line ends and form feed.
_CONTROL: Final = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
# Text that a browser or another program would take for a page, a drawing or a script, whatever its name.
_MARKUP: Final = re.compile(rb"^(\xef\xbb\xbf)?\s*(<[!?/a-z]|#!)", re.IGNORECASE)


def kind_of(content: bytes, name: str) -> FileKind | None:
    """Return what the bytes are, or None for what is not on the list.

    The name tells only a text from a table, and must then end like one of them.
    """
    picture = size_of_picture(content)
    if picture is not None:
        return FileKind(picture.format)
    if content.startswith(b"%PDF-"):
        return FileKind.PDF
    if content.startswith(ARCHIVE):
        office = office_kind_of(content)
        return None if office is None else FileKind(office)
    return _kind_of_text(content, name)


def _kind_of_text(content: bytes, name: str) -> FileKind | None:
    if not content.strip() or _CONTROL.search(content) or _MARKUP.match(content):
        return None
    ending = name.lower()
    return next((kind for kind in (FileKind.TEXT, FileKind.CSV) if ending.endswith(EXTENSIONS[kind])), None)
