from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from challenges.models import Challenge
from moderation.models import Case
from tests import factories
from tests.harness.cast import Cast
from tests.moderation.waiting import waiting


@pytest.fixture
def challenge(in_acme: Cast) -> Challenge:
    return factories.challenge(in_acme.carol, title="How do we save heat?")


@pytest.fixture
def bob(in_acme: Cast, as_member: Any) -> Client:
    return as_member(in_acme.bob)


@pytest.fixture
def case(in_acme: Cast, challenge: Challenge) -> Case:
    return waiting(challenge, in_acme.alice)
