"""The walk over the operator's admin, which sees every organization: only operators get in, on their own host."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse

from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import OutboxRow
from crowdhub.people.models import Member
from crowdhub.reports.models import Export
from crowdhub.tenancy.context import tenant
from crowdhub.tenancy.models import Domain
from tests import factories
from tests.harness.cast import make_cast
from tests.tenancy import scenario as scenarios
from tests.tenancy.scenario import ACME_RELATIONS
from tests.tenancy.test_walk import METHODS, url_names

SPACE = "operator-admin:"
SHOWN, LED_ON, REFUSED, ABSENT = 200, 302, 403, 404
# Address -> what its arguments name, and what a GET of an operator gets: all lists are for reading, but for the hosts
# and the settings of organizations.
ADDRESSES: dict[str, tuple[dict[str, str], int]] = {
    "index": ({}, SHOWN),
    "login": ({}, LED_ON),
    "logout": ({}, 405),
    "password_change": ({}, SHOWN),
    "password_change_done": ({}, SHOWN),
    "jsi18n": ({}, SHOWN),
    "search": ({}, SHOWN),
    "autocomplete": ({}, REFUSED),
    "view_on_site": ({"content_type_id": "1", "object_id": "1"}, ABSENT),
    "app_list": ({"app_label": "tenancy"}, SHOWN),
}
for model, may_add, may_delete in (
    ("tenancy_organization", REFUSED, REFUSED),
    ("tenancy_domain", SHOWN, SHOWN),
    ("activity_outboxrow", REFUSED, REFUSED),
    ("reports_export", REFUSED, REFUSED),
):
    one = {"object_id": model}
    ADDRESSES |= {
        f"{model}_changelist": ({}, SHOWN),
        f"{model}_add": ({}, may_add),
        f"{model}_change": (one, SHOWN),
        f"{model}_delete": (one, may_delete),
        f"{model}_history": (one, SHOWN),
    }


def browser(host: str, member: Member | None = None) -> Client:
    client = Client(headers={"host": f"{host}.localhost"})
    if member is not None:
        with tenant(member.organization), transaction.atomic():
            client.force_login(member, backend="crowdhub.people.authentication.OrganizationBackend")
    return client


@pytest.fixture
def people(committed_db) -> dict[str, Member]:
    """Everyone who stands somehow to acme, and an operator."""
    with transaction.atomic():
        cast = make_cast(factories.organization("acme"), factories.organization("globex"))
        with tenant(cast.acme):
            members = scenarios._members(cast)
    with tenant(factories.organization("operator", is_operator=True)), transaction.atomic():
        return members | {"operator": factories.member("Olga")}


@pytest.fixture
def addresses(people) -> dict[str, str]:
    """Every address by its name, with ids of acme's rows."""
    acme, alice = people["author"].organization, people["author"]
    with tenant(acme), transaction.atomic():
        event = record(Verb.ROLE_GRANTED, subject=alice, actor=alice)
        row = OutboxRow.objects.create(organization=acme, event=event, consumer="x", parked_at=event.occurred_at)
        months: dict[str, Any] = dict.fromkeys(("first_month", "last_month"), "2026-01-01")
        export = Export.objects.create(organization=acme, requested_by=people["hr"], **months)
        domain = Domain.objects.get(organization=acme)
    ids = {"organization": acme.pk, "domain": domain.pk, "outboxrow": row.pk, "export": export.pk}
    named = {
        name: {key: str(ids.get(what.rpartition("_")[2], what)) for key, what in arguments.items()}
        for name, (arguments, _status) in ADDRESSES.items()
    }
    return {name: address_of(name, arguments) for name, arguments in named.items()} | {
        "old form of a change": f"{reverse(SPACE + 'tenancy_organization_changelist')}{acme.pk}/",
        "no address at all": f"{reverse(SPACE + 'index')}nothing/",
    }


def address_of(name: str, arguments: dict[str, str]) -> str:
    try:
        return reverse(SPACE + name, kwargs=arguments)
    except NoReverseMatch:
        return reverse(SPACE + name, args=list(arguments.values()))


def test_every_address_of_the_admin_is_walked():
    assert sorted(name.removeprefix(SPACE) for name in url_names() if name.startswith(SPACE)) == sorted(ADDRESSES)


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS)
def test_there_is_no_admin_on_any_other_host(people, addresses, method):
    browsers = {relation: browser("acme", people[relation]) for relation in ACME_RELATIONS}
    browsers["foreign"] = browser("globex", people["foreign"])
    browsers["visitor"] = browser("acme")
    browsers["operator"] = browser("acme")
    browsers["operator"].cookies = browser("operator", people["operator"]).cookies

    found = {
        (name, relation): status
        for name, address in addresses.items()
        for relation, client in browsers.items()
        if (status := client.generic(method, address).status_code) != 404
    }

    assert found == {}


@pytest.mark.parametrize("method", METHODS)
def test_nobody_but_operators_gets_in_on_their_host(people, addresses, method):
    """Neither a visitor nor acme's cookies: all of it leads to the one sign-in."""
    strangers = {"visitor": browser("operator"), "administrator": browser("operator"), "foreign": browser("operator")}
    for relation in ("administrator", "foreign"):
        home = people[relation].organization.slug
        strangers[relation].cookies = browser(home, people[relation]).cookies

    for name, address in addresses.items():
        for relation, client in strangers.items():
            response = client.generic(method, address)

            assert response.status_code in (302, 405), (name, relation, response.status_code)
            if response.status_code == 302:
                assert "/login/" in response.url or response.url == reverse(f"{SPACE}index"), (name, relation)


def test_operators_get_what_is_written(people, addresses):
    olga = people["operator"]

    wrong = {
        name: status
        for name, (_arguments, expected) in ADDRESSES.items()
        if (status := browser("operator", olga).get(addresses[name]).status_code) != expected
    }

    assert wrong == {}
