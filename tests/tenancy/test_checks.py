"""Start-up refusals: settings under which tenants would not be apart."""

import pytest
from django.db import connections

from crowdhub.tenancy.checks import check_demo_is_local, check_role_is_bound_by_policies, check_secret_key


def ids(errors):
    return [error.id for error in errors]


def test_demo_behind_a_real_address_is_refused(settings):
    settings.DEMO, settings.SCHEME = True, "https"

    assert ids(check_demo_is_local(None)) == ["crowdhub.E001"]


def test_demo_on_this_machine_is_fine(settings):
    settings.DEMO, settings.SCHEME = True, "http"

    assert check_demo_is_local(None) == []


@pytest.mark.parametrize(("key", "expected"), [("short", ["crowdhub.E002"]), ("k" * 50, [])])
def test_short_secret_key_is_refused_under_https(settings, key, expected):
    settings.SECURE, settings.SECRET_KEY = True, key

    assert ids(check_secret_key(None)) == expected


@pytest.mark.django_db
def test_role_of_the_application_is_bound():
    assert check_role_is_bound_by_policies(None, databases=["default"]) == []


@pytest.mark.parametrize(("alias", "what"), [("operator", "has BYPASSRLS"), ("owner", "owns tables")])
def test_role_that_policies_do_not_bind_is_refused(committed_db, monkeypatch, alias, what):
    monkeypatch.setattr("crowdhub.tenancy.checks.connections", {"default": connections[alias]})

    errors = check_role_is_bound_by_policies(None, databases=["default"])

    assert [error.msg for error in errors] == [f"The role in DATABASE_URL {what}."]
