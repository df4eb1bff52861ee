"""Small files of every kind, made in code."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

CSV = "part;hours\nBürste;3\n".encode()
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
GIF = bytes.fromhex("47494638396101000100800000ffffff00000021f90401000000002c00000000010001000002024401003b")
WEBP = bytes.fromhex("524946461a000000574542505650384c0d0000002f00000010071011118888fe0700")
PLACE = b"52.5200N 13.4050E"


def png(width: int = 8, height: int = 8, *extra: bytes) -> bytes:
    """Return a grey picture, with more chunks before its end."""
    rows = zlib.compress(b"".join(b"\0" + b"\x80" * width for _row in range(min(height, 64))))
    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", rows) + b"".join(extra) + chunk(b"IEND", b"")


def chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def jpeg(*, orientation: int = 1, place: bytes = b"") -> bytes:
    """Return the head of a photo of 16 by 8 pixels, and something for its data; it says how and where it was taken."""
    tags = struct.pack("<HHIHH", 0x0112, 3, 1, orientation, 0)
    exif = b"Exif\0\0II*\0" + struct.pack("<IH", 8, 1) + tags + struct.pack("<I", 0) + place
    frame = struct.pack(">BHHB", 8, 8, 16, 1) + b"\x01\x11\x00"
    segments = [segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0"), segment(0xE1, exif), segment(0xFE, place or b"x")]
    return b"\xff\xd8" + b"".join(segments) + segment(0xC0, frame) + segment(0xDA, b"\1\1\0\0\x3f\0") + b"data\xff\xd9"


def segment(marker: int, data: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data


OFFICE = "application/vnd.openxmlformats-officedocument"
MAIN_TYPES = {
    "word/document.xml": f"{OFFICE}.wordprocessingml.document.main+xml",
    "xl/workbook.xml": f"{OFFICE}.spreadsheetml.sheet.main+xml",
    "ppt/presentation.xml": f"{OFFICE}.presentationml.presentation.main+xml",
}


def office(part: str = "word/document.xml", *more: str, types: bytes | None = None, **parts: bytes | str) -> bytes:
    """Return a document with these parts, each of them declared; `parts` have contents, and "__" for "/" in names."""
    contents = dict.fromkeys((part, *more), b"<x/>") | {name.replace("__", "/"): held for name, held in parts.items()}
    main = {name: kind for name, kind in MAIN_TYPES.items() if name in contents}
    declared = [f'<Override PartName="/{name}" ContentType="{kind}"/>' for name, kind in main.items()]
    listed = '<Default Extension="xml" ContentType="application/xml"/>' + "".join(declared)
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", f"<Types>{listed}</Types>" if types is None else types)
        for name, content in contents.items():
            archive.writestr(name, content)
    return held.getvalue()


def upload(
    content: bytes | None = None, name: str = "plan.png", claimed: str = "application/x-claimed"
) -> SimpleUploadedFile:
    """Return an uploaded file, with a type that a browser claims it has."""
    return SimpleUploadedFile(name, png() if content is None else content, content_type=claimed)


def stored() -> set[Path]:
    """Return every file in the storage."""
    return set(_below(Path(default_storage.location)))  # type: ignore[attr-defined]  # a file system here


def _below(folder: Path) -> Iterator[Path]:
    return (path for path in folder.rglob("*") if path.is_file()) if folder.exists() else iter(())
