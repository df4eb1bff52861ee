from __future__ import annotations

from uuid import uuid4

from django.db import transaction

from crowdhub.api.models import PersonalToken
from crowdhub.api.tokens import create_token, find_token
from crowdhub.tenancy.context import tenant
from tests import factories
from tests.harness.races import overlap


def test_two_presses_at_once_make_one_token_with_the_secret_of_the_second(committed_db):
    acme, uuid = factories.organization("acme"), uuid4()
    with tenant(acme), transaction.atomic():
        alice = factories.member("Alice")

    def make() -> tuple[PersonalToken, str]:
        return create_token(alice, name="CI", scopes=["read"], expires_at=None, client_uuid=uuid)

    _token, secret = overlap(acme, make, lambda: None, lambda _nothing: make())

    with tenant(acme), transaction.atomic():
        assert PersonalToken.objects.get() == find_token(secret)
