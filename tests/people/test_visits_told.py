"""When somebody was here last is told to administrators alone; others learn whether somebody has ever signed in."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from crowdhub.people.domain import roles
from crowdhub.people.enums import Role
from crowdhub.people.models import Member
from crowdhub.tenancy.context import tenant

LIST, EXPORT = reverse("people:list"), reverse("people:export")
VISIT = "2026-02-01T09:00Z"


@pytest.fixture(autouse=True)
def _visits(cast) -> None:
    """Alice has been here, Ed has signed in and looked no further, and nobody else has come yet."""
    with tenant(cast.acme):
        Member.objects.filter(pk=cast.alice.pk).update(last_login=VISIT, last_visit_at=VISIT)
        Member.objects.filter(pk=cast.ed.pk).update(last_login=VISIT)


@pytest.fixture
def sue_in_hr(cast, sue) -> Member:
    with tenant(cast.acme):
        roles.grant_role(sue, Role.HR, actor=cast.erin)
    return sue


def names(response) -> list[str]:
    return [person.name for person, *_rest in response.context["people"]]


def told(client, person: Member) -> dict[str, str]:
    """Return what the person's page says in the rows that are about coming here."""
    page = client.get(reverse("people:detail", args=[person.public_id])).content.decode()
    rows = dict(re.findall(r"<dt>([^<]+)</dt><dd>(.*?)</dd>", page))
    return {name: rows[name] for name in ("Last visit", "Has signed in") if name in rows}


@pytest.mark.parametrize("who", ["dave", "frank", "sue_in_hr"])
def test_others_learn_whether_somebody_has_signed_in_and_not_when(cast, as_member, request, who):
    reader = request.getfixturevalue(who) if who == "sue_in_hr" else getattr(cast, who)
    client = as_member(reader)

    pages = [client.get(LIST, {"state": "", "sort": sort}) for sort in ("name", "visit", "-visit")]

    assert [told(client, person) for person in (cast.alice, cast.ed, cast.bob)] == [
        {"Has signed in": "yes"},
        {"Has signed in": "yes"},
        {"Has signed in": "not yet"},
    ]
    assert [names(page) for page in pages] == [sorted(names(pages[0]))] * 3
    for page in pages:
        text = page.content.decode()
        assert "2026-02-01" not in text
        assert "Last visit" not in text
        assert "sort=visit" not in text.partition("<thead>")[2].partition("</thead>")[0]
        shown = zip(names(page), re.findall(r'data-label="Has signed in">([^<]*)<', text), strict=True)
        assert {("Alice", "yes"), ("Ed", "yes"), ("Bob", "not yet")} <= set(shown)


def test_administrators_see_when_and_sort_by_it(cast, as_member):
    client = as_member(cast.erin)

    page = client.get(LIST, {"state": "", "sort": "visit"})

    assert names(page)[0] == "Alice"
    assert "2026-02-01" in page.content.decode()
    assert "sort=-visit" in page.content.decode()
    assert "2026-02-01" in told(client, cast.alice)["Last visit"]
    assert told(client, cast.bob) == {"Last visit": "never"}


def test_administrators_of_departments_see_it_of_their_people(cast, as_member, sue):
    client = as_member(sue)

    page = client.get(LIST, {"state": "", "sort": "-visit"})

    assert names(page)[0] == "Alice"
    assert "2026-02-01" in page.content.decode()
    assert "2026-02-01" in told(client, cast.alice)["Last visit"]


@pytest.mark.parametrize("who", ["erin", "dave"])
def test_no_file_and_no_answer_of_the_api_tells_it(cast, as_member, who):
    client = as_member(getattr(cast, who))
    file = b"".join(client.post(f"{EXPORT}?state=&sort=visit", {"file_format": "csv"})).decode()
    one = client.get(reverse("api:member-detail", args=[cast.alice.public_id])).content.decode()
    many = client.get(reverse("api:member-list")).content.decode()

    assert "Alice" in file
    assert "Alice" in one
    assert "Alice" in many
    assert all("2026-02-01" not in text and "visit" not in text for text in (file, one, many))


def test_hr_still_finds_who_has_never_signed_in(cast, as_member):
    found = names(as_member(cast.dave).get(LIST, {"state": "waiting"}))

    assert {"Alice", "Ed"}.isdisjoint(found)
    assert "Bob" in found


def test_the_works_agreement_says_so(cast, as_member):
    page = as_member(cast.frank).get(reverse("pages:agreement")).content.decode()

    assert "HR analysts and auditors see there whether somebody has ever signed in, and not when." in page
