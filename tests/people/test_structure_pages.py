"""The pages of departments, locations, skills and groups."""

from __future__ import annotations

import pytest
from django.urls import reverse

from crowdhub.people.models import Department, Group, GroupMembership, Location, Skill
from crowdhub.tenancy.context import tenant


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
