"""The people of a challenge by the API: its managers."""

from __future__ import annotations

import pytest

from challenges.models import ChallengeManager
from crowdhub.api.enums import Scope
from tests import factories
from tests.api.conftest import problem_of

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
