"""Files that a spreadsheet can open, and in which no text can act as a formula."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO, Final

import xlsxwriter
from xlsxwriter.worksheet import Worksheet

# What spreadsheets take for the beginning of a formula (OWASP, CSV injection); full-width forms are normalised by some.
FORMULA_STARTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

# Where programs of other languages than ours part the cells of a CSV file, and a formula could begin within a text.
_WITHIN: Final = re.compile(r"([;\t\r\n]\s*[\"']*\s*)(?=[=+\-@＝＋－＠])")

BYTE_ORDER_MARK: Final = "\ufeff"  # without it Excel does not read a CSV file as UTF-8
Cell = str | int


def neutralised(text: str) -> str:
    """Return a text that no spreadsheet runs: with an apostrophe before it where it could begin a formula."""
    text = _WITHIN.sub(r"\1'", text)
    return f"'{text}" if text.startswith(FORMULA_STARTS) or text.lstrip().startswith(FORMULA_STARTS) else text


def csv_text(lines: Sequence[Sequence[Cell]]) -> str:
    """Return lines of a CSV file, every text neutralised."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    for line in lines:
        writer.writerow([neutralised(cell) if isinstance(cell, str) else cell for cell in line])
    return text.getvalue()


@contextmanager
def new_workbook(target: IO[bytes]) -> Iterator[xlsxwriter.Workbook]:
    """Write a workbook row by row, with as little memory for 100,000 rows as for one. Every text stays a text."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(target, options) as book:
        yield book


def write_line(table: Worksheet, number: int, cells: Sequence[Cell], style: object = None) -> None:
    """Write one row of a sheet; rows come in their order."""
    for column, cell in enumerate(cells):
        if isinstance(cell, str):
            table.write_string(number, column, cell, style)
        else:
            table.write_number(number, column, cell, style)
