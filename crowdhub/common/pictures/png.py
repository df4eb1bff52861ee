"""PNG (W3C, Portable Network Graphics, third edition)."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Final

BEGINNING: Final = re.compile(rb"\x89PNG\r\n\x1a\n....IHDR", re.DOTALL)
_SIGNATURE_LENGTH: Final = 8
# The picture itself, then colours, transparency, density and animation.
_NEEDED: Final = frozenset(b"IHDR PLTE IDAT IEND".split())
_SHOWS: Final = _NEEDED | frozenset(
    b"acTL bKGD cHRM cICP cLLI fcTL fdAT gAMA hIST iCCP mDCV pHYs sBIT sPLT sRGB tRNS".split()
)


def read(content: bytes) -> tuple[int, int, bytes]:
    """Return width, height, and the picture without what is not shown. Raises ValueError or struct.error."""
    chunks = list(_chunks(content))
    if not any(name == b"IDAT" for name, _chunk in chunks):
        raise ValueError("There is no image in it.")
    kept = [chunk for name, chunk in chunks if name in _SHOWS]
    width, height = struct.unpack(">II", content[16:24])
    return width, height, content[:_SIGNATURE_LENGTH] + b"".join(kept)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the name and the whole of each chunk; what follows the last one is no part of the picture."""
    place = _SIGNATURE_LENGTH
    while place < len(content):
        (length,) = struct.unpack_from(">I", content, place)
        name, after = content[place + 4 : place + 8], place + 12 + length
        if after > len(content):
            raise ValueError("A chunk is longer than the file.")
        if name[:1].isupper() and name not in _NEEDED:
            raise ValueError("Who does not know this chunk cannot show the picture.")
        yield name, content[place:after]
        if name == b"IEND":
            return
        place = after
    raise ValueError("The last chunk is missing.")
