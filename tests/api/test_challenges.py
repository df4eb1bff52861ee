from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from challenges.domain.terms import publish_terms
from challenges.models import Challenge, TermsAcceptance
from crowdhub.api.enums import Scope
from crowdhub.tenancy.context import tenant
from tests import factories
from tests.api.conftest import fields_of, problem_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(in_acme) -> Challenge:
    """Carol's draft, in which nothing is filled in."""
    made = Challenge.objects.create(organization=in_acme.acme, created_by=in_acme.carol)
    made.managers.create(organization=in_acme.acme, member=in_acme.carol)
    return made


@pytest.fixture
def foreign(in_acme) -> dict[str, str]:
    """Public ids of globex, one of everything that an audience can name."""
    with tenant(in_acme.globex):
        return {
            "skills": factories.skill("Secrets").public_id,
            "departments": factories.department("Spies").public_id,
            "included": in_acme.mallory.public_id,
            "terms": publish_terms("Ours.", actor=in_acme.mallory).public_id,
        }


def days(first: int, last: int) -> dict[str, str]:
    now = timezone.now()
    return {
        "starts_at": (now + timedelta(days=first)).isoformat(),
        "ends_at": (now + timedelta(days=last)).isoformat(),
    }


def complete(cast, **changes) -> dict:
    terms = publish_terms("What you write is yours.", actor=cast.carol)
    return {
        "title": "Less energy",
        "objective": "Save a tenth.",
        "success_measure": "The meter.",
        "visibility": "invited",
        "terms": terms.public_id,
        "phases": {"submission": days(0, 10), "voting": days(5, 15), "review": days(10, 20)},
        "audience": {"skills": [{"skill": cast.welding.public_id, "level": 3}]},
        **changes,
    }


class TestReading:
    def test_list_and_one(self, in_acme, api, challenge, draft):
        alice = api(in_acme.alice)

        listed = alice.get("challenges/").json()["results"]
        one = alice.get(f"challenges/{challenge.public_id}/").json()

        assert [found["id"] for found in listed] == [challenge.public_id]
        assert one["managers"] == [{"id": in_acme.carol.public_id, "name": "Carol"}]
        assert one["why_me"] == listed[0]["why_me"] == "Everyone in your organization is asked."
        assert (one["audience"], one["is_managed_by_me"], one["counts_are_public"]) == (None, False, False)
        assert one["answer_rate"] == {"published": 0, "answered": 0, "in_time": 0, "not_published": 0}
        assert {phase["kind"] for phase in one["phases"]} == {"submission", "voting", "review"}

    @pytest.mark.parametrize(
        ("who", "status"),
        [("carol", 200), ("bob", 200), ("frank", 200), ("ed", 404), ("dave", 404), ("erin", 404), ("mallory", 404)],
    )
    def test_challenge_for_the_invited(self, in_acme, api, challenge, who, status):
        program = api(getattr(in_acme, who))

        listed = [found["id"] for found in program.get("challenges/").json()["results"]]

        assert program.get(f"challenges/{challenge.public_id}/").status_code == status
        assert (challenge.public_id in listed) is (status == 200)

    def test_filters(self, in_acme, api, challenge, draft):
        def found(member, **query):
            return {one["id"] for one in api(member).get("challenges/", **query).json()["results"]}

        assert found(in_acme.carol, managed="true") == {challenge.public_id, draft.public_id}
        assert found(in_acme.carol, state="draft") == {draft.public_id}
        assert found(in_acme.alice, asking_me="true") == {challenge.public_id}
        assert found(in_acme.bob, asking_me="true") == set()

    def test_same_number_of_queries_for_one_and_three(self, in_acme, api, challenge, django_assert_num_queries):
        alice = api(in_acme.alice)
        alice.get("challenges/")
        with CaptureQueriesContext(connection) as one:
            alice.get("challenges/")
        for _ in range(2):
            factories.invitation(factories.challenge(in_acme.carol), in_acme.alice)

        with django_assert_num_queries(len(one)):
            assert alice.get("challenges/").json()["count"] == 3


class TestReach:
    @pytest.fixture
    def aimed(self, in_acme, api) -> str:
        """The id of Carol's draft for welders, of whom there is one."""
        return api(in_acme.carol).post("challenges/", complete(in_acme)).json()["id"]

    def test_it_tells_what_the_page_tells(self, in_acme, api, as_member, aimed):
        reach = api(in_acme.carol).get(f"challenges/{aimed}/reach/").json()

        page = as_member(in_acme.carol).get(f"/challenges/{aimed}/edit/audience/").content.decode()
        alice = {"id": in_acme.alice.public_id, "name": "Alice"}
        assert (reach["count"], reach["expected_answers"], reach["asked_often_count"]) == (1, 0.1, 0)
        assert reach["sample"] == [{"person": alice, "department": "Assembly"}]
        assert reach["departments"] == [{"name": "Assembly", "count": 1}]
        assert reach["coverage"] == [
            {
                "skill": {"id": in_acme.welding.public_id, "name": "Welding"},
                "level": 3,
                "holders": 1,
                "expected_answers": 0.1,
                "is_thin": True,
            }
        ]
        (warning,) = reach["warnings"]
        assert warning["code"] == "thin_coverage"
        assert "1 person</strong><br>" in page
        assert "expect fewer than three answers" in page

    def test_nobody_is_a_warning(self, in_acme, api, draft):
        reach = api(in_acme.carol).get(f"challenges/{draft.public_id}/reach/").json()

        assert (reach["count"], reach["sample"]) == (0, [])
        assert [warning["code"] for warning in reach["warnings"]] == ["nobody"]

    @pytest.mark.parametrize("who", ["alice", "bob", "dave", "erin", "frank", "mallory"])
    def test_it_is_for_the_managers_of_the_draft(self, in_acme, api, aimed, who):
        assert problem_of(api(getattr(in_acme, who)).get(f"challenges/{aimed}/reach/"))[0] == 404

    def test_a_launched_challenge_has_none(self, in_acme, api, challenge):
        for who in (in_acme.carol, in_acme.alice):
            assert problem_of(api(who).get(f"challenges/{challenge.public_id}/reach/"))[0] == 404

    def test_a_token_for_reading_is_enough(self, in_acme, by_token, aimed):
        assert by_token(in_acme.carol, Scope.READ).get(f"challenges/{aimed}/reach/").status_code == 200


class TestManaging:
    def test_written_and_launched(self, in_acme, api):
        carol = api(in_acme.carol)

        made = carol.post("challenges/", complete(in_acme))
        launched = carol.post(f"challenges/{made.json()['id']}/launch/")

        assert (made.status_code, launched.status_code) == (201, 200)
        assert made.json()["audience"]["skills"] == [
            {"skill": {"id": in_acme.welding.public_id, "name": "Welding"}, "level": 3}
        ]
        assert launched.json()["state"] == "launched"
        assert problem_of(carol.post(f"challenges/{made.json()['id']}/launch/"))[0] == 409
        assert problem_of(carol.patch(f"challenges/{made.json()['id']}/", {"title": "Other"}))[0] == 409

    def test_all_that_stands_in_the_way_is_listed(self, in_acme, api, draft):
        response = api(in_acme.carol).post(f"challenges/{draft.public_id}/launch/")

        assert problem_of(response)[0] == 422
        assert {"title", "objective", "success_measure", "everyone", "terms"} <= fields_of(response)
        draft.refresh_from_db()
        assert draft.state == "draft"

    def test_what_is_left_out_stays(self, in_acme, api, draft):
        carol = api(in_acme.carol)
        carol.patch(f"challenges/{draft.public_id}/", complete(in_acme))

        changed = carol.patch(f"challenges/{draft.public_id}/", {"title": "Even less", "phases": {"voting": None}})

        assert changed.status_code == 200
        assert changed.json()["objective"] == "Save a tenth."
        assert [phase["kind"] for phase in changed.json()["phases"]] == ["submission", "review"]
        assert len(changed.json()["audience"]["skills"]) == 1

    def test_nothing_is_half_saved(self, in_acme, api):
        body = complete(in_acme, phases={"submission": days(5, 1)})

        response = api(in_acme.carol).post("challenges/", body)

        assert problem_of(response)[0] == 422
        assert not Challenge.objects.exists()

    def test_a_stale_version_is_a_conflict(self, in_acme, api, draft):
        carol, address = api(in_acme.carol), f"challenges/{draft.public_id}/"
        known = carol.patch(address, complete(in_acme)).json()["version"]

        hers = carol.patch(address, {"title": "Hers", "version": known})
        refused = carol.patch(address, {"title": "Mine", "objective": "x", "version": known})
        elsewhere = carol.patch(address, {"objective": "Less.", "version": known})
        unchecked = carol.post(f"{address}launch/", {"version": known})

        assert (hers.status_code, hers.json()["version"], elsewhere.json()["version"]) == (200, known + 1, known + 2)
        assert problem_of(refused) == (409, "This draft was saved elsewhere in the meantime.")
        assert refused.json()["type"] == "urn:crowdhub:refusal:draft-conflict"
        assert problem_of(unchecked)[0] == 409
        draft.refresh_from_db()
        assert (draft.title, draft.objective, draft.state) == ("Hers", "Less.", "draft")
        assert carol.post(f"{address}launch/", {"version": known + 2}).status_code == 200

    @pytest.mark.parametrize("who", ["alice", "bob", "dave", "erin"])
    def test_others_do_not_write_challenges(self, in_acme, api, who):
        response = api(getattr(in_acme, who)).post("challenges/", {"title": "Mine"})

        assert problem_of(response) == (403, "Only challenge managers may write challenges.")

    @pytest.mark.parametrize(("who", "status"), [("alice", 403), ("bob", 403), ("ed", 404), ("mallory", 404)])
    @pytest.mark.parametrize("action", ["launch/", "close/", ""])
    def test_others_do_not_manage_it(self, in_acme, api, challenge, who, status, action):
        program = api(getattr(in_acme, who))
        address = f"challenges/{challenge.public_id}/{action}"

        response = program.post(address) if action else program.patch(address, {"title": "Mine"})

        assert problem_of(response)[0] == status
        challenge.refresh_from_db()
        assert (challenge.title, challenge.state) == ("Less energy at night", "launched")

    def test_another_manager_does_not_see_a_draft(self, in_acme, api, draft):
        factories.grant(in_acme.ed, "manager")

        assert problem_of(api(in_acme.ed).get(f"challenges/{draft.public_id}/"))[0] == 404
        assert problem_of(api(in_acme.ed).delete(f"challenges/{draft.public_id}/"))[0] == 404

    def test_draft_is_discarded(self, in_acme, api, draft, challenge):
        carol = api(in_acme.carol)

        assert carol.delete(f"challenges/{draft.public_id}/").status_code == 204
        assert problem_of(carol.delete(f"challenges/{challenge.public_id}/"))[0] == 409
        assert list(Challenge.objects.all()) == [challenge]

    def test_challenge_is_closed_once(self, in_acme, api, challenge):
        carol = api(in_acme.carol)

        assert carol.post(f"challenges/{challenge.public_id}/close/").json()["state"] == "closed"
        assert problem_of(carol.post(f"challenges/{challenge.public_id}/close/"))[0] == 409

    @pytest.mark.parametrize(
        ("name", "field"),
        [
            ("skills", "audience.skills.0"),
            ("departments", "audience.departments.0"),
            ("included", "audience.included.0"),
            ("terms", "terms"),
        ],
    )
    def test_foreign_ids_are_unknown(self, in_acme, api, draft, foreign, name, field):
        named = [{"skill": foreign[name], "level": 1}] if name == "skills" else [foreign.get(name)]
        body = {"terms": foreign["terms"]} if name == "terms" else {"audience": {name: named}}

        response = api(in_acme.carol).patch(f"challenges/{draft.public_id}/", body)

        assert problem_of(response)[0] == 400
        assert fields_of(response) == {field}
        assert not draft.audience.exists()


class TestTerms:
    def test_versions_are_for_managers(self, in_acme, api, foreign):
        version = publish_terms("Yours.", actor=in_acme.carol)

        listed = api(in_acme.carol).get("terms/").json()["results"]

        assert [found["id"] for found in listed] == [version.public_id]
        assert problem_of(api(in_acme.alice).get("terms/"))[0] == 403

    @pytest.mark.parametrize(("who", "status"), [("alice", 204), ("bob", 403), ("ed", 404), ("mallory", 404)])
    def test_whoever_is_asked_accepts_them(self, in_acme, api, challenge, who, status):
        challenge.terms = publish_terms("Yours.", actor=in_acme.carol)
        challenge.save()

        response = api(getattr(in_acme, who)).put(f"challenges/{challenge.public_id}/terms/")

        assert response.status_code == status
        assert TermsAcceptance.objects.count() == (1 if status == 204 else 0)

    def test_submission_waits_for_them(self, in_acme, api, challenge):
        challenge.terms = publish_terms("Yours.", actor=in_acme.carol)
        challenge.save()
        alice = api(in_acme.alice)
        made = alice.post("ideas/", {"challenge": challenge.public_id, "title": "A", "body": "B"}).json()

        refused = alice.post(f"ideas/{made['id']}/submit/")
        alice.put(f"challenges/{challenge.public_id}/terms/")

        assert problem_of(refused)[0] == 409
        assert refused.json()["type"] == "urn:crowdhub:refusal:terms-not-accepted"
        assert alice.post(f"ideas/{made['id']}/submit/").status_code == 200
