"""Documents of the three office programs: what is in them is read from what they declare, and must be on a list.

They are ZIP archives (ECMA-376, part 2): a part declares the types of all others, and parts beside them to what each is
related. What brings a macro, a control or an embedded program, or is loaded from elsewhere when the document is opened,
is on no list.
"""

from __future__ import annotations

import io
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import Final
from urllib.parse import unquote
from xml.parsers import expat

import structlog

log = structlog.get_logger(__name__)

_OFFICE: Final = "application/vnd.openxmlformats-officedocument"
# The type of the part that is the document itself, and what the document is.
_MAIN: Final = {
    f"{_OFFICE}.wordprocessingml.document.main+xml": "docx",
    f"{_OFFICE}.spreadsheetml.sheet.main+xml": "xlsx",
    f"{_OFFICE}.presentationml.presentation.main+xml": "pptx",
}
# A document in a document, such as the numbers behind a chart: it must be one that could come alone.
_EMBEDDED: Final = {
    f"{_OFFICE}.{name}" for name in ("wordprocessingml.document", "spreadsheetml.sheet", "presentationml.presentation")
}
_MORE: Final = {
    "application/xml",
    "text/xml",
    "application/binary",  # notes of Google's programs to themselves
    "application/x-fontdata",
    "application/x-font-ttf",
    f"{_OFFICE}.obfuscatedfont",
    f"{_OFFICE}.vmldrawing",
    *(f"{_OFFICE}.{program}ml.printersettings" for program in ("wordprocessing", "spreadsheet", "presentation")),
}
# What these programs call their own parts: the standard's families, and what came later by one of them.
_FAMILIES: Final = re.compile(
    r"application/vnd\.openxmlformats-(officedocument|package)\.[a-z0-9.-]+(\+xml)"
    r"|application/vnd\.ms-office\.(chartstyle|chartcolorstyle|drawingml\.[a-z0-9.]+|classificationlabels)\+xml"
    r"|application/vnd\.ms-word\.styleswitheffects\+xml"
    r"|application/vnd\.ms-excel\.(person|threadedcomments|slicer(cache)?|timeline(cache)?|namedsheetviews"
    r"|rdrichvalue[a-z]*|rdarray|richvaluerel|rdsupportingpropertybag[a-z]*|calcchain|featurepropertybag)\+xml"
    r"|application/vnd\.ms-powerpoint\.(changesinfo|revisioninfo|comments|authors)\+xml"
    r"|(image|audio|video)/[a-z0-9.+-]+"
)
# Of these families: dialogs of an older macro language, and what is fetched from elsewhere.
_REFUSED_TYPES: Final = re.compile(r"dialogsheet|externallink|connections|querytable")
_REFUSED_RELATIONS: Final = re.compile(
    r"vba|macro|activex|oleobject|/control$|attachedtemplate|externallink|connections$|querytable|afchunk|subdocument"
    r"|webextension"
)
_REFUSED_NAMES: Final = re.compile(r"vbaproject|activex|oleobject")
# What a link may lead to: an address of these schemes, a drive of Windows, or a place without one.
_LINK: Final = re.compile(r"\s*((https?|ftp|mailto|tel|file|[a-z]):|(?![^/?#]*:))", re.IGNORECASE)

_TYPES: Final = "[content_types].xml"
_MOST_PARTS: Final = 5_000  # each costs a kB to read about; a real document has some hundreds
_LARGEST_XML: Final = 1024 * 1024  # bytes; a real list of types or relations has some kB
_MOST_READ: Final = 24 * 1024 * 1024  # bytes, of all that is unpacked
_DEEPEST: Final = 2  # documents within documents

Attributes = dict[str, str]
# What zipfile raises for archives that are cut off, damaged, encrypted or packed in a way that it does not know.
_BROKEN_ARCHIVE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    EOFError,
    OSError,
    RuntimeError,
    ValueError,
)
# What expat raises for what is no XML, or is written in letters that it cannot read.
_BROKEN_XML: Final = (expat.ExpatError, ValueError, LookupError)


class _NotAllowed(Exception):
    """Something in the document is on no list, or cannot be read."""


def office_kind_of(content: bytes) -> str | None:
    """Return "docx", "xlsx" or "pptx", or None for any other archive and for a document with more in it."""
    try:
        return _Reader().kind_of(content, depth=0)
    except _NotAllowed:
        return None
    except Exception:  # a mistake of ours, which must not let a document through either
        log.exception("office file not understood", size=len(content))
        return None


class _Reader:
    """Reads a document, and those in it, until too much is unpacked."""

    def __init__(self) -> None:
        self.left = _MOST_READ

    def kind_of(self, content: bytes, *, depth: int) -> str:
        if depth > _DEEPEST or content.count(b"PK\x01\x02") > _MOST_PARTS:
            raise _NotAllowed
        with _opened(content) as archive:
            parts = _parts_of(archive)
            defaults, overrides = self._types(archive, parts[_TYPES])
            for name, item in parts.items():
                if name.endswith(".rels"):
                    self._check_relations(archive, item)
                elif name != _TYPES:
                    declared = overrides.get(f"/{name}") or defaults.get(name.rpartition(".")[2])
                    if declared in _EMBEDDED:
                        self.kind_of(self._read(archive, item, _MOST_READ), depth=depth + 1)
        kinds = {_MAIN[kind] for name, kind in overrides.items() if kind in _MAIN and name[1:] in parts}
        if len(kinds) != 1:
            raise _NotAllowed
        return kinds.pop()

    def _types(self, archive: zipfile.ZipFile, item: zipfile.ZipInfo) -> tuple[Attributes, Attributes]:
        """Return the types by ending and by name, all lower case, because the standard takes them so."""
        defaults, overrides = {}, {}
        for element, attributes in _elements(self._read(archive, item, _LARGEST_XML)):
            kind = attributes.get("contenttype", "").partition(";")[0].strip().lower()
            if element == "default":
                defaults[_needed(attributes, "extension").lower()] = kind
            elif element == "override":
                overrides[unquote(_needed(attributes, "partname")).lower()] = kind
            else:
                continue
            if not (kind in _MORE or kind in _EMBEDDED or _FAMILIES.fullmatch(kind)) or _REFUSED_TYPES.search(kind):
                raise _NotAllowed
        return defaults, overrides

    def _check_relations(self, archive: zipfile.ZipFile, item: zipfile.ZipInfo) -> None:
        for element, attributes in _elements(self._read(archive, item, _LARGEST_XML)):
            if element != "relationship":
                continue
            kind = attributes.get("type", "").lower()
            if _REFUSED_RELATIONS.search(kind):
                raise _NotAllowed
            is_link = kind.endswith("/hyperlink") and _LINK.match(attributes.get("target", ""))
            if attributes.get("targetmode", "").strip().lower() == "external" and not is_link:
                raise _NotAllowed

    def _read(self, archive: zipfile.ZipFile, item: zipfile.ZipInfo, most: int) -> bytes:
        try:
            with archive.open(item) as part:
                content = part.read(min(most, self.left) + 1)
        except _BROKEN_ARCHIVE as error:
            raise _NotAllowed from error
        self.left -= len(content)
        if len(content) > most or self.left < 0:
            raise _NotAllowed
        return content


def _opened(content: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(io.BytesIO(content))
    except _BROKEN_ARCHIVE as error:
        raise _NotAllowed from error


def _parts_of(archive: zipfile.ZipFile) -> dict[str, zipfile.ZipInfo]:
    """Return the parts by their names, lower case; programs would not agree which of two with the same one is meant."""
    parts = {unquote(item.filename).lower(): item for item in archive.infolist()}
    if len(parts) != len(archive.infolist()) or _TYPES not in parts:
        raise _NotAllowed
    if any("\\" in name or name.startswith("/") or _REFUSED_NAMES.search(name) for name in parts):
        raise _NotAllowed
    return parts


def _elements(content: bytes) -> Iterator[tuple[str, Attributes]]:
    """Return each element of a small XML file with its attributes, named in lower case and without name spaces.

    A file with a document type is refused: it can declare entities, and none of these files has one.
    """
    found: list[tuple[str, Attributes]] = []

    def refuse(*_arguments: object) -> None:
        raise _NotAllowed

    def take(name: str, attributes: Attributes) -> None:
        lowered = {key.rpartition(" ")[2].lower(): value for key, value in attributes.items()}
        if len(lowered) != len(attributes):
            raise _NotAllowed
        found.append((name.rpartition(" ")[2].lower(), lowered))

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartDoctypeDeclHandler = refuse
    parser.StartElementHandler = take
    try:
        parser.Parse(content, True)
    except _BROKEN_XML as error:
        raise _NotAllowed from error
    return iter(found)


def _needed(attributes: Attributes, name: str) -> str:
    if name not in attributes:
        raise _NotAllowed
    return attributes[name]
