from __future__ import annotations

import csv
import io
from datetime import date, timedelta

import openpyxl
import pytest
from django.utils import timezone
from django.utils.translation import get_language

from crowdhub.activity.domain import consume
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event, OutboxRow
from crowdhub.common.spreadsheets import neutralised
from crowdhub.people.models import Department, Member
from crowdhub.reports import tasks
from crowdhub.reports.domain import exports, running
from crowdhub.reports.enums import ExportFormat, ExportKind, ExportState
from crowdhub.reports.files import Sheet, write_csv, write_xlsx
from crowdhub.reports.models import Export
from crowdhub.reports.months import month_before, months_between, next_month
from crowdhub.reports.periods import period
from crowdhub.tenancy.context import tenant
from tests.harness.outbox import run_consumers
from tests.reports.working import idea_voted_on, last_month, staff, vote, within
from tests.tenancy.rows import changed, rows_of

FORMULAS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", " =1+1", "＝1"]


def ask(actor: Member, file_format: str = ExportFormat.CSV, **changes) -> Export:
    month = last_month()
    period = {"first_month": month_before(month), "last_month": month} | changes
    return exports.request_export(ExportKind.ENGAGEMENT, file_format, **period, actor=actor)


def content_of(export: Export) -> bytes:
    assert export.content is not None
    return bytes(export.content)


@pytest.fixture
def engaged(in_acme):
    idea = idea_voted_on(in_acme)
    Department.objects.filter(pk=in_acme.sales.pk).update(name="=cmd|' /C calc'!A0")
    for department, count in ((in_acme.sales, 9), (in_acme.operations, 12), (in_acme.assembly, 3)):
        people = staff(department, count)
        vote(idea, *people[:2], at=within(last_month()))
    return in_acme


@pytest.fixture
def sent(monkeypatch):
    """The exports that were sent to a worker."""
    calls: list[tuple[int, int]] = []
    monkeypatch.setattr(tasks.run_export, "delay", lambda *arguments: calls.append(arguments))
    return calls


def test_a_request_is_on_record_and_reaches_a_worker(in_acme, sent):
    export = ask(in_acme.dave)

    event = Event.objects.get(verb=Verb.EXPORT_REQUESTED)
    consume("reports", list(OutboxRow.objects.filter(consumer="reports").values_list("pk", flat=True)))

    assert (event.export, event.actor) == (export, in_acme.dave)
    assert sent == [(in_acme.acme.pk, export.pk)]


def test_a_request_that_is_delivered_again_makes_no_second_file(in_acme, monkeypatch):
    monkeypatch.setattr(tasks.run_export, "delay", tasks.run_export)
    ask(in_acme.dave)
    run_consumers()
    before = rows_of(in_acme.acme)

    OutboxRow.objects.filter(consumer="reports").update(done_at=None)
    assert run_consumers() == 1

    assert Export.objects.get().state == ExportState.DONE
    assert changed(before, rows_of(in_acme.acme)) == ["activity_outboxrow"]


def test_pressing_twice_asks_once(in_acme):
    first, second, other = ask(in_acme.dave), ask(in_acme.dave), ask(in_acme.dave, ExportFormat.XLSX)

    assert first == second != other
    assert Event.objects.filter(verb=Verb.EXPORT_REQUESTED).count() == 2


@pytest.mark.parametrize("name", ["alice", "bob", "carol", "erin", "grace", "frank"])
def test_only_hr_may_ask(in_acme, name):
    with pytest.raises(exports.ExportNotAllowed):
        ask(getattr(in_acme, name))


def test_bad_periods_and_kinds_are_refused_with_a_reason(in_acme):
    month = last_month()
    for refusal, changes in (
        (exports.MonthsOutOfOrder, {"first_month": month, "last_month": month_before(month)}),
        (exports.MonthIsRunning, {"last_month": next_month(month)}),
        (exports.TooManyMonths, {"first_month": month - timedelta(days=3 * 366)}),
        (exports.UnknownReport, {"file_format": "pdf"}),
    ):
        with pytest.raises(refusal):
            ask(in_acme.dave, **changes)
    assert not Export.objects.exists()


def test_a_csv_has_the_table_first_then_what_it_is(engaged):
    export = ask(engaged.dave)

    running.run_export(engaged.acme, export.pk)

    export.refresh_from_db()
    assert (export.state, export.progress) == (ExportState.DONE, 100)
    text = content_of(export).decode("utf-8-sig")
    table, about = text.split("\r\n\r\n")
    header, *rows = csv.reader(io.StringIO(table))
    month = f"{last_month():%Y-%m}"
    assert header == [
        *("Month", "Department", "Part of", "Members", "Took part"),
        *("Ideas handed in", "Comments", "Votes", "Invited", "Ideas answered"),
    ]
    assert [row[:5] for row in rows if row[0] == month] == [
        [month, "All departments", "", "24", "6"],
        [month, "'=cmd|' /C calc'!A0", "All departments", "9", "2"],
        [month, "Operations", "All departments", "15", "4"],
        [month, "Assembly", "Operations", "hidden (<5)", "hidden (<5)"],
    ]
    assert "Requested by,Dave" in about
    assert "Organization,Acme" in about
    assert f"Period,{period(month_before(last_month()), last_month())}" in about
    assert "groups of fewer than 5 people" in about


def test_a_workbook_keeps_numbers_as_numbers_and_formulas_as_text(engaged):
    export = ask(engaged.dave, ExportFormat.XLSX)

    running.run_export(engaged.acme, export.pk)

    export.refresh_from_db()
    book = openpyxl.load_workbook(io.BytesIO(content_of(export)))
    table, about = book.worksheets
    rows = [row for row in table.iter_rows(min_row=2) if row[0].value == f"{last_month():%Y-%m}"]
    assert [(row[1].value, row[1].data_type, row[3].value) for row in rows] == [
        ("All departments", "s", 24),
        ("=cmd|' /C calc'!A0", "s", 9),
        ("Operations", "s", 15),
        ("Assembly", "s", "hidden (<5)"),
    ]
    assert ("Requested by", "Dave") in {(label.value, text.value) for label, text in about.iter_rows(max_col=2)}
    assert book.properties.title == "Engagement by department and month"
    assert export.file_name.endswith(".xlsx")


@pytest.mark.parametrize("text", FORMULAS)
def test_no_text_can_begin_a_formula(text):
    sheet = Sheet("t", ["a"], [[text, -5]], [("b", text)])

    (_header, row, _empty, _about) = csv.reader(io.StringIO(write_csv(sheet).decode("utf-8-sig"), newline=""))
    cell = openpyxl.load_workbook(io.BytesIO(write_xlsx(sheet))).worksheets[0]["A2"]

    assert row == [f"'{text}", "-5"]
    assert cell.data_type in {"s", "inlineStr"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Sales;=cmd|' /C calc'!A0;", "Sales;'=cmd|' /C calc'!A0;"),
        ('Sales; "=1+1"', 'Sales; "\'=1+1"'),
        ("Sales\t+1", "Sales\t'+1"),
        ("Sales\n@SUM(A1)", "Sales\n'@SUM(A1)"),
    ],
)
def test_no_formula_begins_where_other_languages_part_cells(text, shown):
    """Where a comma is in numbers, Excel takes semicolons for the separator of a CSV file, quotes or not."""
    assert neutralised(text) == shown


@pytest.mark.parametrize("text", ["Sales; Service", "a;b", "Sales", "a=b", "R&D", "", "'quoted"])
def test_other_texts_stay_as_they_are(text):
    assert neutralised(text) == text


def test_reports_speak_the_language_of_the_one_who_asked(engaged, monkeypatch):
    spoken: list[str | None] = []

    def write(sheet: Sheet) -> bytes:
        spoken.append(get_language())
        return b""

    monkeypatch.setitem(running.WRITERS, ExportFormat.CSV, write)
    engaged.dave.language = "de"
    engaged.dave.save()

    running.run_export(engaged.acme, ask(engaged.dave).pk)

    assert spoken == ["de"]


def test_progress_grows_month_by_month(engaged, monkeypatch):
    export = ask(engaged.dave, first_month=last_month() - timedelta(days=100))
    seen: list[int] = []
    note = running._note_progress

    def note_and_look(noted: Export, progress: int) -> None:
        note(noted, progress)
        seen.append(Export.objects.get().progress)

    monkeypatch.setattr(running, "_note_progress", note_and_look)

    running.run_export(engaged.acme, export.pk)

    assert seen == sorted(set(seen))
    assert len(seen) == len(list(months_between(export.first_month, export.last_month)))
    assert seen[-1] == 90


def test_an_export_whose_worker_died_is_done_by_another(engaged, sent):
    export = ask(engaged.dave)
    Export.objects.update(state=ExportState.RUNNING, worked_at=timezone.now() - timedelta(minutes=2), progress=40)

    assert tasks.start_waiting_exports() == 1
    assert sent == [(engaged.acme.pk, export.pk)]
    running.run_export(engaged.acme, export.pk)

    assert Export.objects.get().state == ExportState.DONE


def test_an_export_that_was_never_started_is_started(engaged, sent):
    Export.objects.filter(pk=ask(engaged.dave).pk).update(requested_at=timezone.now() - timedelta(minutes=2))

    assert tasks.start_waiting_exports() == len(sent) == 1


def test_exports_that_somebody_works_on_or_that_are_new_are_left_alone(engaged, sent):
    ask(engaged.dave)
    busy = ask(engaged.dave, ExportFormat.XLSX)
    Export.objects.filter(pk=busy.pk).update(state=ExportState.RUNNING, worked_at=timezone.now(), progress=40)

    assert tasks.start_waiting_exports() == 0
    running.run_export(engaged.acme, busy.pk)

    assert Export.objects.get(pk=busy.pk).progress == 40


def test_an_export_is_made_once(engaged):
    export = ask(engaged.dave)
    for _ in range(2):
        running.run_export(engaged.acme, export.pk)

    assert Event.objects.filter(verb=Verb.EXPORT_FINISHED).count() == 1


def test_an_export_that_fails_says_so(engaged, monkeypatch):
    export = ask(engaged.dave)

    def burst(*arguments: object) -> None:
        raise OSError("disk full")

    monkeypatch.setitem(running.WRITERS, ExportFormat.CSV, burst)
    with pytest.raises(OSError, match="disk full"):
        running.run_export(engaged.acme, export.pk)

    export.refresh_from_db()
    assert (export.state, export.error) == (ExportState.FAILED, "OSError")
    assert Event.objects.get(verb=Verb.EXPORT_FINISHED).data == {"state": "failed"}


def test_downloads_are_on_record(engaged):
    export = ask(engaged.dave)
    with pytest.raises(exports.ExportNotReady):
        exports.download_export(export, actor=engaged.dave)
    running.run_export(engaged.acme, export.pk)
    export.refresh_from_db()

    content = exports.download_export(export, actor=engaged.dave)

    assert content.startswith(b"\xef\xbb\xbfMonth")
    event = Event.objects.get(verb=Verb.EXPORT_DOWNLOADED)
    assert (event.actor, event.export) == (engaged.dave, export)
    with pytest.raises(exports.ExportNotAllowed):
        exports.download_export(export, actor=engaged.frank)


def test_every_organizations_exports_are_found(engaged, sent):
    with tenant(engaged.globex):
        ask(engaged.mallory)
    ask(engaged.dave)
    for organization in (engaged.acme, engaged.globex):
        with tenant(organization):
            Export.objects.update(requested_at=timezone.now() - timedelta(minutes=2))

    tasks.start_waiting_exports()

    assert {organization for organization, _export in sent} == {engaged.acme.pk, engaged.globex.pk}


@pytest.mark.parametrize(
    ("first", "last", "words"),
    [
        (date(2026, 5, 1), date(2026, 10, 1), "May – Oct 2026"),
        (date(2025, 12, 1), date(2026, 1, 1), "Dec 2025 – Jan 2026"),
        (date(2026, 5, 1), date(2026, 5, 1), "May 2026"),
    ],
)
def test_a_period_in_words(first, last, words):
    assert period(first, last) == words
