"""An organization's accent colour, made readable on every surface of the light and the dark theme.

Lightness is changed in OKLCH (B. Ottosson, "A perceptual color space for image processing", 2020), which keeps the hue;
contrast is measured as in WCAG 2.2, "relative luminance" and "contrast ratio".
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Final

TEXT_CONTRAST: Final = 4.5  # WCAG 2.2 level AA for text of any size

RGB = tuple[float, float, float]


@dataclass(frozen=True)
class Theme:
    """The surfaces of a theme, as static/css/tokens.css has them, and the text that may stand on the accent."""

    paper: str
    raised: str
    sunken: str
    dark: bool
    inks: tuple[str, str]


LIGHT: Final = Theme("#fbfaf7", "#ffffff", "#f3f1ec", dark=False, inks=("#ffffff", "#11100f"))
DARK: Final = Theme("#181715", "#211f1c", "#11100f", dark=True, inks=("#11100f", "#ffffff"))


@dataclass(frozen=True)
class Accent:
    """The four accent colours of one theme."""

    accent: str
    hover: str
    ink: str
    soft: str


def accent_css(hex_colour: str) -> str:
    """Return the rule that sets the accent's custom properties from `#rrggbb`; raises ValueError for anything else."""
    light, dark = accent_for(hex_colour, LIGHT), accent_for(hex_colour, DARK)
    pairs = {
        "--accent": (light.accent, dark.accent),
        "--accent-hover": (light.hover, dark.hover),
        "--accent-ink": (light.ink, dark.ink),
        "--accent-soft": (light.soft, dark.soft),
    }
    body = ";".join(f"{name}:light-dark({one},{other})" for name, (one, other) in pairs.items())
    return f":root{{{body}}}\n"


def accent_for(hex_colour: str, theme: Theme) -> Accent:
    """Return the accent nearest to the given colour that reads as text on every surface of the theme.

    Its ink reads on the accent and on the hover colour, and the accent reads on its own soft tint.
    """
    lightness, chroma, hue = _to_oklch(_parse(hex_colour))
    surfaces = (theme.paper, theme.raised, theme.sunken)
    step = 0.005 if theme.dark else -0.005
    while True:
        accent = _from_oklch(lightness, chroma, hue)
        soft = _mixed(accent, theme.raised, share=0.14 if theme.dark else 0.1)
        if all(contrast(accent, surface) >= TEXT_CONTRAST for surface in (*surfaces, soft)):
            break
        lightness += step
    hover = _from_oklch(lightness + (0.07 if theme.dark else -0.08), chroma, hue)
    ink = max(theme.inks, key=lambda candidate: min(contrast(candidate, accent), contrast(candidate, hover)))
    return Accent(accent, hover, ink, soft)


def contrast(one: str, other: str) -> float:
    """Return the WCAG contrast ratio of two `#rrggbb` colours, from 1 to 21."""
    brighter, darker = sorted((_luminance(_parse(one)), _luminance(_parse(other))), reverse=True)
    return (brighter + 0.05) / (darker + 0.05)


def _parse(hex_colour: str) -> RGB:
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", hex_colour):
        raise ValueError(f"not a colour of the form #rrggbb: {hex_colour!r}")
    red, green, blue = (int(hex_colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    return red, green, blue


def _format(colour: RGB) -> str:
    return "#" + "".join(f"{round(min(max(part, 0.0), 1.0) * 255):02x}" for part in colour)


def _mixed(one: str, other: str, *, share: float) -> str:
    parts = [a * share + b * (1 - share) for a, b in zip(_parse(one), _parse(other), strict=True)]
    return _format((parts[0], parts[1], parts[2]))


def _linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4


def _gamma(part: float) -> float:
    return part * 12.92 if part <= 0.0031308 else 1.055 * part ** (1 / 2.4) - 0.055


def _luminance(colour: RGB) -> float:
    red, green, blue = map(_linear, colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _to_oklch(colour: RGB) -> tuple[float, float, float]:
    red, green, blue = map(_linear, colour)
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    medium = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    lightness = 0.2104542553 * long + 0.7936177850 * medium - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * medium + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * medium - 0.8086757660 * short
    return lightness, math.hypot(a, b), math.atan2(b, a)


def _from_oklch(lightness: float, chroma: float, hue: float) -> str:
    """Return the colour as `#rrggbb`, with as much of the chroma as sRGB can show at that lightness."""
    lightness = min(max(lightness, 0.0), 1.0)
    while True:
        colour = _to_rgb(lightness, chroma * math.cos(hue), chroma * math.sin(hue))
        if chroma <= 0 or all(-0.0005 <= part <= 1.0005 for part in colour):
            return _format(colour)
        chroma = chroma - 0.004 if chroma > 0.004 else 0.0


def _to_rgb(lightness: float, a: float, b: float) -> RGB:
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        _gamma(4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short),
        _gamma(-1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short),
        _gamma(-0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short),
    )
