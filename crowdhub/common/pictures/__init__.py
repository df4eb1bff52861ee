"""What the bytes of a picture tell without decoding it: its format, its size, and what should not be passed on.

What is kept of a picture is what it takes to show it, and nothing else: each format has a module that walks along the
whole of its structure, so that nothing is left because it stood where nobody looked.
"""

from __future__ import annotations

import struct
from typing import Final, NamedTuple

from crowdhub.common.pictures import gif, jpeg, png, webp

_FORMATS: Final = {"png": png, "jpeg": jpeg, "gif": gif, "webp": webp}


class Picture(NamedTuple):
    format: str  # png, jpeg, gif or webp
    width: int
    height: int


class BrokenPicture(ValueError):
    """The structure of what should be a picture cannot be followed to its end."""


def begins_like_picture(content: bytes) -> bool:
    """Tell whether these are the first bytes of a picture, whatever follows."""
    return any(form.BEGINNING.match(content) for form in _FORMATS.values())


def size_of_picture(content: bytes) -> Picture | None:
    """Return format and size in pixels of what is a picture by its structure, from beginning to end, else None."""
    try:
        return _read(content)[0]
    except BrokenPicture:
        return None


def without_traces(content: bytes) -> bytes:
    """Return a picture without what its camera wrote into it, such as the place; how it looks stays the same.

    Raises BrokenPicture for all that `size_of_picture` does not know.
    """
    return _read(content)[1]


def _read(content: bytes) -> tuple[Picture, bytes]:
    for name, form in _FORMATS.items():
        if form.BEGINNING.match(content):
            try:
                width, height, clean = form.read(content)
            except (struct.error, IndexError, ValueError) as error:
                raise BrokenPicture from error
            if width and height:
                return Picture(name, width, height), clean
    raise BrokenPicture
