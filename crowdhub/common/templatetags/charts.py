"""Charts as inline SVG: attributes only, so that a strict CSP holds, and colours from CSS classes.

The SVG stretches with its column and holds shapes alone; words and numbers are HTML around it, so they keep their size.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django import template

register = template.Library()

SERIES_CLASSES: Final = ("", "second", "third")
FILL: Final = 0.76  # share of a group's width that its columns take; the rest is air


@dataclass(frozen=True)
class Column:
    """One rectangle, in hundredths of the chart's width and height."""

    x: float
    y: float
    width: float
    height: float
    css_class: str
    title: str


@dataclass(frozen=True)
class Bar:
    """One row of bars; a value of None is hidden."""

    label: str
    value: float | None
    note: str = ""


@register.inclusion_tag("components/bars.html")
def bars(
    rows: Iterable[Sequence[Any]], caption: str, unit: str = "", limit: float = 0, sentence: str = "", hidden: str = ""
) -> dict[str, Any]:
    """Horizontal bars, one a row, each with its name and its number: a table that can be looked at.

    rows: (label, value) or (label, value, note), where a value of None is said as `hidden` and drawn as nothing at all;
    limit: what a full bar stands for (the largest value when 0); sentence: what the picture shows, in words.
    """
    listed = [Bar(*row) for row in rows]
    full = limit or max((row.value for row in listed if row.value is not None), default=0) or 1
    scaled = [(row, None if row.value is None else round(min(row.value / full, 1) * 100, 2)) for row in listed]
    return {"rows": scaled, "caption": caption, "unit": unit, "sentence": sentence, "hidden": hidden}


@register.inclusion_tag("components/bar_chart.html")
def bar_chart(
    labels: Sequence[str],
    series: Sequence[tuple[str, Sequence[float]]],
    caption: str,
    label_heading: str = "",
    sentence: str = "",
) -> dict[str, Any]:
    """Columns over time, up to three series side by side, with the numbers in a table below.

    labels: one for each group of columns; series: (name, values), as many values as labels; sentence: what the picture
    shows, in words.
    """
    top = nice_ceiling(max((value for _name, values in series for value in values), default=0))
    names = [name for name, _values in series]
    return {
        "caption": caption,
        "sentence": sentence,
        "label_heading": label_heading,
        "legend": list(zip(names, SERIES_CLASSES, strict=False)) if len(series) > 1 else [],
        "names": names,
        "columns": columns_of(labels, series, top),
        "top": top,
        "half": top // 2,
        "axis": [labels[0], labels[len(labels) // 2], labels[-1]] if len(labels) > 2 else labels,
        "table": list(zip(labels, zip(*(values for _name, values in series), strict=True), strict=True)),
    }


def nice_ceiling(largest: float) -> int:
    """Return 2, 4 or 10 times a power of ten, at least `largest`; its half is a round number, too."""
    magnitude = 1
    while True:
        for factor in (2, 4, 10):
            if factor * magnitude >= largest:
                return factor * magnitude
        magnitude *= 10


def columns_of(labels: Sequence[str], series: Sequence[tuple[str, Sequence[float]]], top: int) -> list[Column]:
    """Return the rectangles of all series, group after group."""
    group = 100 / max(len(labels), 1)
    width = group * FILL / max(len(series), 1)
    return [
        Column(
            x=round(group * index + group * (1 - FILL) / 2 + width * place, 3),
            y=round(100 - value / top * 100, 3),
            width=round(width, 3),
            height=round(value / top * 100, 3),
            css_class=SERIES_CLASSES[place],
            title=f"{label}, {name}: {value:g}",
        )
        for index, label in enumerate(labels)
        for place, (name, values) in enumerate(series)
        for value in [values[index]]
    ]
