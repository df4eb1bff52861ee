"""JPEG (ITU T.81, JFIF 1.02, Exif 2.3)."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Final

BEGINNING: Final = re.compile(rb"\xff\xd8\xff")
_SIZES: Final = frozenset({*range(0xC0, 0xD0)} - {0xC4, 0xC8, 0xCC})
# Frames, tables, intervals and scans. The others are notes of programs, but for the three that are cleaned below.
_SHOWS: Final = frozenset({*range(0xC0, 0xD0), *range(0xDA, 0xE0)} - {0xC8})
_JFIF, _EXIF, _PROFILE, _ADOBE = 0xE0, 0xE1, 0xE2, 0xEE
_ALONE: Final = frozenset({0x01, *range(0xD0, 0xD8)})  # markers that no segment follows
_BEGINNING, _SCAN, _END = 0xD8, 0xDA, 0xD9
# Between segments may be padding, and bytes that do not belong there, which viewers pass over: so do we.
_MARKER: Final = re.compile(rb"\xff([^\x00\xff])", re.DOTALL)
# A marker that ends a scan, whose own bytes are neither stuffed nor restart it.
_AFTER_SCAN: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]", re.DOTALL)
_ORIENTATION: Final = 0x0112
_TURNED: Final = range(2, 9)  # 1 is upright


def read(content: bytes) -> tuple[int, int, bytes]:
    """Return width, height, and the picture without what is not shown. Raises ValueError or struct.error.

    One that was cut off in its data is forgiven, as viewers do.
    """
    size, turned, kept = None, 1, []
    for marker, segment in _segments(content):
        if marker in _SIZES and size is None:
            size = struct.unpack_from(">HH", segment, 5)
        if marker == _EXIF and segment[4:10] == b"Exif\0\0":
            turned = _orientation(segment[10:])
        kept.append(_clean(marker, segment))
    if size is None:
        raise ValueError("It tells no size.")
    height, width = size
    upright = _exif_of(turned) if turned in _TURNED else b""
    return width, height, b"\xff\xd8" + upright + b"".join(kept) + bytes((0xFF, _END))


def _segments(content: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield marker and bytes of each segment, a scan with its data, up to the end of the picture.

    What phones append to that, such as a film or a second picture with notes of its own, is no part of it.
    """
    place, has_scan = 2, False
    while found := _MARKER.search(content, place):
        marker, place = found[1][0], found.end()
        if marker == _END:
            break
        if marker == _BEGINNING:
            raise ValueError("A picture begins within the picture.")
        if marker in _ALONE:
            continue
        after = place + _length(content, place)
        if after > len(content):
            break
        if marker == _SCAN:
            has_scan = True
            end = _AFTER_SCAN.search(content, after)
            after = end.start() if end else len(content)
        yield marker, content[found.start() : after]
        place = after
    if not has_scan:
        raise ValueError("There is no image in it.")


def _length(content: bytes, place: int) -> int:
    if place + 2 > len(content):
        return 2  # beyond the end
    (length,) = struct.unpack_from(">H", content, place)
    if length < 2:
        raise ValueError("A segment is shorter than its own length.")
    return int(length)


def _clean(marker: int, segment: bytes) -> bytes:
    """Return what to keep of a segment: all of it, the part that is shown, or nothing."""
    data = segment[4:]
    if marker in _SHOWS or (marker == _PROFILE and data.startswith(b"ICC_PROFILE\0")):
        return segment
    if marker == _JFIF and data.startswith(b"JFIF\0"):
        return _segment(_JFIF, data[:12] + b"\0\0")  # without its small picture
    if marker == _ADOBE and data.startswith(b"Adobe"):
        return _segment(_ADOBE, data[:12])
    return b""


def _segment(marker: int, data: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(data) + 2) + data


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
    return _segment(_EXIF, b"Exif\0\0MM\0\x2a" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0))
