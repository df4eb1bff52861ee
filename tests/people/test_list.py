"""The list of people: the same cost for few and many, places that are addresses, and what htmx gets of it."""

from __future__ import annotations

import re
from functools import partial

import pytest
from django.urls import reverse

from crowdhub.common.keyset import counted
from crowdhub.people import queries
from crowdhub.people.domain import roles, skills
from crowdhub.people.enums import Role
from crowdhub.people.models import Group, GroupMembership, Location, Member
from crowdhub.people.views import directory
from crowdhub.tenancy.context import tenant
from tests import factories
from tests.harness.queries import page_and_queries

pytestmark = pytest.mark.django_db
LIST = reverse("people:list")


@pytest.fixture
def client(cast, as_member):
    return as_member(cast.erin)


def fill(cast, count: int) -> None:
    with tenant(cast.acme):
        for number in range(count):
            factories.grant(factories.member(f"Person {number:03}", department=cast.sales), Role.EVALUATOR)


def names(response) -> list[str]:
    return [name for _person, name, _roles in response.context["people"]]


SEARCHES = [
    {},
    {"q": "person"},
    {"q": "pe"},
    {"sort": "department"},
    {"sort": "-visit", "state": ""},
    {"department": "sales", "q": "person", "role": "evaluator"},
]


@pytest.mark.parametrize("search", SEARCHES, ids=str)
def test_few_and_many_cost_the_same_queries(cast, client, search):
    search = search | ({"department": cast.sales.public_id} if "department" in search else {})
    counts = []
    for _round in range(2):
        fill(cast, 60)
        counts.append(len(page_and_queries(client, LIST, search)[1]))

    assert counts[0] == counts[1]
    assert counts[1] <= 8


@pytest.mark.parametrize("sort", ["name", "-name", "email", "-email", "department", "-department", "visit", "-visit"])
def test_every_order_is_walked_to_its_end_and_back(cast, client, sort, monkeypatch):
    monkeypatch.setattr(directory, "PER_PAGE", 7)
    fill(cast, 20)
    with tenant(cast.acme):
        Member.objects.filter(name__endswith="5").update(last_visit_at="2026-02-01T00:00Z", department=None)

    def walk(key: str, place: str) -> list[list[str]]:
        pages = []
        while True:
            response = client.get(LIST, {"sort": sort} | ({key: place} if place else {}))
            pages.append(names(response))
            page = response.context["page"]
            place = page.after if key == "after" else page.before
            if not place:
                return pages
            last.append(page)

    last = []
    forwards = walk("after", "")
    assert sorted(name for page in forwards for name in page) == sorted(
        [f"Person {number:03}" for number in range(20)]
        + ["Alice", "Bob", "Carol", "Dave", "Ed", "Erin", "Frank", "Grace"]
    )
    end = client.get(LIST, {"sort": sort, "after": last[-1].after})
    assert walk("before", end.context["page"].before)[::-1] == forwards[:-1]


def test_people_without_a_department_or_a_visit_come_last_in_either_direction(cast, client):
    with tenant(cast.acme):
        factories.member("Nowhere")
        Member.objects.filter(pk=cast.ed.pk).update(last_visit_at="2026-02-01T00:00Z")

    assert [names(client.get(LIST, {"sort": sort}))[-1] for sort in ("department", "-department")] == ["Nowhere"] * 2
    assert [names(client.get(LIST, {"sort": sort}))[0] for sort in ("visit", "-visit")] == ["Ed"] * 2


def test_sorted_column_is_told(client):
    page = client.get(LIST, {"sort": "-email"}).content.decode()

    assert re.search(r'<th scope="col" aria-sort="descending"><a href="\?sort=email">E-mail</a>', page)
    assert page.count("aria-sort") == 1


def test_each_filter_narrows(cast, client):
    with tenant(cast.acme):
        berlin = Location.objects.create(organization=cast.acme, name="Berlin")
        group = Group.objects.create(organization=cast.acme, name="Green")
        GroupMembership.objects.create(organization=cast.acme, group=group, member=cast.bob)
        Member.objects.filter(pk=cast.ed.pk).update(location=berlin)
        Member.objects.filter(pk=cast.alice.pk).update(last_login="2026-01-01T00:00Z")
        Member.objects.filter(pk=cast.carol.pk).update(is_active=False)

    assert names(client.get(LIST, {"location": berlin.public_id})) == ["Ed"]
    assert names(client.get(LIST, {"group": group.public_id})) == ["Bob"]
    assert names(client.get(LIST, {"state": "inactive"})) == ["Carol"]
    assert names(client.get(LIST, {"state": "waiting"})) == ["Bob", "Dave", "Ed", "Frank", "Grace"]
    assert len(names(client.get(LIST, {"state": ""}))) == 8
    assert names(client.get(LIST, {"state": "nonsense"})) == ["Alice", "Bob", "Dave", "Ed", "Erin", "Frank", "Grace"]


@pytest.mark.parametrize("name", ["erin", "dave"])
def test_who_sees_everybodys_skills_may_look_for_one(cast, as_member, name):
    response = as_member(getattr(cast, name)).get(LIST, {"skill": cast.welding.public_id})

    assert names(response) == ["Alice"]
    assert 'name="skill"' in response.content.decode()


def test_auditors_cannot_find_out_by_the_list_who_has_a_skill(cast, as_member):
    response = as_member(cast.frank).get(LIST, {"skill": cast.welding.public_id})

    assert len(names(response)) == 8
    assert 'name="skill"' not in response.content.decode()


def test_limited_administrators_look_for_skills_among_their_own_but_not_when_they_audit(cast, as_member, sue):
    with tenant(cast.acme):
        skills.state_skill(sue, cast.welding, 2)
    search = {"skill": cast.welding.public_id}
    assert names(as_member(sue).get(LIST, search)) == ["Alice"]

    with tenant(cast.acme):
        factories.grant(sue, Role.AUDITOR)

    assert len(names(as_member(sue).get(LIST, search))) == 9
    file = b"".join(as_member(sue).post(f"{reverse('people:export')}?skill={search['skill']}", {"file_format": "csv"}))
    assert file.count(b"@acme.example,") >= 9


@pytest.mark.parametrize("place", [{"after": "x"}, {"before": "e30:forged"}, {"after": "\0"}])
def test_a_forged_place_shows_the_beginning(client, place):
    assert names(client.get(LIST, place))[:2] == ["Alice", "Bob"]


def test_many_are_counted_only_so_far(client, monkeypatch):
    monkeypatch.setattr(queries, "counted", partial(counted, up_to=5))
    monkeypatch.setattr(queries, "COUNTED_WITH_WORDS", 3)

    assert "More than 5 people found." in client.get(LIST).content.decode()


def test_htmx_gets_the_found_part_and_the_count_and_pushes_a_clean_address(client):
    headers = {"hx-request": "true", "hx-target": "found"}

    response = client.get(LIST, {"q": "ali", "department": "", "state": "active", "after": "x"}, headers=headers)

    text = response.content.decode()
    assert "<html" not in text
    assert "Alice" in text
    assert re.search(r'id="count" hx-swap-oob="innerHTML">\s*1 person found\.', text)
    assert response.headers["HX-Push-Url"] == "/people/?q=ali&state=active"


def test_the_page_says_how_to_look_on_when_nobody_fits(client):
    page = client.get(LIST, {"q": "xyzxyz"}).content.decode()

    assert "Nobody matches this search" in page
    assert "Clear the filter" in page


def test_a_group_of_many_is_shown_in_pages_and_searched(cast, client):
    with tenant(cast.acme):
        group = Group.objects.create(organization=cast.acme, name="All")
    url = reverse("people:groups-one", args=[group.public_id])
    counts = []
    for _round in range(2):
        fill(cast, 60)
        with tenant(cast.acme):
            inside = GroupMembership.objects.values("member")
            for person in Member.objects.exclude(pk__in=inside):
                GroupMembership.objects.create(organization=cast.acme, group=group, member=person)
        page, queries = page_and_queries(client, url)
        counts.append(len(queries))

    assert counts[0] == counts[1] <= 8
    assert "128 people" in page
    assert page.count("Remove") == 50
    after = client.get(url).context["page"].after
    assert client.get(url, {"after": after}).content.decode().count("Remove") == 50
    assert client.get(url, {"q": "alice"}).content.decode().count("Remove") == 1
    assert "Nobody in this group matches this search" in client.get(url, {"q": "xyzxyz"}).content.decode()


def test_roles_of_many_are_shown_in_part(cast, client):
    fill(cast, 60)

    page, queries = page_and_queries(client, reverse("people:roles"))

    assert "61 people" in page
    assert "?role=evaluator&amp;state=" in page
    assert page.count("Person 0") <= 2 * 50
    assert len(queries) <= 8


def test_members_limited_to_departments_search_among_their_own(cast, as_member):
    with tenant(cast.acme):
        sue = factories.member("Sue", department=cast.sales)
        roles.grant_role(sue, Role.ADMINISTRATOR, actor=cast.erin, department=cast.operations)

    shown = names(as_member(sue).get(LIST, {"q": "acme.example"}))

    assert "Alice" in shown
    assert "Ed" not in shown


def test_a_phone_shows_what_tells_people_apart_and_what_sorts(cast, client):
    with tenant(cast.acme):
        Member.objects.filter(pk=cast.ed.pk).update(is_active=False)

    text = client.get(LIST, {"state": ""}).content.decode()
    row = next(row for row in text.split("<tr>") if ">Ed<" in row)

    assert re.findall(r'<td class="only-wide" data-label="([^"]+)"', row) == ["Roles", "Last visit"]
    assert '<td data-label="E-mail">ed@acme.example' in row
    assert "Tick: Ed, ed@acme.example" in row
    assert '<td data-label="Department">Sales' in row
    assert "Deactivated" in row
    assert re.findall(r'<th scope="col"[^>]*><a href="\?[^"]*sort=-?(\w+)"', text) == [
        "name",
        "email",
        "department",
        "visit",
    ]
