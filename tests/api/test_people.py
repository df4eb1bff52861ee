from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crowdhub.people.enums import SkillSource
from crowdhub.people.models import Skill
from crowdhub.tenancy.context import tenant
from tests import factories
from tests.api.conftest import fields_of, problem_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def foreign_skill(in_acme) -> Skill:
    with tenant(in_acme.globex):
        return factories.skill("Secrets")


class TestMembers:
    @pytest.mark.parametrize("who", ["dave", "erin", "frank"])
    def test_directory_is_listed_for_those_who_keep_it(self, in_acme, api, who):
        found = api(getattr(in_acme, who)).get("members/", page_size="100").json()

        assert found["count"] == 8
        alice = found["results"][0]
        assert (alice["id"], alice["name"], alice["email"]) == (in_acme.alice.public_id, "Alice", in_acme.alice.email)
        assert alice["department"] == {"id": in_acme.assembly.public_id, "name": "Assembly"}

    @pytest.mark.parametrize("who", ["alice", "bob", "carol", "grace"])
    def test_but_not_for_others(self, in_acme, api, who):
        assert problem_of(api(getattr(in_acme, who)).get("members/"))[0] == 403

    def test_filters(self, in_acme, api):
        def names(**query):
            return [one["name"] for one in api(in_acme.erin).get("members/", **query).json()["results"]]

        assert names(department=in_acme.sales.public_id) == ["Ed"]
        assert names(search="carol@") == ["Carol"]
        assert names(is_active="false") == []
        assert names(ordering="-name", kind="employee")[:2] == ["Grace", "Frank"]
        assert names(department=in_acme.mallory.public_id) == []

    def test_same_number_of_queries_for_few_and_many(self, in_acme, api, django_assert_num_queries):
        erin = api(in_acme.erin)
        erin.get("members/")
        with CaptureQueriesContext(connection) as one:
            erin.get("members/", search="ed@acme")

        with django_assert_num_queries(len(one)):
            erin.get("members/", search="acme.example")

    def test_colleague_sees_a_small_profile(self, in_acme, api):
        found = api(in_acme.ed).get(f"members/{in_acme.alice.public_id}/").json()

        assert (found["name"], found["department"]["name"]) == ("Alice", "Assembly")
        hidden = ("email", "is_active", "joined_on", "manager", "roles", "skills")
        assert {found[name] for name in hidden} == {None}

    def test_administrator_sees_more(self, in_acme, api):
        found = api(in_acme.erin).get(f"members/{in_acme.alice.public_id}/").json()

        assert (found["email"], found["roles"]) == (in_acme.alice.email, [])
        assert [(one["skill"]["name"], one["level"]) for one in found["skills"]] == [("Welding", 4)]

    def test_manager_sees_skills_and_auditor_roles(self, in_acme, api):
        by_carol = api(in_acme.carol).get(f"members/{in_acme.alice.public_id}/").json()
        by_frank = api(in_acme.frank).get(f"members/{in_acme.bob.public_id}/").json()

        assert (len(by_carol["skills"]), by_carol["email"], by_carol["roles"]) == (1, None, None)
        assert (by_frank["skills"], by_frank["roles"]) == (None, ["moderator"])

    def test_people_elsewhere_and_people_who_left_are_not_there(self, in_acme, api):
        in_acme.ed.is_active = False
        in_acme.ed.save()

        assert problem_of(api(in_acme.alice).get(f"members/{in_acme.mallory.public_id}/"))[0] == 404
        assert problem_of(api(in_acme.mallory).get(f"members/{in_acme.alice.public_id}/"))[0] == 404
        assert problem_of(api(in_acme.alice).get(f"members/{in_acme.ed.public_id}/"))[0] == 404
        assert api(in_acme.erin).get(f"members/{in_acme.ed.public_id}/").json()["is_active"] is False

    def test_me(self, in_acme, api):
        found = api(in_acme.alice).get("me/").json()

        assert (found["name"], found["email"], found["roles"]) == ("Alice", in_acme.alice.email, [])
        assert found["scopes"] == ["read", "write", "moderate", "manage", "export"]


class TestSkills:
    def test_list_is_the_organizations_own(self, in_acme, api, foreign_skill):
        assert [one["name"] for one in api(in_acme.ed).get("skills/").json()["results"]] == ["Welding"]
        assert api(in_acme.ed).get("skills/", search="SECR").json()["count"] == 0
        assert problem_of(api(in_acme.ed).get(f"skills/{foreign_skill.public_id}/"))[0] == 404
        assert api(in_acme.ed).get(f"skills/{in_acme.welding.public_id}/").json()["name"] == "Welding"

    def test_own_list_is_replaced(self, in_acme, api):
        painting = factories.skill("Painting")
        alice = api(in_acme.alice)

        response = alice.put(
            "me/skills/",
            [{"skill": painting.public_id, "level": 2}, {"skill": in_acme.welding.public_id, "level": 5}],
        )

        found = {one["skill"]["name"]: one for one in response.json()}
        assert (found["Painting"]["level"], found["Painting"]["source"]) == (2, SkillSource.OWN_WORD)
        assert (found["Welding"]["level"], found["Welding"]["claimed_level"]) == (4, 5)
        assert alice.put("me/skills/", []).json() == []
        assert alice.get("me/skills/").json() == []

    def test_nothing_is_half_replaced(self, in_acme, api, foreign_skill):
        body = [{"skill": in_acme.welding.public_id, "level": 1}, {"skill": foreign_skill.public_id, "level": 1}]

        response = api(in_acme.alice).put("me/skills/", body)

        assert problem_of(response)[0] == 400
        assert api(in_acme.alice).get("me/skills/").json()[0]["level"] == 4

    @pytest.mark.parametrize("level", [0, 6, -1, 10**30, "x", None, 2.5])
    def test_levels_go_from_one_to_five(self, in_acme, api, level):
        response = api(in_acme.alice).put("me/skills/", [{"skill": in_acme.welding.public_id, "level": level}])

        assert problem_of(response)[0] == 400
        assert fields_of(response) == {"skills.0.level"}

    @pytest.mark.parametrize("body", [{}, None, "x", [3], [[]], [{}]])
    def test_other_shapes_are_refused(self, in_acme, api, body):
        assert problem_of(api(in_acme.alice).put("me/skills/", body))[0] == 400


class TestStructure:
    def test_departments_as_a_tree(self, in_acme, api):
        found = api(in_acme.carol).get("departments/").json()["results"]

        assert [(one["name"], one["parent"]) for one in found] == [
            ("Assembly", in_acme.operations.public_id),
            ("Operations", None),
            ("Sales", None),
        ]

    @pytest.mark.parametrize("path", ["departments/", "locations/", "groups/"])
    def test_lists_are_for_those_who_aim_or_keep(self, in_acme, api, path):
        statuses = {
            who: api(getattr(in_acme, who)).get(path).status_code
            for who in ("alice", "bob", "carol", "dave", "erin", "frank", "grace")
        }

        assert statuses == {
            "alice": 403,
            "bob": 403,
            "carol": 200,
            "dave": 200,
            "erin": 200,
            "frank": 200,
            "grace": 403,
        }

    def test_lists_are_the_organizations_own(self, in_acme, api):
        assert api(in_acme.mallory).get("departments/").json()["count"] == 0
        assert api(in_acme.erin).get("departments/", search="ale").json()["count"] == 1
