"""The pages of people: who may open and do what, and that they say what went wrong."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from crowdhub.people.domain import importing, skills
from crowdhub.people.enums import ImportState, Role
from crowdhub.people.models import (
    Department,
    Group,
    GroupMembership,
    Location,
    Member,
    MemberImport,
    MemberSkill,
    RoleGrant,
    Skill,
)
from crowdhub.tenancy.context import tenant
from tests import factories
from tests.harness.outbox import run_consumers
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
    assert "has this e-mail address already" in text_of(refused)
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


def test_my_page_says_who_else_sees_my_skills(cast, as_member):
    with tenant(cast.acme):
        Member.objects.filter(pk=cast.alice.pk).update(manager=cast.carol)
    page = text_of(as_member(cast.alice).get(reverse("people:me")))

    assert "Carol, your manager" in page
    assert "HR analysts, who confirm skills (1)" in page


@pytest.mark.parametrize("page", ["me", "departments", "imports", "roles"])
def test_pages_need_few_queries(cast, as_member, page):
    _page, queries = page_and_queries(as_member(cast.erin), reverse(f"people:{page}"))

    assert len(queries) <= 8, queries


def test_my_skills_are_added_changed_and_removed(cast, as_member):
    with tenant(cast.acme):
        sewing = factories.skill("Sewing")
    client = as_member(cast.ed)

    def mine():
        with tenant(cast.acme):
            return list(MemberSkill.objects.filter(member=cast.ed).values_list("skill__name", "level"))

    client.post(reverse("people:state-skill"), {"skill": sewing.public_id, "level": "2"})
    assert mine() == [("Sewing", 2)]
    client.post(reverse("people:change-skill", args=[sewing.public_id]), {"level": "4"})
    assert mine() == [("Sewing", 4)]
    client.post(reverse("people:change-skill", args=[sewing.public_id]), {"level": "9"})
    assert mine() == [("Sewing", 4)]
    client.post(reverse("people:change-skill", args=[sewing.public_id]), {"remove": "1"})
    assert mine() == []


def test_foreign_skill_is_refused(cast, as_member):
    with tenant(cast.globex):
        foreign = factories.skill("Alchemy")
    client = as_member(cast.ed)

    added = client.post(reverse("people:state-skill"), {"skill": foreign.public_id, "level": "2"})
    changed = client.post(reverse("people:change-skill", args=[foreign.public_id]), {"level": "2"})

    assert (added.status_code, changed.status_code) == (422, 404)


def test_my_language_and_time_zone(cast, as_member):
    client = as_member(cast.ed)

    client.post(reverse("people:my-settings"), {"language": "de", "timezone": "Europe/Lisbon"})
    refused = client.post(reverse("people:my-settings"), {"language": "xx", "timezone": "Mars/Base"})

    assert refused.status_code == 422
    with tenant(cast.acme):
        assert list(Member.objects.filter(pk=cast.ed.pk).values_list("language", "timezone")) == [
            ("de", "Europe/Lisbon")
        ]


FORMS_ELSEWHERE = {  # what answers POST alone -> the page where its form stands
    "my-settings": ("me", ()),
    "state-skill": ("me", ()),
    "change-skill": ("me", ("welding",)),
    "deactivate": ("detail", ("ed",)),
    "reactivate": ("detail", ("ed",)),
    "invite": ("detail", ("ed",)),
    "change-roles": ("detail", ("ed",)),
    "confirm-skill": ("detail", ("ed", "welding")),
    "departments-delete": ("departments-one", ("sales",)),
    "skills-delete": ("skills-one", ("welding",)),
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


def test_settings_sent_after_the_session_ended_lead_back_to_the_profile(cast, as_member, visitor):
    url = reverse("people:my-settings")

    sent = visitor.post(url, {"language": "de", "timezone": "Europe/Lisbon"})
    back = as_member(cast.ed).get(url, follow=True)

    assert sent.status_code == 401
    assert f'href="/accounts/login/?next={url.replace("/", "%2F")}"' in sent.content.decode()
    assert back.redirect_chain == [(reverse("people:me"), 302)]
    assert back.status_code == 200


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
    deleted = client.post(reverse(f"people:{shelf}-delete", args=[north.public_id]))

    assert [added.status_code, again.status_code, page.status_code] == [302, 422, 200]
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


def csv(text: str) -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile("people.csv", text.encode(), content_type="text/csv")}


def work(cast) -> None:
    """Do what the workers do."""
    with tenant(cast.acme):
        run_consumers()


def test_import_from_upload_to_done(cast, as_member):
    client = as_member(cast.erin)

    uploaded = client.post(
        reverse("people:imports"),
        csv("name,email,skills\nAnn,ann@acme.example,Brazing:2\nAlice B,alice@acme.example,\n"),
    )
    reading = text_of(client.get(uploaded.url))
    work(cast)
    preview = client.get(uploaded.url)
    confirmed = client.post(
        reverse("people:import-confirm", args=[uploaded.url.split("/")[-2]]),
        {"digest": preview.context["upload"].digest},
    )
    running = text_of(client.get(confirmed.url))
    work(cast)
    done = text_of(client.get(confirmed.url))

    assert "ann@acme.example" in text_of(preview)
    assert "<del>Alice</del> <ins>Alice B</ins>" in text_of(preview)
    assert "Brazing" in text_of(preview)
    assert "New: 1. Changed: 1. Unchanged: 0." in done
    for page, label in ((reading, "Reading the file"), (running, "Importing")):
        assert "<progress" in page
        assert label in page
        assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page
        assert 'hx-trigger="every 2s"' in page
    assert all("http-equiv" not in page for page in (text_of(preview), done))


def test_import_page_refreshes_itself_and_then_shows_the_whole_result(cast, as_member):
    client = as_member(cast.erin)
    uploaded = client.post(reverse("people:imports"), csv("name,email\nAnn,ann@acme.example\n"))

    polled = client.get(uploaded.url, headers={"hx-request": "true"})
    work(cast)
    finished = client.get(uploaded.url, headers={"hx-request": "true"})

    assert text_of(polled).strip().startswith('<div id="progress"')
    assert "HX-Refresh" not in polled.headers
    assert finished.headers["HX-Refresh"] == "true"


def test_showing_a_preview_takes_few_queries_and_does_not_read_the_file(cast, as_member):
    client = as_member(cast.erin)
    uploaded = client.post(reverse("people:imports"), csv("name,email\nAnn,ann@acme.example\n"))
    work(cast)

    _page, queries = page_and_queries(client, uploaded.url)

    assert len(queries) <= 8, queries
    assert not any('"content"' in query for query in queries)


def test_preview_that_is_outdated_when_it_is_confirmed_says_so(cast, as_member):
    client = as_member(cast.erin)
    uploaded = client.post(reverse("people:imports"), csv("name,email\nAnn,ann@acme.example\n"))
    work(cast)

    response = client.post(reverse("people:import-confirm", args=[uploaded.url.split("/")[-2]]), {"digest": "0" * 64})

    assert response.status_code == 409
    assert "changed since the preview" in text_of(response)


def test_import_whose_preview_is_gone_is_read_again(cast, as_member):
    client = as_member(cast.erin)
    uploaded = client.post(reverse("people:imports"), csv("name,email\nAnn,ann@acme.example\n"))
    with tenant(cast.acme):
        MemberImport.objects.update(state=ImportState.PREVIEW, preview={})
    before = text_of(client.get(uploaded.url))

    client.post(reverse("people:import-reopen", args=[uploaded.url.split("/")[-2]]))
    work(cast)

    assert "There is no preview of this file any more." in before
    assert "ann@acme.example" in text_of(client.get(uploaded.url))


def test_limits_of_an_import_are_said_before_the_upload(cast, as_member):
    assert "at most 20 MB and 100,000 rows" in text_of(as_member(cast.erin).get(reverse("people:imports")))


def test_import_with_problems_cannot_be_confirmed(cast, as_member):
    client = as_member(cast.erin)
    uploaded = client.post(reverse("people:imports"), csv("name,email\nAnn,nonsense\nBo,bo@acme.example\n"))
    work(cast)

    page = text_of(client.get(uploaded.url))

    assert "1 problem keeps this file from being imported." in page
    assert "“nonsense” is not an e-mail address." in page
    assert "Import all of it" not in page


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("name;phone\nAnn;1\n", "missing: email"),
        ("", "empty"),
        ("name,email\n", "no rows"),
    ],
)
def test_unreadable_upload_is_refused_beside_the_field(cast, as_member, content, said):
    response = as_member(cast.erin).post(reverse("people:imports"), csv(content))

    assert response.status_code == 422
    assert said in text_of(response)


def test_latin_1_is_refused_clearly(cast, as_member):
    file = SimpleUploadedFile("people.csv", "name,email\nJürgen,j@acme.example\n".encode("latin-1"))

    response = as_member(cast.erin).post(reverse("people:imports"), {"file": file})

    assert "not UTF-8" in text_of(response)


def test_import_of_another_organization_is_not_found(cast, as_member):
    with tenant(cast.globex):
        foreign = importing.upload_members("x.csv", b"name,email\nX,x@globex.example\n", actor=cast.mallory)
    client = as_member(cast.erin)

    assert client.get(reverse("people:import", args=[foreign.public_id])).status_code == 404
    assert {
        client.post(reverse(f"people:import-{act}", args=[foreign.public_id])).status_code
        for act in ("confirm", "discard", "reopen")
    } == {404}


def test_import_is_discarded(cast, as_member):
    client = as_member(cast.erin)
    uploaded = client.post(reverse("people:imports"), csv("name,email\nAnn,ann@acme.example\n"))

    client.post(reverse("people:import-discard", args=[uploaded.url.split("/")[-2]]))

    assert "was discarded" in text_of(client.get(uploaded.url))
    with tenant(cast.acme):
        assert MemberImport.objects.get().state == ImportState.DISCARDED


def test_names_and_skills_are_escaped(cast, as_member):
    client = as_member(cast.erin)
    nasty = "<script>alert(1)</script>"
    client.post(reverse("people:skills"), {"name": nasty})
    with tenant(cast.acme):
        Member.objects.filter(pk=cast.ed.pk).update(name=nasty)

    for url in (reverse("people:skills"), reverse("people:list"), reverse("people:detail", args=[cast.ed.public_id])):
        assert nasty not in text_of(client.get(url))
