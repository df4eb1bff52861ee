from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from challenges.models import Challenge
from crowdhub.api.enums import Scope
from crowdhub.api.tokens import create_token
from crowdhub.people.models import Member
from crowdhub.tenancy.context import tenant
from ideas.models import Idea
from tests import factories

API = "/api/v1/"


@dataclass
class Api:
    """A program that talks to the API; paths are below /api/v1/."""

    client: Client

    def get(self, path: str, **query: Any):
        return self.client.get(API + path, query)

    def post(self, path: str, body: Any = None):
        return self._send("POST", path, body)

    def patch(self, path: str, body: Any = None):
        return self._send("PATCH", path, body)

    def put(self, path: str, body: Any = None):
        return self._send("PUT", path, body)

    def delete(self, path: str):
        return self._send("DELETE", path, None)

    def _send(self, method: str, path: str, body: Any):
        data = "" if body is None else json.dumps(body)
        return self.client.generic(method, API + path, data, content_type="application/json")


@pytest.fixture
def challenge(in_acme) -> Challenge:
    """Carol's challenge for the invited, to which Alice is invited; all phases are open."""
    made = factories.challenge(in_acme.carol, title="Less energy at night", visibility="invited")
    factories.invitation(made, in_acme.alice)
    return made


@pytest.fixture
def idea(in_acme, challenge) -> Idea:
    """Alice's published idea."""
    return factories.idea(challenge, in_acme.alice, title="Switch the presses off")


@pytest.fixture
def api(as_member) -> Callable[[Member], Api]:
    """Return a function that makes a program that uses a member's session."""
    return lambda member: Api(as_member(member))


@pytest.fixture
def by_token() -> Callable[..., Api]:
    """Return a function that makes a program that uses a new token of the member, on their host or another."""

    def sign_in(member: Member, *scopes: Scope, host: str = "", expires_at: datetime | None = None) -> Api:
        with tenant(member.organization):
            _token, secret = create_token(member, name="Test", scopes=scopes or Scope.values, expires_at=expires_at)
        return Api(with_secret(secret, host or f"{member.organization.slug}.localhost"))

    return sign_in


def with_secret(secret: str, host: str = "acme.localhost") -> Client:
    return Client(headers={"host": host, "authorization": f"Bearer {secret}"})


def problem_of(response) -> tuple[int, str]:
    """Return status and detail of an answer that must be a well-formed problem."""
    assert response.headers["Content-Type"] == "application/problem+json"
    problem = response.json()
    assert set(problem) == {"type", "title", "status", "detail", "instance", "errors"}
    assert problem["status"] == response.status_code
    return response.status_code, problem["detail"]


def fields_of(response) -> set[str]:
    """Return the fields that a problem is about."""
    return {error["field"] for error in response.json()["errors"]}
