"""Who may see and do what with a challenge, page by page."""

from __future__ import annotations

import pytest
from django.test import Client

from challenges.enums import ChallengeState
from crowdhub.people.enums import Role
from crowdhub.tenancy.context import tenant
from tests import factories
from tests.challenges.shared import QUESTION, SignIn, launched, page, ready_draft
from tests.harness.cast import Cast

GETS = ["challenges:edit", "pages:preview", "challenges:discard"]
POSTS = ["launch", "reach", "discard"]
RUNNING_GETS = ["challenges:invitations", "challenges:extend", "challenges:close"]


@pytest.mark.parametrize("who", ["alice", "bob", "dave", "ed", "erin", "grace", "frank"])
def test_a_draft_does_not_exist_for_others(in_acme: Cast, as_member: SignIn, who: str) -> None:
    draft = ready_draft(in_acme)
    client = as_member(getattr(in_acme, who))

    statuses = {name: client.get(page(name, draft.public_id)).status_code for name in GETS}
    statuses |= {f"post {name}": client.post(page(f"challenges:{name}", draft.public_id)).status_code for name in POSTS}
    statuses["save"] = client.post(page("challenges:save", draft.public_id, "question"), QUESTION).status_code
    statuses["room"] = client.get(page("pages:room", draft.public_id)).status_code

    assert set(statuses.values()) == {404}
    draft.refresh_from_db()
    assert draft.state == ChallengeState.DRAFT


def test_another_manager_does_not_see_a_draft_either(in_acme: Cast, as_member: SignIn) -> None:
    draft = ready_draft(in_acme)
    other = factories.member("Olga")
    factories.grant(other, Role.MANAGER)

    assert as_member(other).get(page("challenges:edit", draft.public_id)).status_code == 404


def test_who_is_not_asked_finds_nothing(in_acme: Cast, as_member: SignIn) -> None:
    challenge = launched(in_acme)
    ed = as_member(in_acme.ed)

    statuses = {
        name: ed.get(page(name, challenge.public_id)).status_code for name in [*GETS, *RUNNING_GETS, "challenges:terms"]
    }
    statuses["withdraw"] = ed.post(
        page("challenges:withdraw", challenge.public_id, in_acme.alice.public_id)
    ).status_code
    statuses["room"] = ed.get(page("pages:room", challenge.public_id)).status_code

    assert set(statuses.values()) == {404}
    for show in ("asked", "open", "past", "managed"):
        assert challenge.title not in ed.get(page("challenges:list"), {"show": show}).content.decode()


def test_another_organization_finds_nothing(cast: Cast, as_member: SignIn) -> None:
    with tenant(cast.acme):
        challenge = launched(cast)
    mallory = as_member(cast.mallory)

    for name in [*GETS, *RUNNING_GETS, "challenges:terms"]:
        assert mallory.get(page(name, challenge.public_id)).status_code == 404
    assert mallory.post(page("challenges:close", challenge.public_id)).status_code == 404


@pytest.mark.parametrize("who", ["alice", "bob", "frank"])
def test_who_sees_a_challenge_may_not_manage_it(in_acme: Cast, as_member: SignIn, who: str) -> None:
    challenge = launched(in_acme)
    client = as_member(getattr(in_acme, who))

    for name in [*GETS, *RUNNING_GETS]:
        refused = client.get(page(name, challenge.public_id))
        assert refused.status_code == 403, name
        assert "Only the managers of this challenge may do that." in refused.content.decode()
    assert client.get(page("pages:room", challenge.public_id)).status_code == 403
    assert client.post(page("challenges:close", challenge.public_id)).status_code == 403
    assert client.get(page("challenges:terms", challenge.public_id)).status_code == 200


@pytest.mark.parametrize(
    ("who", "status"), [("carol", 200), ("alice", 403), ("erin", 403), ("bob", 403), ("dave", 403)]
)
def test_only_managers_write_challenges(in_acme: Cast, as_member: SignIn, who: str, status: int) -> None:
    client = as_member(getattr(in_acme, who))

    assert client.get(page("challenges:new")).status_code == status
    assert client.post(page("challenges:new"), QUESTION).status_code == (302 if status == 200 else 403)


def test_signed_out_is_led_to_the_sign_in(in_acme: Cast, visitor: Client) -> None:
    challenge = launched(in_acme)

    for url in (page("challenges:list"), page("challenges:new"), page("challenges:terms", challenge.public_id)):
        answer = visitor.get(url)
        assert (answer.status_code, answer["Location"].split("?")[0]) == (302, page("account_login"))
