"""What is kept in the cache for one organization is never found by another."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from crowdhub.api.enums import Scope
from crowdhub.api.tokens import create_token
from crowdhub.common.cache import ResilientRedisCache
from crowdhub.people.domain.importing import note_progress, progress_of
from crowdhub.people.models import MemberImport
from crowdhub.tenancy.context import tenant
from tests.tenancy.scenario import Scenario

pytestmark = pytest.mark.django_db
# Modules of the product that put something into the cache; allauth does, too, and is asked below.
WRITERS = {"crowdhub/api/throttling.py", "crowdhub/people/domain/importing.py"}
PACKAGES = ("crowdhub", "challenges", "ideas", "moderation", "rewards")
# Counters of the whole installation, and why; nothing of an organization can be read from them.
SHARED = {
    r"allauth:rl:allauth\.account:\w+:[\d/]+/ip:": "tries from one address are counted wherever they are made",
    r"allauth:rl:allauth\.account:reset_password:[\d/]+/key:": "a mailbox is not flooded by many hosts",
}


@pytest.fixture
def keys(monkeypatch) -> set[str]:
    """The keys that are used from now on."""
    used: set[str] = set()
    either = ResilientRedisCache._either

    def note(cache, name, key, *args, **kwargs):
        used.add(key)
        return either(cache, name, key, *args, **kwargs)

    monkeypatch.setattr(ResilientRedisCache, "_either", note)
    return used


def test_these_modules_use_the_cache():
    root = Path(settings.BASE_DIR)
    using = {
        str(path.relative_to(root))
        for package in PACKAGES
        for path in (root / package).rglob("*.py")
        if re.search(r"django\.core\.cache import .*\bcaches?\b", path.read_text())
    }

    assert using == WRITERS


def test_two_organizations_have_no_key_in_common(scenario: Scenario, neighbour: Scenario, keys, monkeypatch):
    """Both do the same, with the same e-mail address."""
    found = {}
    for one in (scenario, neighbour):
        keys.clear()
        use_everything_that_is_cached(one)
        found[one.cast.acme.slug] = set(keys)

    assert len(found["acme"]) > 4
    assert {key for key in found["acme"] & found["hooli"] if not re.match("|".join(SHARED), key)} == set()


def use_everything_that_is_cached(one: Scenario) -> None:
    organization = one.cast.acme
    with tenant(organization):
        one.cast.alice.email = "same@somewhere.example"
        one.cast.alice.save()
        _token, secret = create_token(one.cast.alice, name="x", scopes=[Scope.READ], expires_at=None)
        note_progress(MemberImport.objects.get(), 50)
        assert progress_of(MemberImport.objects.get()) == 50
    browser = Client(headers={"host": f"{organization.slug}.localhost"})
    browser.post(reverse("account_login"), {"login": "same@somewhere.example", "password": "wrong"})
    browser.post(reverse("account_reset_password"), {"email": "same@somewhere.example"})
    answer = browser.get(reverse("api:me"), headers={"authorization": f"Bearer {secret}"})
    assert answer.status_code == 200
