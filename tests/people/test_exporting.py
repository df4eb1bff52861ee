"""Taking the list of people away: what is in the file, who may, and that it is on record."""

from __future__ import annotations

import csv
import io

import openpyxl
import pytest
from django.urls import reverse

from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.people.domain import exporting, importing, roles
from crowdhub.people.enums import Role
from crowdhub.people.models import Location, Member
from crowdhub.tenancy.context import tenant
from tests import factories

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
        assert "Name or e-mail, Role, Account" in page
        assert "alice" not in page.lower().split("the list of people, taken away")[1]


@pytest.mark.parametrize(("query", "file_format"), [("department=foreign", "csv"), ("", "exe"), ("state=x", "csv")])
def test_what_does_not_exist_exports_nothing(cast, as_member, query, file_format):
    response = as_member(cast.erin).post(f"{EXPORT}?{query}", {"file_format": file_format}, follow=True)

    assert "Nothing was exported" in response.content.decode()
    with tenant(cast.acme):
        assert not Event.objects.filter(verb=Verb.MEMBER_EXPORTED).exists()


def test_people_of_others_are_in_no_file(cast, as_member):
    assert "Mallory" not in names(taken(as_member(cast.erin), "state="))
    assert names(taken(as_member(cast.mallory))) == ["Mallory"]
