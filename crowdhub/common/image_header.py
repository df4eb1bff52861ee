"""What kind of picture some bytes are and how large it is, read from the bytes themselves and never from a name.

Sources: PNG (W3C, third edition, section 5), JPEG (ITU-T T.81, annex B), WebP (RFC 9649, section 2).
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
# The segments of a JPEG that say its size: every "start of frame", which leaves out tables that share the range.
START_OF_FRAME: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}
START_OF_SCAN: Final = 0xDA
WITHOUT_LENGTH: Final = frozenset({0x01, *range(0xD0, 0xD8)})


class NotAnImage(ValueError):
    """The bytes are no PNG, JPEG or WebP, or one that is damaged."""


@dataclass(frozen=True)
class ImageHeader:
    """The kind of a picture, as HTTP names it, and its size in pixels."""

    content_type: str
    width: int
    height: int


def read_image_header(data: bytes) -> ImageHeader:
    """Return what a PNG, JPEG or WebP says of itself; raises NotAnImage for anything else."""
    for begins, read in READERS:
        if begins(data):
            try:
                header = read(data)
            except (struct.error, IndexError, KeyError) as error:
                raise NotAnImage from error
            if header.width and header.height:
                return header
    raise NotAnImage


def _read_png(data: bytes) -> ImageHeader:
    """Walk all chunks with their check sums, so that half a file is noticed."""
    size: tuple[int, int] | None = None
    place, kind = len(PNG_SIGNATURE), b""
    while kind != b"IEND":
        length, kind = struct.unpack_from(">I4s", data, place)
        ends = place + 8 + length
        (check_sum,) = struct.unpack_from(">I", data, ends)
        if zlib.crc32(data[place + 4 : ends]) != check_sum:
            raise NotAnImage
        if size is None:
            if kind != b"IHDR" or length != 13:
                raise NotAnImage
            size = struct.unpack_from(">II", data, place + 8)
        place = ends + 4
    if size is None:
        raise NotAnImage
    return ImageHeader("image/png", *size)


def _read_jpeg(data: bytes) -> ImageHeader:
    place = 2
    while True:
        if data[place] != 0xFF:
            raise NotAnImage
        marker = data[place + 1]
        if marker == 0xFF:  # a byte that only fills
            place += 1
        elif marker in START_OF_FRAME:
            height, width = struct.unpack_from(">HH", data, place + 5)
            return ImageHeader("image/jpeg", width, height)
        elif marker == START_OF_SCAN:
            raise NotAnImage
        elif marker in WITHOUT_LENGTH:
            place += 2
        else:
            (length,) = struct.unpack_from(">H", data, place + 2)
            if length < 2:
                raise NotAnImage
            place += 2 + length


def _read_webp(data: bytes) -> ImageHeader:
    (length,) = struct.unpack_from("<I", data, 4)
    if length + 8 > len(data):
        raise NotAnImage
    width, height = _WEBP_SIZES[data[12:16]](data)
    return ImageHeader("image/webp", width, height)


def _lossy_size(data: bytes) -> tuple[int, int]:
    if data[23:26] != b"\x9d\x01\x2a":
        raise NotAnImage
    width, height = struct.unpack_from("<HH", data, 26)
    return width & 0x3FFF, height & 0x3FFF


def _lossless_size(data: bytes) -> tuple[int, int]:
    if data[20] != 0x2F:
        raise NotAnImage
    (bits,) = struct.unpack_from("<I", data, 21)
    return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1


def _extended_size(data: bytes) -> tuple[int, int]:
    wide, high = data[24:27], data[27:30]
    if len(high) < 3:
        raise NotAnImage
    return int.from_bytes(wide, "little") + 1, int.from_bytes(high, "little") + 1


_WEBP_SIZES: Final = {b"VP8 ": _lossy_size, b"VP8L": _lossless_size, b"VP8X": _extended_size}
READERS: Final[tuple[tuple[Callable[[bytes], bool], Callable[[bytes], ImageHeader]], ...]] = (
    (lambda data: data.startswith(PNG_SIGNATURE), _read_png),
    (lambda data: data.startswith(b"\xff\xd8\xff"), _read_jpeg),
    (lambda data: data[:4] == b"RIFF" and data[8:12] == b"WEBP", _read_webp),
)
