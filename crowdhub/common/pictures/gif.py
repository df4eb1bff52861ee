"""GIF (CompuServe, Graphics Interchange Format, version 89a)."""

from __future__ import annotations

import re
import struct
from typing import Final

BEGINNING: Final = re.compile(rb"GIF8[79]a")
_HEAD: Final = 13  # signature, size, colours, background, aspect
_IMAGE, _EXTENSION, _END, _NOTHING = 0x2C, 0x21, 0x3B, 0x00
_CONTROL, _APPLICATION = 0xF9, 0xFF
# How often an animation is repeated. Other applications, XMP among them, tell what is not shown.
_REPEATS: Final = frozenset({b"NETSCAPE2.0", b"ANIMEXTS1.0"})


def read(content: bytes) -> tuple[int, int, bytes]:
    """Return width, height, and the picture without what is not shown. Raises ValueError, IndexError or struct.error.

    One whose last byte is missing is forgiven, as viewers do.
    """
    width, height = struct.unpack("<HH", content[6:10])
    place = _HEAD + _colours(content[10])
    kept, images = [content[:place]], 0
    while place < len(content) and content[place] != _END:
        after = _after(content, place)
        if _is_shown(content, place):
            kept.append(content[place:after])
        images += content[place] == _IMAGE
        place = after
    if not images:
        raise ValueError("There is no image in it.")
    return width, height, b"".join(kept) + bytes([_END])


def _colours(packed: int) -> int:
    """Return the length of the table of colours that a byte of flags announces."""
    return 3 << (packed & 0b111) + 1 if packed & 0x80 else 0


def _after(content: bytes, place: int) -> int:
    """Return where the block ends that begins here."""
    kind = content[place]
    if kind == _IMAGE:
        return _after_data(content, place + 11 + _colours(content[place + 9]))
    if kind == _EXTENSION:
        return _after_data(content, place + 2)
    if kind == _NOTHING:  # some programs end a block twice
        return place + 1
    raise ValueError("A block does not begin where it should.")


def _after_data(content: bytes, place: int) -> int:
    while length := content[place]:
        place += 1 + length
    return place + 1


def _is_shown(content: bytes, place: int) -> bool:
    if content[place] != _EXTENSION:
        return content[place] == _IMAGE
    label = content[place + 1]
    return label == _CONTROL or (label == _APPLICATION and content[place + 3 : place + 14] in _REPEATS)
