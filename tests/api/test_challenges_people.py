"""The people of a challenge by the API: its managers, and who is invited."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from challenges.models import ChallengeManager, ChallengeModerator, Invitation
from crowdhub.api.enums import Scope
from tests import factories
from tests.api.conftest import fields_of, problem_of

pytestmark = pytest.mark.django_db


class TestManagers:
    @pytest.fixture
    def otto(self, in_acme):
        member = factories.member("Otto")
        factories.grant(member, "manager")
        return member

    def test_added_changed_and_removed(self, in_acme, api, challenge, otto):
        carol, managers = api(in_acme.carol), f"challenges/{challenge.public_id}/managers/"

        added = carol.put(f"{managers}{otto.public_id}/", {"part": "deputy"})
        changed = carol.put(f"{managers}{otto.public_id}/", {})
        listed = carol.get(managers).json()["results"]
        removed = carol.delete(f"{managers}{otto.public_id}/")

        assert added.json() == {"person": {"id": otto.public_id, "name": "Otto"}, "part": "deputy"}
        assert (changed.json()["part"], removed.status_code) == ("manager", 204)
        assert [(one["person"]["name"], one["part"]) for one in listed] == [("Carol", "manager"), ("Otto", "manager")]
        assert ChallengeManager.objects.count() == 1

    @pytest.mark.parametrize(
        ("who", "read", "write"), [("alice", 200, 403), ("bob", 200, 403), ("ed", 404, 404), ("mallory", 404, 404)]
    )
    def test_others_read_at_most(self, in_acme, api, challenge, otto, who, read, write):
        program, managers = api(getattr(in_acme, who)), f"challenges/{challenge.public_id}/managers/"

        assert program.get(managers).status_code == read
        assert problem_of(program.put(f"{managers}{otto.public_id}/", {}))[0] == write
        assert problem_of(program.delete(f"{managers}{in_acme.carol.public_id}/"))[0] == write

    def test_refusals(self, in_acme, api, challenge, otto):
        carol, managers = api(in_acme.carol), f"challenges/{challenge.public_id}/managers/"

        last = carol.delete(f"{managers}{in_acme.carol.public_id}/")
        without_role = carol.put(f"{managers}{in_acme.ed.public_id}/", {})

        assert problem_of(last) == (409, "This is the last manager: make somebody else a manager first.")
        assert last.json()["type"] == "urn:crowdhub:refusal:last-manager"
        assert problem_of(without_role)[0] == 422
        assert problem_of(carol.put(f"{managers}{in_acme.mallory.public_id}/", {}))[0] == 404
        assert problem_of(carol.delete(f"{managers}{otto.public_id}/"))[0] == 404
        assert problem_of(carol.put(f"{managers}{otto.public_id}/", {"part": "king"}))[0] == 400

    def test_a_token_needs_the_scope(self, in_acme, by_token, challenge, otto):
        address = f"challenges/{challenge.public_id}/managers/{otto.public_id}/"

        assert problem_of(by_token(in_acme.carol, Scope.WRITE).put(address, {}))[0] == 403
        assert by_token(in_acme.carol, Scope.MANAGE).put(address, {}).status_code == 200


class TestModerators:
    def test_added_twice_listed_and_removed(self, in_acme, api, challenge):
        carol, moderators = api(in_acme.carol), f"challenges/{challenge.public_id}/moderators/"
        ed = f"{moderators}{in_acme.ed.public_id}/"

        added, again = carol.put(ed), carol.put(ed)
        listed = carol.get(moderators).json()["results"]
        may = api(in_acme.ed).get("cases/").status_code
        removed = carol.delete(ed)

        assert added.json() == again.json() == {"person": {"id": in_acme.ed.public_id, "name": "Ed"}}
        assert listed == [added.json()]
        assert (added.status_code, may, removed.status_code) == (200, 200, 204)
        assert ChallengeModerator.objects.count() == 0
        assert api(in_acme.ed).get("cases/").status_code == 403

    @pytest.mark.parametrize(
        ("who", "read", "write"), [("alice", 200, 403), ("bob", 200, 403), ("ed", 404, 404), ("mallory", 404, 404)]
    )
    def test_others_read_at_most(self, in_acme, api, challenge, who, read, write):
        program, moderators = api(getattr(in_acme, who)), f"challenges/{challenge.public_id}/moderators/"
        factories.moderator(challenge, in_acme.grace)

        assert program.get(moderators).status_code == read
        assert problem_of(program.put(f"{moderators}{in_acme.dave.public_id}/"))[0] == write
        assert problem_of(program.delete(f"{moderators}{in_acme.grace.public_id}/"))[0] == write
        assert ChallengeModerator.objects.get().member == in_acme.grace

    def test_refusals(self, in_acme, api, challenge):
        carol, moderators = api(in_acme.carol), f"challenges/{challenge.public_id}/moderators/"
        guest = factories.member("Gus", kind="guest")

        everything = carol.put(f"{moderators}{in_acme.bob.public_id}/")

        assert problem_of(everything)[0] == 422
        assert everything.json()["type"] == "urn:crowdhub:refusal:moderates-everything"
        assert problem_of(carol.put(f"{moderators}{guest.public_id}/"))[0] == 422
        assert problem_of(carol.put(f"{moderators}{in_acme.mallory.public_id}/"))[0] == 404
        assert problem_of(carol.delete(f"{moderators}{in_acme.ed.public_id}/"))[0] == 404

    def test_a_token_needs_the_scope(self, in_acme, by_token, challenge):
        address = f"challenges/{challenge.public_id}/moderators/{in_acme.ed.public_id}/"

        assert problem_of(by_token(in_acme.carol, Scope.WRITE).put(address))[0] == 403
        assert by_token(in_acme.carol, Scope.MANAGE).put(address).status_code == 200

    def test_same_number_of_queries_for_one_and_three(self, in_acme, api, challenge, django_assert_num_queries):
        carol, moderators = api(in_acme.carol), f"challenges/{challenge.public_id}/moderators/"
        factories.moderator(challenge, in_acme.ed)
        carol.get(moderators)
        with CaptureQueriesContext(connection) as one:
            carol.get(moderators)
        for member in (in_acme.grace, in_acme.dave):
            factories.moderator(challenge, member)

        with django_assert_num_queries(len(one)):
            assert carol.get(moderators).json()["count"] == 3


class TestInvitations:
    def test_invited_listed_withdrawn_and_invited_again(self, in_acme, api, challenge):
        carol, invitations = api(in_acme.carol), f"challenges/{challenge.public_id}/invitations/"
        ed = f"{invitations}{in_acme.ed.public_id}/"

        invited = carol.put(ed)
        twice = carol.put(ed)
        listed = carol.get(invitations).json()["results"]
        sees_it = api(in_acme.ed).get(f"challenges/{challenge.public_id}/").status_code
        withdrawn = carol.delete(ed)
        again = carol.delete(ed)

        assert invited.json()["person"] == {"id": in_acme.ed.public_id, "name": "Ed"}
        assert invited.json()["why"] == "You are asked because a manager of this challenge chose you by name."
        assert [one["person"]["name"] for one in listed] == ["Alice", "Ed"]
        assert (sees_it, withdrawn.status_code) == (200, 204)
        assert problem_of(twice) == (422, "This person has already been invited.")
        assert problem_of(again) == (409, "This invitation has already been withdrawn.")
        assert api(in_acme.ed).get(f"challenges/{challenge.public_id}/").status_code == 404
        assert carol.put(ed).json()["withdrawn_at"] is None

    @pytest.mark.parametrize(("who", "status"), [("alice", 403), ("bob", 403), ("ed", 404), ("mallory", 404)])
    def test_others_neither_read_nor_invite(self, in_acme, api, challenge, who, status):
        program, invitations = api(getattr(in_acme, who)), f"challenges/{challenge.public_id}/invitations/"

        assert problem_of(program.get(invitations))[0] == status
        assert problem_of(program.put(f"{invitations}{in_acme.ed.public_id}/"))[0] == status
        assert problem_of(program.delete(f"{invitations}{in_acme.alice.public_id}/"))[0] == status
        assert Invitation.objects.filter(withdrawn_at=None).count() == 1

    def test_who_cannot_be_invited(self, in_acme, api, challenge):
        carol, invitations = api(in_acme.carol), f"challenges/{challenge.public_id}/invitations/"
        left = factories.member("Lars", is_active=False)

        assert problem_of(carol.put(f"{invitations}{in_acme.mallory.public_id}/"))[0] == 404
        assert problem_of(carol.put(f"{invitations}{left.public_id}/"))[0] == 422
        carol.post(f"challenges/{challenge.public_id}/close/")
        assert problem_of(carol.put(f"{invitations}{in_acme.ed.public_id}/"))[0] == 409

    def test_same_number_of_queries_for_one_and_three(self, in_acme, api, challenge, django_assert_num_queries):
        carol, invitations = api(in_acme.carol), f"challenges/{challenge.public_id}/invitations/"
        carol.get(invitations)
        with CaptureQueriesContext(connection) as one:
            carol.get(invitations)
        for member in (in_acme.ed, in_acme.bob):
            factories.invitation(challenge, member)

        with django_assert_num_queries(len(one)):
            assert carol.get(invitations).json()["count"] == 3


class TestExtending:
    def test_later_is_possible_and_earlier_is_not(self, in_acme, api, challenge):
        carol, address = api(in_acme.carol), f"challenges/{challenge.public_id}/extend/"
        later, soon = (timezone.now() + timedelta(days=days) for days in (90, 2))

        extended = carol.post(address, {"review": later.isoformat()})
        earlier = carol.post(address, {"voting": soon.isoformat()})
        beyond = carol.post(address, {"submission": (later + timedelta(days=1)).isoformat()})
        absurd = carol.post(address, {"review": "2999-12-31T23:59:59Z"})

        ends = {phase["kind"]: parse_datetime(phase["ends_at"]) for phase in extended.json()["phases"]}
        assert ends["review"] == later
        assert [problem_of(refused)[0] for refused in (earlier, beyond, absurd)] == [422, 422, 422]
        assert problem_of(carol.post(address, {"review": "9999-12-31T23:59:59Z"}))[0] == 400
        assert fields_of(earlier) == {"voting_ends_on"}
        assert carol.post(address, {}).status_code == 200

    @pytest.mark.parametrize(("who", "status"), [("alice", 403), ("bob", 403), ("ed", 404), ("mallory", 404)])
    def test_others_do_not(self, in_acme, api, challenge, who, status):
        later = (timezone.now() + timedelta(days=90)).isoformat()

        response = api(getattr(in_acme, who)).post(f"challenges/{challenge.public_id}/extend/", {"review": later})

        assert problem_of(response)[0] == status

    def test_a_token_needs_the_scope(self, in_acme, by_token, challenge):
        address = f"challenges/{challenge.public_id}/extend/"

        assert problem_of(by_token(in_acme.carol, Scope.WRITE).post(address, {}))[0] == 403
        assert by_token(in_acme.carol, Scope.MANAGE).post(address, {}).status_code == 200
