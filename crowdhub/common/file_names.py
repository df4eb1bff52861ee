"""Names of files as people may see and keep them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from pathlib import PurePosixPath
from typing import Final

LONGEST: Final = 120  # characters
# Reserved by some file system, or by the header that carries the name.
_RESERVED: Final = re.compile(r'[<>:"|?*/\\]')


def tidy_name(sent: str, endings: Sequence[str], known: Sequence[str] = ()) -> str:
    """Return a name that is safe to show and to keep, with one of the endings; the first one where it had another.

    Folders, control characters and marks that turn the reading direction go; a long name is shortened before its
    ending. An ending that is `known` as that of another kind is replaced, any other stays as a part of the name.
    """
    name = unicodedata.normalize("NFC", sent).replace("\\", "/").rpartition("/")[2]
    # Categories: control, format (direction marks, joiners), surrogates, unassigned and private characters.
    name = "".join(character for character in name if unicodedata.category(character)[0] != "C")
    name = " ".join(_RESERVED.sub(" ", name).split()).strip(". ")
    ending = next((each for each in endings if name.lower().endswith(each)), "")
    stem = name[: -len(ending)] if ending else _without_ending(name, known)
    ending = name[-len(ending) :] if ending else endings[0]
    return f"{stem[: LONGEST - len(ending)].strip('. ') or 'file'}{ending}"


def _without_ending(name: str, known: Sequence[str]) -> str:
    return name[: -len(PurePosixPath(name).suffix)] if name.lower().endswith(tuple(known)) else name
