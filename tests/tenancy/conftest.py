from __future__ import annotations

import pytest

from tests import factories
from tests.harness.cast import make_cast
from tests.tenancy import scenario as scenarios
from tests.tenancy.scenario import NEIGHBOUR, Scenario


@pytest.fixture
def scenario(cast) -> Scenario:
    """Acme, which owns one of everything."""
    return scenarios.build(cast)


@pytest.fixture
def neighbour(db) -> Scenario:
    """Another organization that owns one of everything, too, so that its people get as far as acme's do."""
    cast = make_cast(factories.organization("hooli"), factories.organization("initech"))
    return scenarios.build(cast, word=NEIGHBOUR)
