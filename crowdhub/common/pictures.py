"""What the bytes of a picture tell without decoding it: its format, its size, and what should not be passed on.

Formats: PNG (W3C), JPEG (ITU T.81, Exif 2.3), GIF89a, WebP (RFC 9649).
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Final, NamedTuple

_PNG: Final = b"\x89PNG\r\n\x1a\n"
# Chunks and segments that say where and by what a picture was taken, never how it looks.
_PNG_TELLS: Final = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
_WEBP_TELLS: Final = frozenset({b"EXIF", b"XMP "})
_JPEG_TELLS: Final = frozenset({0xE1, 0xED, 0xFE})  # Exif and XMP; IPTC; comments
_JPEG_SIZES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
_SCAN, _END = 0xDA, 0xD9
# A marker that ends a scan, whose own bytes are neither stuffed nor restart it.
_AFTER_SCAN: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_ORIENTATION: Final = 0x0112
_TURNED: Final = range(2, 9)  # 1 is upright


class Picture(NamedTuple):
    format: str  # png, jpeg, gif or webp
    width: int
    height: int


def size_of_picture(content: bytes) -> Picture | None:
    """Return format and size in pixels of what is a picture by its structure, else None."""
    try:
        found = _png(content) or _gif(content) or _webp(content) or _jpeg(content)
    except (struct.error, IndexError, ValueError):
        return None
    return found if found is not None and found.width and found.height else None


def without_traces(content: bytes) -> bytes:
    """Return a picture without what its camera wrote into it, such as the place; how it looks stays the same.

    Anything else, and a picture that does not follow its format, is returned as it is.
    """
    try:
        if content.startswith(_PNG):
            return _PNG + b"".join(chunk for name, chunk in _png_chunks(content) if name not in _PNG_TELLS)
        if _webp(content):
            return _webp_without_traces(content)
        if content.startswith(b"\xff\xd8\xff"):
            return _jpeg_without_traces(content)
    except (struct.error, IndexError, ValueError):
        pass
    return content


def _png(content: bytes) -> Picture | None:
    if not content.startswith(_PNG) or content[12:16] != b"IHDR":
        return None
    for _chunk in _png_chunks(content):  # raises where the file was cut off
        pass
    return Picture("png", *struct.unpack(">II", content[16:24]))


def _png_chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the name and the whole of each chunk; what follows the last one is no part of the picture."""
    place = len(_PNG)
    while place < len(content):
        (length,) = struct.unpack_from(">I", content, place)
        name, after = content[place + 4 : place + 8], place + 12 + length
        if after > len(content):
            raise ValueError("A chunk is longer than the file.")
        yield name, content[place:after]
        if name == b"IEND":
            return
        place = after
    raise ValueError("The last chunk is missing.")


def _gif(content: bytes) -> Picture | None:
    if content[:6] not in (b"GIF87a", b"GIF89a"):
        return None
    return Picture("gif", *struct.unpack("<HH", content[6:10]))


def _webp(content: bytes) -> Picture | None:
    if content[:4] != b"RIFF" or content[8:12] != b"WEBP":
        return None
    form, data = content[12:16], content[20:30]
    if form == b"VP8 " and data[3:6] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", data[6:10])
        return Picture("webp", width & 0x3FFF, height & 0x3FFF)
    if form == b"VP8L" and data[:1] == b"\x2f":
        (bits,) = struct.unpack("<I", data[1:5])
        return Picture("webp", (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1)
    if form == b"VP8X" and len(data) == 10:
        width, height = (int.from_bytes(data[start : start + 3], "little") + 1 for start in (4, 7))
        return Picture("webp", width, height)
    return None


def _webp_without_traces(content: bytes) -> bytes:
    chunks, place = [], 12
    while place + 8 <= len(content):
        (length,) = struct.unpack_from("<I", content, place + 4)
        after = place + 8 + length + length % 2
        if after > len(content):
            raise ValueError("A chunk is longer than the file.")
        name, chunk = content[place : place + 4], bytearray(content[place:after])
        if name == b"VP8X":
            chunk[8] &= ~0b1100  # says that there are EXIF and XMP
        if name not in _WEBP_TELLS:
            chunks.append(bytes(chunk))
        place = after
    body = b"WEBP" + b"".join(chunks)
    return b"RIFF" + struct.pack("<I", len(body)) + body


def _jpeg(content: bytes) -> Picture | None:
    if not content.startswith(b"\xff\xd8\xff"):
        return None
    for marker, start, _end in _jpeg_segments(content):
        if marker in _JPEG_SIZES:
            height, width = struct.unpack_from(">HH", content, start + 5)
            return Picture("jpeg", width, height)
    return None


def _jpeg_segments(content: bytes) -> Iterator[tuple[int, int, int]]:
    """Yield marker, start and end of each segment, a scan with its data, up to the end of the picture.

    What phones append to that, such as a film or a second picture with notes of its own, is no part of it.
    """
    place = 2
    while content[place] == 0xFF:
        marker = content[place + 1]
        if marker == 0xFF:  # padding
            place += 1
            continue
        if marker == _END:
            yield marker, place, place + 2
            return
        (length,) = struct.unpack_from(">H", content, place + 2)
        after = place + 2 + length
        if length < 2 or after > len(content):
            raise ValueError("A segment is longer than the file.")
        if marker == _SCAN:
            found = _AFTER_SCAN.search(content, after)
            after = found.start() if found else len(content)
        yield marker, place, after
        if after == len(content):  # cut off, which viewers forgive
            return
        place = after
    raise ValueError("A segment does not begin where it should.")


def _jpeg_without_traces(content: bytes) -> bytes:
    kept, turned = [], 1
    for marker, start, end in _jpeg_segments(content):
        if marker == 0xE1 and content[start + 4 : start + 10] == b"Exif\0\0":
            turned = _orientation(content[start + 10 : end])
        # The list of appended pictures goes with them.
        if marker not in _JPEG_TELLS and not (marker == 0xE2 and content[start + 4 : start + 8] == b"MPF\0"):
            kept.append(content[start:end])
    return b"\xff\xd8" + (_exif_of(turned) if turned in _TURNED else b"") + b"".join(kept)


def _orientation(tiff: bytes) -> int:
    """Return how a camera was held: the one thing in its notes that pictures need to be shown upright."""
    order = {b"II": "<", b"MM": ">"}.get(tiff[:2])
    if order is None:
        return 1
    try:
        (directory,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, directory)
        for entry in range(directory + 2, directory + 2 + 12 * count, 12):
            tag, _kind, _count, value = struct.unpack_from(f"{order}HHIH", tiff, entry)
            if tag == _ORIENTATION:
                return int(value)
    except struct.error:
        pass
    return 1


def _exif_of(orientation: int) -> bytes:
    """Return a segment with nothing but the orientation."""
    entry = struct.pack(">HHIHH", _ORIENTATION, 3, 1, orientation, 0)
    body = b"Exif\0\0MM\0\x2a" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
