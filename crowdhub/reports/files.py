"""The report as a file that a spreadsheet can open, and in which no text can act as a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import xlsxwriter
from django.utils.translation import gettext as _

# What spreadsheets take for the beginning of a formula (OWASP, CSV injection); full-width forms are normalised by some.
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

# Where programs of other languages than ours part the cells of a CSV file, and a formula could begin within a text.
_WITHIN: Final = re.compile(r"([;\t\r\n]\s*[\"']*\s*)(?=[=+\-@＝＋－＠])")

Cell = str | int


@dataclass(frozen=True)
class Sheet:
    """A table with a heading, and what there is to say about it: pairs of label and text."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    about: Sequence[tuple[str, str]]


def neutralised(text: str) -> str:
    """Return a text that no spreadsheet runs: with an apostrophe before it where it could begin a formula."""
    text = _WITHIN.sub(r"\1'", text)
    return f"'{text}" if text.startswith(FORMULA_STARTS) or text.lstrip().startswith(FORMULA_STARTS) else text


def write_csv(sheet: Sheet) -> bytes:
    """Return UTF-8 with a mark that Excel needs: the table first, so that programs can read it, then what it is."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    lines: list[Sequence[Cell]] = [sheet.header, *sheet.rows, [], *sheet.about]
    for line in lines:
        writer.writerow([neutralised(cell) if isinstance(cell, str) else cell for cell in line])
    return text.getvalue().encode("utf-8-sig")


def write_xlsx(sheet: Sheet) -> bytes:
    """Return a workbook: the table, and a second sheet that says what it is. Every text is stored as a text."""
    target = io.BytesIO()
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(target, options) as book:
        facts = "; ".join(f"{name}: {text}" for name, text in sheet.about)
        book.set_properties({"title": sheet.title, "comments": facts[:255]})
        bold = book.add_format({"bold": True})
        table = book.add_worksheet(_("Engagement")[:31])
        table.set_column(0, 2, 24)
        table.set_column(3, len(sheet.header), 14)
        table.freeze_panes(1, 0)
        _write_line(table, 0, sheet.header, bold)
        for number, row in enumerate(sheet.rows, start=1):
            _write_line(table, number, row)
        about = book.add_worksheet(_("About this report")[:31])
        about.set_column(0, 0, 20)
        about.set_column(1, 1, 100)
        for number, pair in enumerate(sheet.about):
            _write_line(about, number, pair)
    return target.getvalue()


def _write_line(
    table: xlsxwriter.worksheet.Worksheet, number: int, cells: Sequence[Cell], style: object = None
) -> None:
    for column, cell in enumerate(cells):
        if isinstance(cell, str):
            table.write_string(number, column, cell, style)
        else:
            table.write_number(number, column, cell, style)
