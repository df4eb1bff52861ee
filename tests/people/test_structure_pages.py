"""The pages of departments, locations, skills and groups."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from crowdhub.people.domain import structure
from crowdhub.people.models import Department, Group, GroupMembership, Location, Skill
from crowdhub.tenancy.context import tenant
from tests import factories


def text_of(response) -> str:
    return response.content.decode()


@pytest.mark.parametrize(
    ("shelf", "model"), [("departments", Department), ("locations", Location), ("skills", Skill), ("groups", Group)]
)
def test_things_are_added_renamed_and_deleted(cast, as_member, shelf, model):
    client = as_member(cast.erin)

    added = client.post(reverse(f"people:{shelf}"), {"name": "North"})
    again = client.post(reverse(f"people:{shelf}"), {"name": "north"})
    with tenant(cast.acme):
        north = model.objects.get(name="North")
    one = reverse(f"people:{shelf}-one", args=[north.public_id])
    page = client.get(one)
    renamed = client.post(one, {"name": "South"})
    asked = client.get(reverse(f"people:{shelf}-delete", args=[north.public_id]))
    deleted = client.post(reverse(f"people:{shelf}-delete", args=[north.public_id]))

    assert [added.status_code, again.status_code, page.status_code] == [302, 422, 200]
    assert "“South” is deleted for good." in text_of(asked)
    assert [renamed.status_code, deleted.status_code] == [302, 302]
    with tenant(cast.acme):
        assert not model.objects.filter(pk=north.pk).exists()


def test_department_that_is_used_is_not_deleted_and_says_why(cast, as_member):
    url = reverse("people:departments-delete", args=[cast.sales.public_id])

    response = as_member(cast.erin).post(url, follow=True)

    assert "Members belong to it. Move them first." in text_of(response)


def test_departments_are_shown_as_a_tree(cast, as_member):
    page = text_of(as_member(cast.erin).get(reverse("people:departments")))

    assert "Operations › " in page


def names_on(response) -> list[str]:
    return re.findall(r'<a href="/people/\w+/\w{10}/">([^<]+)</a>', text_of(response))


def test_five_hundred_departments_are_searched_sorted_and_paged(cast, as_member):
    with tenant(cast.acme):
        plants = factories.department("Plants")
        lines = [Department(organization=cast.acme, name=f"Line {number:03}", parent=plants) for number in range(500)]
        for line in Department.objects.bulk_create(lines):
            line.path = f"{plants.path}{line.pk}/"
            line.save(update_fields=["path"])
    erin, url = as_member(cast.erin), reverse("people:departments")

    first, second = erin.get(url), erin.get(url, {"page": "2"})
    found = erin.get(url, {"q": "line 49"})
    above = erin.get(url, {"q": "plants LINE 123"})
    largest = erin.get(url, {"sort": "-members"})
    nothing = erin.get(url, {"q": "<b>"})

    assert (len(names_on(first)), len(names_on(second))) == (50, 50)
    assert not set(names_on(first)) & set(names_on(second))
    assert names_on(found) == [line.name for line in lines if "49" in line.name]
    assert names_on(above) == ["Line 123"]
    assert names_on(largest)[0] == "Operations"
    assert 'aria-sort="descending"' in text_of(largest)
    assert "Nothing has this name" in text_of(nothing)
    assert erin.get(url, {"sort": "'", "page": "x"}).status_code == 200


def test_things_are_found_while_one_types(cast, as_member):
    headers = {"hx-request": "true", "hx-target": "found"}

    response = as_member(cast.erin).get(reverse("people:skills"), {"q": "weld"}, headers=headers)

    assert names_on(response) == ["Welding"]
    assert "<html" not in text_of(response)


@pytest.mark.parametrize("shelf", ["departments", "locations", "skills", "groups"])
def test_a_longer_list_costs_no_more_questions(cast, as_member, shelf):
    erin, url = as_member(cast.erin), reverse(f"people:{shelf}")
    named = {"locations": Location, "skills": Skill, "groups": Group}

    def questions() -> int:
        erin.get(url)
        with CaptureQueriesContext(connection) as captured:
            erin.get(url, {"q": "n", "sort": "members"})
        return len(captured)

    few = questions()
    with tenant(cast.acme):
        for number in range(70):
            if shelf == "departments":
                factories.department(f"Thing {number}")
            else:
                structure.create_named(named[shelf], cast.acme, f"Thing {number}", actor=cast.erin)

    assert questions() == few


def test_group_members_are_added_and_taken_out(cast, as_member):
    client = as_member(cast.erin)
    client.post(reverse("people:groups"), {"name": "First-aiders"})
    with tenant(cast.acme):
        group = Group.objects.get()
    add = reverse("people:group-add", args=[group.public_id])

    def members():
        with tenant(cast.acme):
            return list(GroupMembership.objects.values_list("member__name", flat=True))

    client.post(add, {"email": "Alice@acme.example"})
    assert members() == ["Alice"]
    assert client.post(add, {"email": "mallory@globex.example"}).status_code == 422
    client.post(reverse("people:group-remove", args=[group.public_id, cast.alice.public_id]))
    assert members() == []
