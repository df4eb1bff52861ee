"""The report as a file that a spreadsheet can open."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from crowdhub.common.spreadsheets import BYTE_ORDER_MARK, Cell, csv_text, new_workbook, write_line
from crowdhub.reports.enums import ExportFormat

CONTENT_TYPES: Final = {
    ExportFormat.CSV: "text/csv; charset=utf-8",
    ExportFormat.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@dataclass(frozen=True)
class Sheet:
    """A table with a heading, and what there is to say about it: pairs of label and text."""

    title: str
    header: Sequence[str]
    rows: Sequence[Sequence[Cell]]
    about: Sequence[tuple[str, str]]


def write_csv(sheet: Sheet) -> bytes:
    """Return the table first, so that programs can read it, then what it is."""
    return (BYTE_ORDER_MARK + csv_text([sheet.header, *sheet.rows, [], *sheet.about])).encode()


def write_xlsx(sheet: Sheet) -> bytes:
    """Return a workbook: the table, and a second sheet that says what it is."""
    target = io.BytesIO()
    with new_workbook(target) as book:
        facts = "; ".join(f"{name}: {text}" for name, text in sheet.about)
        book.set_properties({"title": sheet.title, "comments": facts[:255]})
        bold = book.add_format({"bold": True})
        table = book.add_worksheet(_("Engagement")[:31])
        table.set_column(0, 2, 24)
        table.set_column(3, len(sheet.header), 14)
        table.freeze_panes(1, 0)
        write_line(table, 0, sheet.header, bold)
        for number, row in enumerate(sheet.rows, start=1):
            write_line(table, number, row)
        about = book.add_worksheet(_("About this report")[:31])
        about.set_column(0, 0, 20)
        about.set_column(1, 1, 100)
        for number, pair in enumerate(sheet.about):
            write_line(about, number, pair)
    return target.getvalue()
