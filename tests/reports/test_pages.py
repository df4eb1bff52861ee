from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.reports.domain import exports, running
from crowdhub.reports.enums import ExportFormat, ExportKind, ExportState
from crowdhub.reports.models import Export
from crowdhub.reports.months import month_before, months_between, next_month
from crowdhub.tenancy.context import tenant
from tests.reports.working import days, idea_voted_on, last_month, staff, vote, within

MOST_QUERIES = 8
OTHERS = ["alice", "bob", "carol", "ed", "erin", "grace"]


@pytest.fixture
def export(in_acme):
    """Dave's export, done."""
    idea = idea_voted_on(in_acme)
    for department, count in ((in_acme.sales, 9), (in_acme.operations, 12), (in_acme.assembly, 3)):
        vote(idea, *staff(department, count)[:2], at=within(last_month()))
    return done_export(in_acme)


def waiting_export(cast, actor=None, file_format=ExportFormat.CSV):
    month = last_month()
    return exports.request_export(ExportKind.ENGAGEMENT, file_format, month, month, actor=actor or cast.dave)


def done_export(cast):
    export = waiting_export(cast)
    running.run_export(cast.acme, export.pk)
    export.refresh_from_db()
    return export


def form(**changes: str) -> dict[str, str]:
    month = last_month().isoformat()
    return {"first_month": month, "last_month": month, "file_format": "xlsx"} | changes


def address(name: str, export: Export) -> str:
    return reverse(name, args=[export.public_id])


def queries_of(client, url: str) -> int:
    """Fetch a page and return its number of queries, the tenant's setting and savepoints apart."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len([q for q in captured if "set_config" not in q["sql"] and "SAVEPOINT" not in q["sql"]])


def test_hr_asks_for_an_export_and_follows_it(in_acme, as_member):
    response = as_member(in_acme.dave).post(reverse("reports:list"), form())

    export = Export.objects.get()
    assert response.status_code == 302
    assert response["Location"] == address("reports:detail", export)
    assert (export.requested_by, export.file_format, export.state) == (in_acme.dave, "xlsx", ExportState.WAITING)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"last_month": "2019-01-01"}, "Select a valid choice"),
        ({"file_format": "exe"}, "Select a valid choice"),
        ({"first_month": ""}, "Choose one."),
        ({"first_month": "x'; drop"}, "Select a valid choice"),
    ],
)
def test_a_bad_request_keeps_the_form_and_says_why(in_acme, as_member, changes, words):
    response = as_member(in_acme.dave).post(reverse("reports:list"), form(**changes))

    assert response.status_code == 422
    assert words in response.content.decode()
    assert not Export.objects.exists()


def test_months_that_run_backwards_and_running_ones_are_refused(in_acme, as_member):
    client, month = as_member(in_acme.dave), last_month()

    backwards = client.post(reverse("reports:list"), form(last_month=month_before(month).isoformat()))
    running_month = client.post(reverse("reports:list"), form(last_month=next_month(month).isoformat()))

    assert "The last month is before the first one." in backwards.content.decode()
    assert (backwards.status_code, running_month.status_code) == (422, 422)


@pytest.mark.parametrize("name", OTHERS)
def test_others_are_told_that_reports_are_not_for_them(in_acme, export, as_member, name):
    client = as_member(getattr(in_acme, name))

    pages = [reverse("reports:list"), reverse("reports:preview")]
    pages += [address(page, export) for page in ("reports:detail", "reports:download")]

    assert [client.get(page).status_code for page in pages] == [403] * 4
    assert client.post(reverse("reports:list"), form()).status_code == 403


def test_auditors_read_the_log_and_nothing_else(in_acme, export, as_member):
    client = as_member(in_acme.frank)

    log = client.get(reverse("reports:list"))
    detail = client.get(address("reports:detail", export))

    assert (log.status_code, detail.status_code) == (200, 200)
    for page in (log, detail):
        assert reverse("reports:download", args=[export.public_id]) not in page.content.decode()
    assert "<form" not in log.content.decode().split("<main")[1]
    assert client.get(address("reports:download", export)).status_code == 403
    assert client.get(reverse("reports:preview")).status_code == 403
    assert client.post(reverse("reports:list"), form()).status_code == 403
    assert not Event.objects.filter(verb=Verb.EXPORT_DOWNLOADED).exists()


def test_another_organizations_export_does_not_exist(in_acme, export, as_member):
    with tenant(in_acme.globex):
        foreign = waiting_export(in_acme, in_acme.mallory)

    for member, unknown in ((in_acme.dave, foreign), (in_acme.mallory, export)):
        for page in ("reports:detail", "reports:download"):
            assert as_member(member).get(address(page, unknown)).status_code == 404
    assert export.public_id not in as_member(in_acme.mallory).get(reverse("reports:list")).content.decode()


def test_a_download_is_a_file_and_is_listed_with_who_took_it(in_acme, export, as_member):
    client = as_member(in_acme.dave)

    response = client.get(address("reports:download", export))

    assert response["Content-Type"] == "text/csv; charset=utf-8"
    assert response["Content-Disposition"] == f'attachment; filename="{export.file_name}"'
    assert "no-store" in response["Cache-Control"]
    assert response.content == bytes(export.content)
    assert Event.objects.get(verb=Verb.EXPORT_DOWNLOADED).actor == in_acme.dave
    assert "Dave (" in client.get(reverse("reports:list")).content.decode()


def test_what_is_not_finished_leads_back_to_its_progress(in_acme, as_member):
    export = waiting_export(in_acme)

    response = as_member(in_acme.dave).get(address("reports:download", export))

    assert response["Location"] == address("reports:detail", export)


def test_progress_is_polled_while_there_is_some(in_acme, as_member):
    client, export = as_member(in_acme.dave), waiting_export(in_acme)
    Export.objects.update(state=ExportState.RUNNING, progress=40)

    page = client.get(address("reports:detail", export)).content.decode()
    part = client.get(address("reports:detail", export), headers={"HX-Request": "true"}).content.decode()
    Export.objects.update(state=ExportState.DONE, progress=100)
    finished = client.get(address("reports:detail", export), headers={"HX-Request": "true"}).content.decode()

    assert 'value="40"' in page
    assert '<noscript><meta http-equiv="refresh"' in page
    assert "<html" not in part
    assert 'hx-trigger="every 2s"' in part
    assert "hx-trigger" not in finished
    assert "Download" in finished


def test_a_failed_export_says_what_to_do(in_acme, as_member):
    export = waiting_export(in_acme)
    Export.objects.update(state=ExportState.FAILED)

    assert "please ask for it again" in as_member(in_acme.dave).get(address("reports:detail", export)).content.decode()


def test_the_preview_shows_what_the_file_shows(in_acme, export, as_member):
    url = f"{reverse('reports:preview')}?first_month={last_month()}&last_month={last_month()}&measure=votes"

    page = as_member(in_acme.dave).get(url).content.decode()

    assert "hidden (&lt;5)" in page
    assert "Assembly" in page
    assert "in all departments, by month" in page


@pytest.mark.parametrize(
    "query", ["?measure=salary", "?first_month=2019-01-01", "?measure=active&first_month=&last_month="]
)
def test_a_preview_of_nonsense_is_refused(in_acme, as_member, query):
    assert as_member(in_acme.dave).get(reverse("reports:preview") + query).status_code == 422


def test_pages_say_when_there_is_nothing_yet(in_acme, as_member):
    client = as_member(in_acme.dave)

    assert "Nothing has been exported yet" in client.get(reverse("reports:list")).content.decode()
    assert "Nobody was counted" in client.get(reverse("reports:preview")).content.decode()


def test_queries_do_not_grow_with_rows_or_months(in_acme, export, as_member):
    client, month = as_member(in_acme.dave), last_month()
    client.get(address("reports:download", export))
    long = f"{reverse('reports:preview')}?first_month={next(months_between(month - days(300), month))}"
    pages = [reverse("reports:list"), reverse("reports:preview"), address("reports:detail", export)]
    pages.append(f"{long}&last_month={month}&measure=active")
    for page in pages:  # months are frozen by their first reader
        client.get(page)

    few = [queries_of(client, page) for page in pages]
    for _ in range(12):
        client.get(address("reports:download", done_export(in_acme)))
    many = [queries_of(client, page) for page in pages]

    assert few == many
    assert max(many) <= MOST_QUERIES


def test_visitors_have_to_sign_in(in_acme, export, visitor):
    for page in (reverse("reports:list"), reverse("reports:preview"), address("reports:download", export)):
        assert visitor.get(page)["Location"].startswith(reverse("account_login"))
