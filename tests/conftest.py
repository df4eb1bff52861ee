from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from crowdhub.people.models import Member
from crowdhub.tenancy.context import tenant
from crowdhub.tenancy.hosts import forget_hosts
from crowdhub.tenancy.models import Organization
from tests import factories
from tests.harness import breaking, cleaning, uploads
from tests.harness.cast import Cast, make_cast


@pytest.fixture(scope="session")
def django_db_setup() -> None:
    """The plugin in tests/harness/services.py has made the database already."""


@pytest.fixture
def committed_db(django_db_blocker: pytest.FixtureRequest) -> Iterator[None]:
    """A database in which everything is really committed; *owner* empties it afterwards."""
    with django_db_blocker.unblock():  # type: ignore[attr-defined]
        forget_hosts()
        yield
        connection.close()
        cleaning.truncate_everything()
        forget_hosts()


@pytest.fixture(autouse=True)
def _fresh_process_memory() -> Iterator[None]:
    """What a process remembers between requests must not pass from test to test."""
    forget_hosts()
    yield
    forget_hosts()


@pytest.fixture(autouse=True)
def _empty_counters() -> None:
    """Limits are counted in Redis, which no rollback empties, by ids that members of other tests have, too."""
    cache.clear()


@pytest.fixture(autouse=True)
def _broken_on_purpose(monkeypatch: pytest.MonkeyPatch) -> None:
    """Switch off what a mutation test wants to be off; see tests/tenancy/test_mutations.py."""
    breaking.break_scopes(monkeypatch, os.environ.get("CROWDHUB_TEST_BREAK_SCOPES", ""))


@pytest.fixture
def acme(db: None) -> Organization:
    return factories.organization("acme")


@pytest.fixture
def globex(db: None) -> Organization:
    return factories.organization("globex")


@pytest.fixture
def cast(acme: Organization, globex: Organization) -> Cast:
    """Alice (author), Bob (moderator), Carol (manager), ... and Mallory of another tenant. No tenant is open."""
    return make_cast(acme, globex)


@pytest.fixture
def in_acme(acme: Organization, cast: Cast) -> Iterator[Cast]:
    """The cast, with acme open for the whole test, and on its clock."""
    with tenant(acme), timezone.override(acme.timezone):
        yield cast


@pytest.fixture
def stored(settings: Any, tmp_path: Path) -> Callable[[], set[Path]]:
    """A storage of the test's own; returns a function that tells which files are in it."""
    own = settings.STORAGES["default"]
    options = own["OPTIONS"] | {"location": str(tmp_path / "files")}
    settings.STORAGES = settings.STORAGES | {"default": own | {"OPTIONS": options}}
    return uploads.stored


@pytest.fixture
def as_member() -> Callable[[Member], Client]:
    """Return a function that makes a browser in which a member is signed in, on their organization's host."""

    def sign_in(member: Member) -> Client:
        client = Client(headers={"host": f"{member.organization.slug}.localhost"})
        with tenant(member.organization):
            client.force_login(member, backend="crowdhub.people.authentication.OrganizationBackend")
        return client

    return sign_in


@pytest.fixture
def visitor() -> Client:
    """A browser on acme's host in which nobody is signed in."""
    return Client(headers={"host": "acme.localhost"})
