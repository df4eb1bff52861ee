"""Everything that the schema allows, and much that it does not, as several people: never a 500, always as described."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections, transaction
from django.test import override_settings
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from crowdhub.api.enums import Scope
from crowdhub.api.tokens import create_token
from crowdhub.tenancy.context import tenant
from ideas.domain.writing import submit_idea
from ideas.enums import IdeaState
from moderation.models import Case
from tests import factories
from tests.api.test_schema import JSON

pytestmark = pytest.mark.django_db

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
CANARY = "canary-of-acme"


@pytest.fixture(autouse=True)
def _no_throttle(settings):
    rates = {"DEFAULT_THROTTLE_RATES": {"member": "1000000/min"}}
    with override_settings(REST_FRAMEWORK=settings.REST_FRAMEWORK | rates):
        yield


@pytest.fixture
def world(in_acme, challenge, idea) -> list[str]:
    """One of everything, with a canary in every text; returns the public ids."""
    for content in (challenge, idea):
        content.title = CANARY
        content.save()
    others = factories.idea(challenge, in_acme.ed, title=CANARY, body=CANARY)
    comment = factories.comment(idea, in_acme.carol, body=CANARY)
    draft = factories.idea(challenge, in_acme.alice, state=IdeaState.DRAFT, submitted_at=None)
    waiting = factories.idea(challenge, in_acme.alice, state=IdeaState.DRAFT, submitted_at=None)
    submit_idea(waiting, actor=in_acme.alice)
    rows = [challenge, idea, others, comment, draft, waiting, Case.objects.get(), in_acme.welding, in_acme.ed]
    return [row.public_id for row in rows]


@pytest.fixture
def schema(world, in_acme, as_member) -> Any:
    described = as_member(in_acme.alice).get("/api/v1/schema/", headers={"accept": JSON}).json()
    loaded = schemathesis.openapi.from_dict(described)
    loaded.app = get_wsgi_application()
    return loaded


@contextmanager
def kept_connection() -> Iterator[None]:
    """Django's handler ends by closing a connection that is inside a transaction, which here is the test's."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    try:
        yield
    finally:
        for signal in (request_started, request_finished):
            signal.connect(close_old_connections)


def fuzz(schema: Any, member: Any, ids: list[str], *, examples: int, modes: list[GenerationMode]) -> int:
    """Send that many requests of each kind to each operation as the member; return how many were sent."""
    with tenant(member.organization):
        _token, secret = create_token(member, name="Fuzzing", scopes=Scope.values, expires_at=None)
    headers = {"Authorization": f"Bearer {secret}"}
    host = f"http://{member.organization.slug}.localhost"
    sent = 0

    def send(case: Any, public_id: str) -> None:
        nonlocal sent
        if case.path_parameters:
            case.path_parameters = dict.fromkeys(case.path_parameters, public_id)
        if isinstance(case.body, dict):
            case.body |= {name: public_id for name in ("challenge", "idea") if name in case.body}
        with transaction.atomic():
            response = case.call(base_url=host, headers=headers)
            transaction.set_rollback(True)
        sent += 1
        case.validate_response(response, checks=CHECKS)
        if member.organization.slug != "acme":
            assert CANARY not in response.text

    for mode in modes:
        for operation in schema.get_all_operations():
            strategy = operation.ok().as_strategy(generation_mode=mode)
            bounded = settings(
                max_examples=examples,
                database=None,
                deadline=None,
                derandomize=True,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            with kept_connection():
                bounded(given(case=strategy, public_id=st.sampled_from(ids))(send))()
    return sent


@pytest.mark.parametrize("who", ["alice", "carol"])
def test_short(in_acme, schema, world, who):
    sent = fuzz(schema, getattr(in_acme, who), world, examples=2, modes=[GenerationMode.POSITIVE])

    assert sent > 60


# What is valid is answered by who asks; what is not, mostly before that.
LONG = {
    GenerationMode.POSITIVE: ["alice", "bob", "carol", "dave", "ed", "erin", "frank", "mallory"],
    GenerationMode.NEGATIVE: ["alice", "carol", "erin", "mallory"],
}


@pytest.mark.slow
@pytest.mark.parametrize(("mode", "who"), [(mode, who) for mode, people in LONG.items() for who in people])
def test_long(in_acme, schema, world, who, mode):
    sent = fuzz(schema, getattr(in_acme, who), world, examples=3, modes=[mode])

    assert sent > 60
