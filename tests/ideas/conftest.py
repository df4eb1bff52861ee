from __future__ import annotations

import pytest

from challenges.models import Challenge
from ideas.models import Idea
from tests import factories


@pytest.fixture
def challenge(in_acme) -> Challenge:
    """Carol's challenge, which everyone sees and in which everything is open; acme is open."""
    return factories.challenge(in_acme.carol, title="Less energy at night")


@pytest.fixture
def idea(in_acme, challenge) -> Idea:
    """Alice's published idea."""
    return factories.idea(challenge, in_acme.alice, title="Switch the presses off")
