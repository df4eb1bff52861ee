"""The pages of people: who may open and do what, and that they say what went wrong."""

from __future__ import annotations

import pytest
from django.urls import reverse

from crowdhub.people.domain import skills
from crowdhub.people.enums import Role
from crowdhub.people.models import Member, MemberSkill, RoleGrant
from crowdhub.tenancy.context import tenant
from tests import factories
from tests.harness.queries import page_and_queries

EVERYONE = ("alice", "bob", "carol", "dave", "erin", "grace", "frank")
KEEPERS_PAGES = ("create", "imports", "departments", "locations", "skills", "groups")


def statuses(cast, as_member, url, *, method="get", data=None) -> dict[str, int]:
    return {name: getattr(as_member(getattr(cast, name)), method)(url, data).status_code for name in EVERYONE}


def may(*names: str) -> dict[str, int]:
    return {name: 200 if name in names else 403 for name in EVERYONE}


def text_of(response) -> str:
    return response.content.decode()


def test_list_is_for_administrators_hr_and_auditors(cast, as_member):
    assert statuses(cast, as_member, reverse("people:list")) == may("erin", "dave", "frank")


def test_roles_page_is_for_administrators_and_auditors(cast, as_member):
    assert statuses(cast, as_member, reverse("people:roles")) == may("erin", "frank")


@pytest.mark.parametrize("page", KEEPERS_PAGES)
def test_keepers_pages_are_for_administrators(cast, as_member, page):
    assert statuses(cast, as_member, reverse(f"people:{page}")) == may("erin")


def test_refusal_says_why(cast, as_member):
    response = as_member(cast.alice).get(reverse("people:imports"))

    assert "Only administrators of your organization may do this." in text_of(response)


@pytest.mark.parametrize("page", ["list", "me", "roles", *KEEPERS_PAGES])
def test_visitors_are_led_to_sign_in(cast, visitor, page):
    response = visitor.get(reverse(f"people:{page}"))

    assert response.status_code == 302
    assert response.url.startswith("/accounts/login/")


@pytest.mark.parametrize("members", [1, 30])
def test_list_needs_eight_queries_for_any_number_of_people(cast, as_member, members):
    with tenant(cast.acme):
        for _number in range(members):
            factories.grant(factories.member(department=cast.sales), Role.EVALUATOR)

    _page, queries = page_and_queries(as_member(cast.erin), reverse("people:list"))

    assert len(queries) <= 8, queries


def test_list_searches_filters_and_sorts(cast, as_member):
    client = as_member(cast.erin)

    def shown(**query):
        return [name for _person, name, _roles in client.get(reverse("people:list"), query).context["people"]]

    assert shown(q="ALI") == ["Alice"]
    assert shown(q="mallory") == []
    assert shown(department=cast.sales.public_id) == ["Ed"]
    assert shown(role="hr") == ["Dave"]
    assert shown(skill=cast.welding.public_id) == ["Alice"]
    assert shown(sort="-name")[:2] == ["Grace", "Frank"]
    assert shown(sort="nonsense")[0] == "Alice"
    assert shown(state="inactive") == []
    assert len(shown(department="foreign", page="99")) == 8


def test_detail_is_a_small_profile_for_colleagues(cast, as_member):
    page = text_of(as_member(cast.ed).get(reverse("people:detail", args=[cast.alice.public_id])))

    assert "Alice" in page
    assert "Assembly" in page
    assert "Welding" not in page
    assert "alice@acme.example" not in page


@pytest.mark.parametrize("name", ["alice", "carol", "dave", "erin"])
def test_skills_are_seen_by_those_who_may(cast, as_member, name):
    page = text_of(as_member(getattr(cast, name)).get(reverse("people:detail", args=[cast.alice.public_id])))

    assert "Welding" in page


def test_manager_sees_and_confirms_skills(cast, as_member):
    with tenant(cast.acme):
        Member.objects.filter(pk=cast.ed.pk).update(manager=cast.alice)
        skills.state_skill(cast.ed, cast.welding, 2)
    url = reverse("people:confirm-skill", args=[cast.ed.public_id, cast.welding.public_id])

    assert as_member(cast.alice).post(url, {"level": 2}).status_code == 302
    with tenant(cast.acme):
        assert MemberSkill.objects.get(member=cast.ed).source == "manager"


def test_confirming_is_refused_to_everyone_else(cast, as_member):
    url = reverse("people:confirm-skill", args=[cast.alice.public_id, cast.welding.public_id])

    assert statuses(cast, as_member, url, method="post", data={"level": 3}) == {
        name: 302 if name == "dave" else 403 for name in EVERYONE
    }


@pytest.mark.parametrize("page", ["detail", "edit", "deactivate", "reactivate", "invite", "change-roles"])
def test_foreign_people_are_not_found(cast, as_member, page):
    url = reverse(f"people:{page}", args=[cast.mallory.public_id])
    method = "get" if page in ("detail", "edit") else "post"

    assert {getattr(as_member(who), method)(url).status_code for who in (cast.erin, cast.alice)} == {404}


@pytest.mark.parametrize("page", ["edit", "deactivate", "reactivate", "invite", "change-roles"])
def test_keeping_the_directory_is_for_administrators(cast, as_member, page):
    url = reverse(f"people:{page}", args=[cast.ed.public_id])
    method = "get" if page == "edit" else "post"

    assert {as_member(who).generic(method.upper(), url).status_code for who in (cast.alice, cast.dave, cast.carol)} == {
        403
    }


def test_deactivated_people_are_found_by_keepers_only(cast, as_member):
    with tenant(cast.acme):
        Member.objects.filter(pk=cast.ed.pk).update(is_active=False)
    url = reverse("people:detail", args=[cast.ed.public_id])

    assert statuses(cast, as_member, url) == {
        name: 200 if name in ("dave", "erin", "frank") else 404 for name in EVERYONE
    }


def test_add_a_person(cast, as_member):
    client = as_member(cast.erin)
    entered = {"name": "Ann", "email": "ann@acme.example", "kind": "employee", "language": "de"}

    refused = client.post(reverse("people:create"), entered | {"email": "alice@acme.example"})
    done = client.post(
        reverse("people:create"),
        entered | {"department": cast.sales.public_id, "manager": "carol@acme.example", "invite": "on"},
    )

    assert refused.status_code == 422
    assert "already has this e-mail address" in text_of(refused)
    assert 'value="Ann"' in text_of(refused)
    assert done.status_code == 302
    with tenant(cast.acme):
        ann = Member.objects.get(email="ann@acme.example")
        assert (ann.department, ann.manager, ann.language) == (cast.sales, cast.carol, "de")


def test_edit_refuses_foreign_departments_and_managers(cast, as_member):
    with tenant(cast.globex):
        foreign = factories.department("Secret")
    entered = {"name": "Ed", "email": "ed@acme.example", "kind": "employee", "language": "en"}
    url = reverse("people:edit", args=[cast.ed.public_id])
    client = as_member(cast.erin)

    assert client.post(url, entered | {"department": foreign.public_id}).status_code == 422
    assert client.post(url, entered | {"manager": "mallory@globex.example"}).status_code == 422


def test_roles_are_saved_and_the_last_administrator_stays(cast, as_member):
    client = as_member(cast.erin)

    client.post(reverse("people:change-roles", args=[cast.ed.public_id]), {"roles": ["moderator", "hr"]})
    refused = client.post(reverse("people:change-roles", args=[cast.erin.public_id]), {"roles": []}, follow=True)
    unknown = client.post(reverse("people:change-roles", args=[cast.ed.public_id]), {"roles": ["king"]})

    with tenant(cast.acme):
        assert set(RoleGrant.objects.filter(member=cast.ed).values_list("role", flat=True)) == {"moderator", "hr"}
        assert RoleGrant.objects.filter(member=cast.erin, role="administrator").exists()
    assert "This is the last administrator" in text_of(refused)
    assert unknown.status_code == 422


@pytest.mark.parametrize("page", ["me", "departments", "imports", "roles"])
def test_pages_need_few_queries(cast, as_member, page):
    _page, queries = page_and_queries(as_member(cast.erin), reverse(f"people:{page}"))

    assert len(queries) <= 8, queries


FORMS_ELSEWHERE = {  # what answers POST alone -> the page where its form stands
    "my-settings": ("me", ()),
    "state-skill": ("me", ()),
    "change-skill": ("me", ("welding",)),
    "reactivate": ("detail", ("ed",)),
    "invite": ("detail", ("ed",)),
    "change-roles": ("detail", ("ed",)),
    "confirm-skill": ("detail", ("ed", "welding")),
    "import-confirm": ("import", ("ed",)),
    "import-discard": ("import", ("ed",)),
    "import-reopen": ("import", ("ed",)),
    "group-add": ("groups-one", ("ed",)),
    "group-remove": ("groups-one", ("ed", "ed")),
}


@pytest.mark.parametrize("address", FORMS_ELSEWHERE)
def test_reloading_what_answers_post_alone_leads_to_the_page_of_its_form(cast, as_member, address):
    page, names = FORMS_ELSEWHERE[address]
    ids = [getattr(cast, name).public_id for name in names]
    client = as_member(cast.erin)

    led = client.get(reverse(f"people:{address}", args=ids))

    assert led.status_code == 302
    assert led.url == reverse(f"people:{page}", args=[] if page == "me" else ids[:1])
    assert client.put(reverse(f"people:{address}", args=ids)).status_code == 405


def test_names_and_skills_are_escaped(cast, as_member):
    client = as_member(cast.erin)
    nasty = "<script>alert(1)</script>"
    client.post(reverse("people:skills"), {"name": nasty})
    with tenant(cast.acme):
        Member.objects.filter(pk=cast.ed.pk).update(name=nasty)

    for url in (reverse("people:skills"), reverse("people:list"), reverse("people:detail", args=[cast.ed.public_id])):
        assert nasty not in text_of(client.get(url))
