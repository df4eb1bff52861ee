"""Who holds which role is told by one rule, wherever one asks: the page, the list, its filter, the file, the API."""

from __future__ import annotations

import csv
import io

import pytest
from django.urls import reverse

from crowdhub.people.domain import roles
from crowdhub.people.enums import Role
from crowdhub.people.models import Member
from crowdhub.tenancy.context import tenant
from tests import factories

LIST = reverse("people:list")


@pytest.fixture
def sue(cast) -> Member:
    """Administrator of Operations alone."""
    with tenant(cast.acme):
        sue = factories.member("Sue", department=cast.sales)
        roles.grant_role(sue, Role.ADMINISTRATOR, actor=cast.erin, department=cast.operations)
    return sue


def told(client, cast, *, has_file: bool = True) -> set[str]:
    """Return where a reader learns that Bob is a moderator."""
    person = reverse("people:detail", args=[cast.bob.public_id])
    asked = {
        "page": ">Moderator<" in client.get(person).content.decode(),
        "list": 'data-label="Roles"' in client.get(LIST).content.decode(),
        "filter": [one.name for one, *_rest in client.get(LIST, {"role": "moderator"}).context["people"]] == ["Bob"],
        "api": client.get(reverse("api:member-detail", args=[cast.bob.public_id])).json()["roles"] == ["moderator"],
    }
    if has_file:
        taken = client.post(reverse("people:export") + "?role=moderator", {"file_format": "csv"})
        text = b"".join(taken).decode("utf-8-sig")
        asked["file"] = "Moderator" in text
        asked["narrowed file"] = len(list(csv.reader(io.StringIO(text)))) == 1 + 1
    return {place for place, is_told in asked.items() if is_told}


def test_hr_learns_it_nowhere(cast, as_member):
    assert told(as_member(cast.dave), cast) == set()


def test_hr_with_a_department_learns_no_more_from_the_list_of_everybody(cast, as_member):
    with tenant(cast.acme):
        roles.grant_role(cast.dave, Role.ADMINISTRATOR, actor=cast.erin, department=cast.sales)

    assert told(as_member(cast.dave), cast) == set()


@pytest.mark.parametrize("who", ["erin", "sue"])
def test_administrators_learn_it_of_whom_they_administer(cast, as_member, sue, who):
    reader = sue if who == "sue" else cast.erin

    assert told(as_member(reader), cast) == {"page", "list", "filter", "api", "file", "narrowed file"}


def test_auditors_learn_it_everywhere_but_in_a_file_that_they_cannot_take(cast, as_member):
    assert told(as_member(cast.frank), cast, has_file=False) == {"page", "list", "filter", "api"}
