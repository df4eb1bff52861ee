"""WebP (RFC 9649)."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Final

BEGINNING: Final = re.compile(rb"RIFF....WEBP", re.DOTALL)
_HEAD: Final = 12
_FRAME_HEAD: Final = 16  # place, size, duration and flags of a frame; chunks of its own follow
_FRAME: Final = b"ANMF"
_IMAGES: Final = frozenset({b"VP8 ", b"VP8L", _FRAME})
_SHOWS: Final = _IMAGES | {b"VP8X", b"ALPH", b"ANIM", b"ICCP"}
_SAYS_TRACES: Final = 0b1100  # that there are EXIF and XMP


def read(content: bytes) -> tuple[int, int, bytes]:
    """Return width, height, and the picture without what is not shown. Raises ValueError or struct.error."""
    (length,) = struct.unpack_from("<I", content, 4)
    if length + 8 > len(content):
        raise ValueError("The picture is longer than the file.")
    chunks = list(_chunks(content[_HEAD : length + 8]))  # what follows is no part of the picture
    if not any(name in _IMAGES for name, _data in chunks):
        raise ValueError("There is no image in it.")
    width, height = _size(*chunks[0])
    body = b"WEBP" + b"".join(_clean(name, data) for name, data in chunks if name in _SHOWS)
    return width, height, b"RIFF" + struct.pack("<I", len(body)) + body


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the name and the data of each chunk."""
    place = 0
    while place < len(content):
        name, (length,) = content[place : place + 4], struct.unpack_from("<I", content, place + 4)
        data = content[place + 8 : place + 8 + length]
        if len(data) != length:
            raise ValueError("A chunk is longer than the picture.")
        yield name, data
        place += 8 + length + length % 2  # the last one is often written without its padding


def _size(form: bytes, data: bytes) -> tuple[int, int]:
    if form == b"VP8 " and data[3:6] == b"\x9d\x01\x2a":
        width, height = struct.unpack("<HH", data[6:10])
        return width & 0x3FFF, height & 0x3FFF
    if form == b"VP8L" and data[:1] == b"\x2f":
        (bits,) = struct.unpack("<I", data[1:5])
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if form == b"VP8X" and len(data) == 10:
        width, height = (int.from_bytes(data[start : start + 3], "little") + 1 for start in (4, 7))
        return width, height
    raise ValueError("The first chunk tells no size.")


def _clean(name: bytes, data: bytes) -> bytes:
    if name == b"VP8X":
        data = bytes([data[0] & ~_SAYS_TRACES]) + data[1:]
    elif name == _FRAME:
        own = [_clean(*chunk) for chunk in _chunks(data[_FRAME_HEAD:]) if chunk[0] in _SHOWS - {_FRAME}]
        data = data[:_FRAME_HEAD] + b"".join(own)
    return name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)
