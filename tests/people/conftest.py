from __future__ import annotations

import itertools
import time
from types import SimpleNamespace

import pytest
from django.core.cache import cache

from crowdhub.people.domain import roles
from crowdhub.people.enums import Role
from crowdhub.people.models import Group, Member
from crowdhub.tenancy.context import tenant
from tests import factories


@pytest.fixture(autouse=True)
def _limits_on_signing_in_are_certain(settings, monkeypatch) -> None:
    """Each test begins with no attempts, counted in this process and by a clock that ticks once for each.

    Redis answers late on a busy machine; attempts are then counted elsewhere, and what locks them stays locked.
    """
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
    ticks = itertools.count(1_000_000)
    clock = SimpleNamespace(time=lambda: next(ticks) / 1000, monotonic=time.monotonic, sleep=time.sleep)
    monkeypatch.setattr("allauth.core.internal.ratelimit.time", clock)


@pytest.fixture
def group(cast):
    with tenant(cast.acme):
        return Group.objects.create(organization=cast.acme, name="Green")


@pytest.fixture
def sue(cast):
    """In Sales, and administrator of Operations alone."""
    with tenant(cast.acme):
        sue = factories.member("Sue", department=cast.sales)
        roles.grant_role(sue, Role.ADMINISTRATOR, actor=cast.erin, department=cast.operations)
        return Member.objects.select_related("department", "organization").get(pk=sue.pk)
