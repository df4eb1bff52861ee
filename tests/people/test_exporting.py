"""Taking the list of people away: what is in the file, who may, and that it is on record."""

from __future__ import annotations

import csv
import io
import re
from datetime import date

import openpyxl
import pytest
from django.urls import reverse

from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.people.domain import exporting, importing, roles
from crowdhub.people.enums import Role
from crowdhub.people.models import Location, Member
from crowdhub.reports import views
from crowdhub.reports.domain.exports import request_export
from crowdhub.reports.enums import ExportKind
from crowdhub.tenancy.context import tenant
from tests import factories
from tests.harness.queries import page_and_queries

pytestmark = pytest.mark.django_db
EXPORT = reverse("people:export")


def taken(client, query: str = "", file_format: str = "csv"):
    response = client.post(f"{EXPORT}?{query}", {"file_format": file_format})
    assert response.status_code == 200, response.status_code
    return response


def lines(response) -> list[list[str]]:
    return list(csv.reader(io.StringIO(b"".join(response).decode("utf-8-sig"))))


def names(response) -> list[str]:
    return [line[0] for line in lines(response)[1:]]


def test_file_says_what_the_directory_says(cast, as_member):
    with tenant(cast.acme):
        berlin = Location.objects.create(organization=cast.acme, name="Berlin")
        Member.objects.filter(pk=cast.alice.pk).update(location=berlin, manager=cast.carol, joined_on="2020-02-01")
        roles.grant_role(cast.alice, Role.ADMINISTRATOR, actor=cast.erin, department=cast.assembly)

    response = taken(as_member(cast.erin), "q=alice")

    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"].startswith('attachment; filename="people_')
    assert lines(response) == [
        ["name", "email", "department", "location", "manager", "language", "kind", "roles", "account", "joined_on"],
        [
            "Alice",
            "alice@acme.example",
            "Operations > Assembly",
            "Berlin",
            "carol@acme.example",
            "en",
            "employee",
            "Administrator of Assembly",
            "active",
            "2020-02-01",
        ],
    ]


def test_filters_of_the_list_narrow_the_file(cast, as_member):
    client = as_member(cast.dave)

    assert names(taken(as_member(cast.erin), "role=hr")) == ["Dave"]
    assert names(taken(client, f"department={cast.operations.public_id}&q=a")) == ["Alice"]
    assert len(names(taken(client))) == 8


def test_pieces_follow_each_other_without_a_gap(cast, as_member, monkeypatch):
    monkeypatch.setattr(exporting, "CHUNK", 3)

    assert names(taken(as_member(cast.erin))) == ["Alice", "Bob", "Carol", "Dave", "Ed", "Erin", "Frank", "Grace"]


def test_a_department_that_is_added_while_the_file_is_sent_is_in_it(cast, monkeypatch):
    monkeypatch.setattr(exporting, "CHUNK", 3)
    with tenant(cast.acme):
        everyone = Member.objects.filter(erased_at=None)
        pieces = exporting.csv_lines(exporting.begin_export(everyone, {}, exporting.CSV, actor=cast.erin))
    begun = next(pieces) + next(pieces)
    with tenant(cast.acme):
        Member.objects.filter(pk=cast.grace.pk).update(department=factories.department("North", parent=cast.sales))

    rest = "".join(pieces)

    assert "Alice" in begun
    assert "Grace,grace@acme.example,Sales > North," in rest


def test_a_department_that_is_gone_before_its_path_is_read_is_named(cast, as_member, monkeypatch):
    monkeypatch.setattr(exporting, "departments_as_tree", list)

    assert ["Alice", "alice@acme.example", "Assembly"] in [line[:3] for line in lines(taken(as_member(cast.erin)))]


def test_workbook_holds_the_same(cast, as_member):
    client = as_member(cast.erin)

    response = taken(client, file_format="xlsx")
    book = openpyxl.load_workbook(io.BytesIO(b"".join(response)))

    rows = [[cell or "" for cell in row] for row in book.active.iter_rows(values_only=True)]
    assert rows == lines(taken(client))


@pytest.mark.parametrize("name", ["=1+1", "@cmd", " +x", "a;=b", "-2"])
def test_no_name_runs_as_a_formula(cast, as_member, name):
    with tenant(cast.acme):
        Member.objects.filter(pk=cast.alice.pk).update(name=name)

    [[shown, *_rest]] = [line for line in lines(taken(as_member(cast.erin))) if line[1] == "alice@acme.example"]

    assert shown != name
    assert shown.replace("'", "") == name


def test_file_can_be_imported_again_and_changes_nothing(cast, as_member):
    content = b"".join(taken(as_member(cast.erin)))

    with tenant(cast.acme):
        upload = importing.upload_members("people.csv", content, actor=cast.erin)
        plan = importing.plan_of(upload)

    assert (plan.problems, plan.new, plan.changed, plan.unchanged_count) == ([], [], [], 8)


@pytest.mark.parametrize("name", ["alice", "bob", "carol", "frank", "grace"])
def test_others_may_not(cast, as_member, name):
    assert as_member(getattr(cast, name)).post(EXPORT, {"file_format": "csv"}).status_code == 403
    with tenant(cast.acme):
        assert not Event.objects.filter(verb=Verb.MEMBER_EXPORTED).exists()


def test_limited_administrators_take_their_people_alone(cast, as_member):
    with tenant(cast.acme):
        sue = factories.member("Sue", department=cast.sales)
        roles.grant_role(sue, Role.ADMINISTRATOR, actor=cast.erin, department=cast.assembly)

    assert names(taken(as_member(sue))) == ["Alice"]


def test_it_is_on_record_without_names_or_words(cast, as_member):
    taken(as_member(cast.dave), f"q=alice&department={cast.operations.public_id}&sort=-email")

    with tenant(cast.acme):
        event = Event.objects.get(verb=Verb.MEMBER_EXPORTED)
        assert (event.actor, event.member) == (cast.dave, cast.dave)
    assert event.data == {
        "format": "csv",
        "count": 1,
        "filters": {"words": True, "department": cast.operations.pk, "state": "active"},
    }


def test_auditors_and_hr_read_that_record(cast, as_member):
    b"".join(taken(as_member(cast.erin), "q=alice&role=hr", file_format="xlsx"))

    for reader in (cast.frank, cast.dave):
        page = as_member(reader).get(reverse("reports:list")).content.decode()
        assert "Erin" in page
        assert "XLSX" in page
        assert "Name or e-mail, Account, Role" in page
        assert "alice" not in page.lower().split("exports of the list of people")[1]


def test_that_record_is_read_to_its_beginning(cast, as_member):
    with tenant(cast.acme):
        for number in range(1, 46):
            data = {"format": "csv", "count": number, "filters": {}}
            record(Verb.MEMBER_EXPORTED, subject=cast.erin, actor=cast.erin, data=data)
    client = as_member(cast.frank)

    pages = [client.get(reverse("reports:list"), {"taken": number, "page": "9"}) for number in (1, 2, 3, 99)]

    counts = [[int(one.count) for one in page.context["directory_exports"]] for page in pages]
    assert counts == [list(range(45, 25, -1)), list(range(25, 5, -1)), [5, 4, 3, 2, 1], [5, 4, 3, 2, 1]]
    assert 'href="?taken=3#directory"' in pages[1].content.decode()


def test_both_lists_of_the_record_keep_the_page_of_the_other(cast, as_member, monkeypatch):
    monkeypatch.setattr(views, "EXPORTS_PER_PAGE", 1)
    with tenant(cast.acme):
        for month in (1, 2, 3):
            exporting.begin_export(Member.objects.all(), {}, "csv", actor=cast.erin)
            first = date(2026, month, 1)
            request_export(
                ExportKind.ENGAGEMENT, first_month=first, last_month=first, file_format="csv", actor=cast.dave
            )

    page = as_member(cast.frank).get(reverse("reports:list"), {"taken": 2, "page": 2}).content.decode()

    assert re.findall(r'href="([^"]*(?:taken|page)=[^"]*)"', page) == [
        "?taken=2&amp;page=1#exports",
        "?taken=2&amp;page=3#exports",
        "?page=2&amp;taken=1#directory",
        "?page=2&amp;taken=3#directory",
    ]


@pytest.mark.parametrize("count", [1, 30])
def test_that_record_needs_few_queries(cast, as_member, count):
    with tenant(cast.acme):
        for _number in range(count):
            exporting.begin_export(Member.objects.all(), {}, "csv", actor=cast.erin)

    _page, queries = page_and_queries(as_member(cast.dave), reverse("reports:list"))

    assert len(queries) <= 8, queries


@pytest.mark.parametrize(("query", "file_format"), [("department=foreign", "csv"), ("", "exe"), ("state=x", "csv")])
def test_what_does_not_exist_exports_nothing(cast, as_member, query, file_format):
    response = as_member(cast.erin).post(f"{EXPORT}?{query}", {"file_format": file_format}, follow=True)

    assert "Nothing was exported" in response.content.decode()
    with tenant(cast.acme):
        assert not Event.objects.filter(verb=Verb.MEMBER_EXPORTED).exists()


def test_people_of_others_are_in_no_file(cast, as_member):
    assert "Mallory" not in names(taken(as_member(cast.erin), "state="))
    assert names(taken(as_member(cast.mallory))) == ["Mallory"]
