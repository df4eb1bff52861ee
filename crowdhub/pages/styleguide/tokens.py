"""The design tokens as static/css/tokens.css has them, and how well each reads."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from django.conf import settings

from crowdhub.common.colour import TEXT_CONTRAST, Accent, Theme, accent_for, contrast

TOKENS: Final = settings.BASE_DIR / "static" / "css" / "tokens.css"
PAIR: Final = re.compile(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);")
SIZE: Final = re.compile(r"--((?:text-\w+)|(?:s\d+)|radius(?:-s)?|target|quick): ([^;]+);")
PIXELS: Final = 16  # in a rem, unless the reader chose otherwise
BORDER_CONTRAST: Final = 3.0  # WCAG 2.2, 1.4.11, of what shows where a control is
TEXTS: Final = ("ink", "muted", "accent", "accent-hover", "good", "warn", "bad")
SURFACES: Final = ("paper", "raised", "sunken")


@dataclass(frozen=True)
class Reading:
    """A colour on a surface: its contrast, and how much it must have."""

    colour: str
    surface: str
    ratio: float
    least: float

    @property
    def is_enough(self) -> bool:
        return self.ratio >= self.least


@dataclass(frozen=True)
class Size:
    """A length or a time of the tokens; pixels are None where it is no plain number of rem or px."""

    name: str
    value: str
    pixels: float | None


def colours(theme: Theme, accent: str) -> dict[str, str]:
    """Return every colour of a theme by its name, the accent as it is made from the organization's colour."""
    found = {name: dark if theme.dark else light for name, light, dark in PAIR.findall(TOKENS.read_text())}
    return found | _names(accent_for(accent, theme))


def readings(theme: Theme, accent: str) -> list[list[Reading]]:
    """Return how each text colour reads on each surface and on its own tint, row by row; then what is no text."""
    found = colours(theme, accent)

    def read(colour: str, *surfaces: str, least: float = TEXT_CONTRAST) -> list[Reading]:
        return [Reading(colour, on, round(contrast(found[colour], found[on]), 1), least) for on in surfaces]

    texts = [read(name, *SURFACES, *([f"{name}-soft"] if f"{name}-soft" in found else [])) for name in TEXTS]
    on_accent = read("accent-ink", "accent", "accent-hover")
    return [*texts, on_accent, read("line-strong", *SURFACES[:2], least=BORDER_CONTRAST)]


def sizes(kind: str) -> list[Size]:
    """Return the tokens whose whole names match, in the order of the style sheet."""
    found: dict[str, str] = {}
    for name, value in SIZE.findall(TOKENS.read_text()):
        found.setdefault(name, value)  # a phone's own value comes later
    return [Size(name, value, _pixels(value)) for name, value in found.items() if re.fullmatch(kind, name)]


def _names(accent: Accent) -> dict[str, str]:
    return {
        "accent": accent.accent,
        "accent-hover": accent.hover,
        "accent-ink": accent.ink,
        "accent-soft": accent.soft,
    }


def _pixels(value: str) -> float | None:
    number, unit = re.match(r"([\d.]*)(.*)", value).groups()  # type: ignore[union-attr]  # it matches anything
    factor = {"rem": PIXELS, "px": 1}.get(unit)
    return float(number) * factor if number and factor else None
