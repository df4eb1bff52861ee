"""The same walk over the API: every address, every method, for everyone; acme's ids open nothing to a stranger."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from crowdhub.api.urls import version_1
from tests.tenancy.scenario import ACME_RELATIONS, CANARY, Scenario
from tests.tenancy.test_walk import ask, url_names

pytestmark = pytest.mark.django_db
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
EVERYONE = " ".join(ACME_RELATIONS)
READERS = "author colleague moderator challenge_moderator manager auditor"
READ_CASES = "moderator challenge_moderator auditor"

# Address -> what its id names, and who may read it with which answer for the others.
READ: dict[str, tuple[str, str, int]] = {
    "me": ("", EVERYONE, 404),
    "my_skills": ("", EVERYONE, 404),
    "standing": ("", EVERYONE, 404),
    "schema": ("", EVERYONE, 404),
    "ledger-list": ("", EVERYONE, 404),
    "challenge-list": ("", EVERYONE, 404),
    "challenge-detail": ("challenge", READERS, 404),
    "challenge-manager-list": ("challenge", READERS, 404),
    "challenge-moderator-list": ("challenge", READERS, 404),
    "challenge-invitation-list": ("challenge", "manager", 403),
    "idea-list": ("", EVERYONE, 404),
    "idea-detail": ("idea", READERS, 404),
    "attachment-list": ("idea", READERS, 404),
    "attachment-detail": ("idea attachment", READERS, 404),
    "attachment-file": ("idea attachment", READERS, 404),
    "idea-link-list": ("idea", READERS, 404),
    "comment-list": ("", EVERYONE, 404),
    "comment-detail": ("comment", READERS, 404),
    "member-list": ("", "administrator hr auditor", 403),
    "member-detail": ("member", EVERYONE, 404),
    "skill-list": ("", EVERYONE, 404),
    "skill-detail": ("skill", EVERYONE, 404),
    "department-list": ("", "manager other_manager administrator hr auditor", 403),
    "location-list": ("", "manager other_manager administrator hr auditor", 403),
    "group-list": ("", "manager other_manager administrator hr auditor", 403),
    "terms-list": ("", "manager other_manager", 403),
    "case-list": ("", READ_CASES, 403),
    "case-detail": ("case", READ_CASES, 403),
    "export-list": ("", "hr auditor", 403),
    "export-detail": ("export", "hr auditor", 403),
    "export-file": ("export", "hr", 403),
}
# Addresses that are only written to: what their id names. Who may is held by tests/api and the walk over pages.
WRITE = {
    "challenge-launch": "draft_challenge",
    "challenge-close": "challenge",
    "challenge-accept-terms": "challenge",
    "challenge-extend": "challenge",
    "challenge-manager-detail": "challenge manager",
    "challenge-moderator-detail": "challenge challenge_moderator",
    "challenge-invitation-detail": "challenge member",
    "idea-submit": "draft_idea",
    "idea-withdraw": "draft_idea",
    "idea-answer": "idea",
    "idea-link-detail": "idea link",
    "idea-vote": "idea",
    "idea-follow": "idea",
    "comment-helpful": "comment",
    "case-claim": "case",
    "case-decide": "case",
    "case-undo": "case",
}
# Pages beside the API, and its answer to what it does not have.
ELSEWHERE = {"docs", "not_here", "tokens", "revoke_token"}


@pytest.fixture
def browsers(scenario, as_member) -> dict[str, Client]:
    made = {who: as_member(member) for who, member in scenario.members.items()}
    made["visitor"] = Client(headers={"host": "acme.localhost"})
    made["replayed"] = Client(headers={"host": "acme.localhost"})
    made["replayed"].cookies = made["foreign"].cookies
    return made


def addresses(scenario: Scenario) -> Iterator[tuple[str, str, bool]]:
    """Yield name, address with acme's ids, and whether there is an id in it."""
    named = {name: what for name, (what, _who, _refused) in READ.items()} | WRITE
    for name, what in named.items():
        yield name, address_of(name, what, scenario), bool(what)


def address_of(name: str, what: str, scenario: Scenario) -> str:
    """Return an address: the first word says what its id names, a second one what its other argument does."""
    second = next((kind for kind in ("attachment", "link") if what.endswith(f" {kind}")), "member")
    return reverse(f"api:{name}", kwargs=dict(zip(("id", second), map(scenario.ids.get, what.split()), strict=False)))


def test_every_address_of_the_api_is_classified():
    names = set(url_names(list(version_1))) | {"tokens", "revoke_token"}

    assert sorted(names - set(READ) - set(WRITE) - ELSEWHERE) == []


def test_reading_answers_each_relation_as_written(scenario, browsers):
    wrong = []
    for name, (what, readers, refused) in READ.items():
        address = address_of(name, what, scenario)
        for relation in ACME_RELATIONS:
            status = ask(browsers[relation], "GET", address).status_code
            hidden = what == "challenge" and relation not in READERS.split()
            expected = 200 if relation in readers.split() else 404 if hidden else refused
            if status != expected:
                wrong.append(f"{name} as {relation}: {status}, not {expected}")

    assert wrong == []


def test_strangers_get_nothing_by_any_method(scenario, browsers):
    wrong = []
    for name, address, has_id in addresses(scenario):
        for method in METHODS:
            for relation, expected in (("visitor", {401}), ("replayed", {401}), ("foreign", {404, 405})):
                response = ask(browsers[relation], method, address)
                assert CANARY.encode() not in b"".join(response), (name, method, relation)
                if relation != "foreign" or has_id:
                    # A role that mallory lacks at home is refused before the id is looked at.
                    allowed = expected | ({403} if relation == "foreign" else set())
                    if response.status_code not in allowed:
                        wrong.append(f"{method} {name} as {relation}: {response.status_code}")

    assert wrong == []


def test_foreign_ids_in_filters_bodies_and_order_open_nothing(scenario, browsers):
    mallory = browsers["foreign"]
    query = (
        "&".join(f"{name}={value}" for name, value in scenario.ids.items())
        + f"&search={CANARY[:-3]}&ordering=-created_at"
    )
    for name, address, has_id in addresses(scenario):
        if not has_id:
            assert CANARY.encode() not in b"".join(mallory.get(f"{address}?{query}")), name
    bodies = [
        ("api:idea-list", {"challenge": scenario.ids["challenge"], "title": "x", "body": "y", "language": "en"}),
        ("api:comment-list", {"idea": scenario.ids["idea"], "body": "x"}),
    ]
    for name, body in bodies:
        with transaction.atomic():
            response = mallory.post(reverse(name), body, content_type="application/json")
            transaction.set_rollback(True)

        assert response.status_code in (400, 403, 404, 422), name
        assert CANARY.encode() not in response.content
