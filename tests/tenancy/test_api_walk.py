"""The same walk over the API: every action of every address, for everyone, with a token for each scope.

What each action owes to whom is written in api_matrix.py; an action that is not there fails the first test.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import URLPattern, URLResolver, reverse

from crowdhub.api.enums import Scope
from crowdhub.api.throttling import MemberThrottle
from crowdhub.api.tokens import create_token
from crowdhub.api.urls import version_1
from crowdhub.tenancy.context import tenant
from tests.harness import uploads
from tests.tenancy.api_matrix import ACTIONS, ELSEWHERE, FILE, Action, address_of
from tests.tenancy.scenario import CANARY, FOREIGN_RELATIONS, RELATIONS, Scenario

pytestmark = pytest.mark.django_db
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


def actions_of(patterns: list[URLPattern | URLResolver]) -> Iterator[tuple[str, str]]:
    """Yield name and method of everything that the views of these addresses can do."""
    for pattern in patterns:
        assert isinstance(pattern, URLPattern)
        if pattern.name in ELSEWHERE:
            continue
        view: Any = pattern.callback
        can = getattr(view, "actions", None) or [name.lower() for name in METHODS if hasattr(view.cls, name.lower())]
        yield from ((str(pattern.name), method.upper()) for method in can if method.upper() in METHODS)


@pytest.fixture(autouse=True)
def _nobody_asks_too_often(monkeypatch):
    monkeypatch.setattr(MemberThrottle, "allow_request", lambda *_arguments: True)


@pytest.fixture
def browsers(scenario, as_member) -> dict[str, Client]:
    made = {who: as_member(member) for who, member in scenario.members.items()}
    made["visitor"] = Client(headers={"host": "acme.localhost"})
    made["replayed"] = Client(headers={"host": "acme.localhost"})
    made["replayed"].cookies = made["foreign"].cookies
    return made


@pytest.fixture
def program(scenario) -> Callable[[str, tuple[Scope, ...]], Client]:
    """Return a program that comes with a token of these scopes, of whoever stands so to acme's things."""
    made: dict[tuple[str, tuple[Scope, ...]], Client] = {}

    def sign_in(relation: str, scopes: tuple[Scope, ...]) -> Client:
        if (relation, scopes) not in made:
            with tenant(scenario.cast.acme):
                _token, secret = create_token(scenario.members[relation], name="x", scopes=scopes, expires_at=None)
            made[relation, scopes] = Client(headers={"host": "acme.localhost", "authorization": f"Bearer {secret}"})
        return made[relation, scopes]

    return sign_in


def send(client: Client, action: Action, scenario: Scenario, *, method: str = "") -> Any:
    """Do what the action does, or try another method of its address; all effects are taken back."""
    ids = scenario.ids | {"outsider": scenario.cast.ed.public_id}
    with transaction.atomic():
        if action.body is FILE and not method:
            response: Any = client.post(address_of(action, ids), {"file": uploads.upload(b"x;y\n", "costs.csv")})
        else:
            body = "" if action.body is None or method else json.dumps(named(action.body, ids))
            response = client.generic(
                method or action.method, address_of(action, ids), body, content_type="application/json"
            )
        if response.streaming:
            response.streaming_content = [b"".join(response)]  # which closes the file
        transaction.set_rollback(True)
    return response


def named(body: Any, ids: dict[str, str]) -> Any:
    if not isinstance(body, dict):
        return body
    return {key: value.format(**ids) if isinstance(value, str) else value for key, value in body.items()}


def test_every_action_of_the_api_is_classified():
    known = {(action.name, action.method) for action in ACTIONS}
    there = set(actions_of(list(version_1)))

    assert sorted(there - known) == []
    assert sorted(known - there) == []


def test_actions_answer_each_relation_as_written(scenario, browsers):
    wrong = []
    for action in ACTIONS:
        for relation in RELATIONS:
            response = send(browsers[relation], action, scenario)
            if relation in FOREIGN_RELATIONS:
                assert CANARY.encode() not in b"".join(response), (action.in_words, relation)
            if response.status_code != action.expected(relation):
                wrong.append(
                    f"{action.in_words} as {relation}: {response.status_code}, not {action.expected(relation)}"
                )

    assert wrong == []


def test_actions_need_the_scope_that_is_written(scenario, program):
    """With the scope alone somebody who may gets what they get in a browser; with all the others they are refused."""
    wrong = []
    for action in ACTIONS:
        who, needed = action.let_in.split()[0], action.scope_needed
        without = send(program(who, tuple(other for other in Scope if other != needed)), action, scenario)
        alone = send(program(who, (needed,)), action, scenario)
        if (without.status_code, alone.status_code) != (403, action.ok):
            wrong.append(f"{action.in_words}: {without.status_code} without {needed}, {alone.status_code} with it")
        elif "lacks the scope" not in without.json()["detail"]:
            wrong.append(f"{action.in_words}: refused for another reason than the scope")

    assert wrong == []


@pytest.mark.slow
def test_methods_that_an_address_does_not_have(scenario, browsers):
    known = {(action.name, action.method) for action in ACTIONS}
    wrong = []
    for action in {action.name: action for action in ACTIONS}.values():
        for method in METHODS:
            if (action.name, method) in known:
                continue
            for relation in RELATIONS:
                response = send(browsers[relation], action, scenario, method=method)
                expected = 401 if relation in ("visitor", "replayed") else 405
                if response.status_code != expected:
                    wrong.append(f"{method} {action.name} as {relation}: {response.status_code}, not {expected}")

    assert wrong == []


def test_foreign_ids_in_filters_and_order_open_nothing(scenario, browsers):
    query = "&".join(f"{name}={value}" for name, value in scenario.ids.items())
    for action in ACTIONS:
        if action.method == "GET" and not action.names:
            address = f"{reverse(f'api:{action.name}')}?{query}&search={CANARY[:-3]}&ordering=-created_at"

            assert CANARY.encode() not in b"".join(browsers["foreign"].get(address)), action.name
