"""Files beside some of the demo's ideas: short tables, and drawings that are made here, the same ones every time."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterable, Sequence
from typing import Final

Colour = tuple[int, int, int]
Box = tuple[int, int, int, int, Colour]  # left, top, right, bottom in pixels

WIDTH, HEIGHT = 640, 400
PAPER, INK, STEEL, ACCENT, WARM = (250, 248, 244), (52, 58, 64), (154, 164, 172), (31, 111, 92), (196, 106, 48)
# Watts of one welding source by hour of the day, as a plug-in meter would have told.
WATTS: Final = (0,) * 6 + (190, 2400, 2750, 1900, 2600, 190, 190, 2300, 2500, 1200, 190, 190, 190, 190, 190, 190, 0, 0)


def png(boxes: Iterable[Box]) -> bytes:
    """Return a picture with boxes drawn on paper, each over those before it."""
    rows = [bytearray(bytes(PAPER) * WIDTH) for _row in range(HEIGHT)]
    for left, top, right, bottom, colour in boxes:
        for row in rows[top:bottom]:
            row[3 * left : 3 * right] = bytes(colour) * (right - left)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(name, data) for name, data in ((b"IHDR", header), (b"IDAT", pixels), (b"IEND", b""))
    )


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _power_by_hour() -> bytes:
    """Draw a bar for each hour of the day: green where something is welded, brown where the source only idles."""
    tallest = max(WATTS)
    bars: list[Box] = [(48, 348, 600, 350, INK)]
    for hour, watts in enumerate(WATTS):
        left = 52 + 23 * hour
        colour = ACCENT if watts > 190 else WARM
        bars.append((left, 348 - 300 * watts // tallest, left + 16, 348, colour))
    return png(bars)


def _trolley() -> bytes:
    """Draw a trolley from the side: bottle, hose drum, drawer with plugs, two wheels."""
    wheels = [(left, 340, left + 40, 380, INK) for left in (180, 420)]
    drawers = [(340, top, 470, top + 34, STEEL) for top in (240, 280)]
    return png(
        [
            (150, 320, 500, 336, INK),
            (490, 120, 500, 336, INK),
            (190, 70, 270, 320, ACCENT),
            (216, 44, 244, 70, INK),
            (180, 180, 280, 188, WARM),
            (330, 230, 480, 320, PAPER),
            *drawers,
            (330, 120, 440, 220, STEEL),
            (365, 155, 405, 185, PAPER),
            *wheels,
        ]
    )


def _rod_tube() -> bytes:
    """Draw a heated tube with rods in it."""
    rods = [(290 + 14 * number, 60 + 9 * (number % 3), 294 + 14 * number, 330, STEEL) for number in range(5)]
    return png([(270, 110, 370, 350, WARM), (280, 100, 360, 340, PAPER), *rods, (250, 350, 390, 366, INK)])


def _table(head: Sequence[str], *rows: Sequence[object]) -> bytes:
    return "".join(f"{';'.join(map(str, row))}\r\n" for row in (head, *rows)).encode()


def _power_log() -> bytes:
    return _table(("hour", "watts"), *enumerate(WATTS))


def _gap_readings() -> bytes:
    gaps = ((1, "old", 0.3), (2, "old", 0.35), (3, "new", 0.5), (4, "new", 0.55), (5, "new", 0.4), (6, "old", 0.3))
    return _table(("tube", "batch", "gap in mm"), *gaps)


def _tube_prices() -> bytes:
    return _table(
        ("what", "watts", "euros"), ("rod oven", 900, 640), ("heated tube", 60, 75), ("heated cabinet", 250, 310)
    )


def _stick_readings() -> bytes:
    return _table(("plate at cm", "sensor says cm"), (60, 60.2), (120, 119.6), (180, 180.5))


def _parts_list() -> bytes:
    return (
        b"What the practice booth needs\n\n"
        b"Stands around: source (2009), vice, bench, curtain, a crate of offcuts a week\n"
        b"To be bought: extraction arm, one sign\n"
    )


FILES: Final[dict[str, tuple[tuple[str, Callable[[], bytes]], ...]]] = {
    "standby-welders": (("power by hour.png", _power_by_hour), ("power log.csv", _power_log)),
    "alice-gas-trolley": (("trolley.png", _trolley),),
    "alice-welding-booth": (("parts list.txt", _parts_list),),
    "filler-storage": (("heated tube.png", _rod_tube), ("prices.csv", _tube_prices)),
    "fit-up-gauge": (("gap readings.csv", _gap_readings),),
    "tank-dipstick": (("stick readings.csv", _stick_readings),),
}


def files_of(key: str) -> list[tuple[str, bytes]]:
    """Return name and content of each file beside the idea with this key in the texts."""
    return [(name, make()) for name, make in FILES.get(key, ())]
