"""The operator's admin, organizations made by command, and metrics."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event, OutboxRow
from crowdhub.people.domain.settings import change_settings
from crowdhub.people.enums import Role
from crowdhub.people.models import Member, SettingsVersion
from crowdhub.tenancy.context import tenant
from crowdhub.tenancy.models import Domain, Organization
from tests import factories

ADMIN = "/operator/admin/"
SETTINGS = {
    "name": "Acme Works",
    "accent_colour": "#123456",
    "language": "de",
    "timezone": "Europe/Berlin",
    "holiday_region": "DE-BE",
    "answer_within_days": "10",
    "has_leaderboard": "on",
    "smallest_group": "5",
}
PAGES = ["", "tenancy/organization/", "tenancy/domain/", "activity/outboxrow/", "reports/export/"]


def browser(slug: str) -> Client:
    return Client(headers={"host": f"{slug}.localhost"})


def signed_in(member: Member) -> Client:
    client = browser(member.organization.slug)
    with tenant(member.organization), transaction.atomic():
        client.force_login(member, backend="crowdhub.people.authentication.OrganizationBackend")
    return client


@pytest.fixture
def acme_admin(committed_db) -> Member:
    with tenant(factories.organization("acme")), transaction.atomic():
        erin = factories.member("Erin")
        factories.grant(erin, Role.ADMINISTRATOR)
    return erin


@pytest.fixture
def operator(committed_db) -> Member:
    with tenant(factories.organization("operator", is_operator=True)), transaction.atomic():
        return factories.member("Olga")


@pytest.mark.parametrize("page", PAGES)
def test_admin_does_not_exist_on_other_hosts(acme_admin, operator, page):
    assert signed_in(acme_admin).get(ADMIN + page).status_code == 404
    assert browser("acme").get(ADMIN + page).status_code == 404


@pytest.mark.parametrize("page", PAGES)
def test_admin_shows_every_organization_to_operators(acme_admin, operator, page):
    response = signed_in(operator).get(ADMIN + page)

    assert response.status_code == 200
    assert "'unsafe-eval'" in response.headers["Content-Security-Policy"]


def test_admin_lists_organizations_and_hosts_of_all(acme_admin, operator):
    client = signed_in(operator)

    assert "acme.localhost" in client.get(ADMIN + "tenancy/domain/").content.decode()
    assert "acme" in client.get(ADMIN + "tenancy/organization/").content.decode()


def test_admin_sends_visitors_to_the_one_sign_in(operator):
    response = browser("operator").get(ADMIN, follow=True)

    assert response.redirect_chain[-1][0].startswith("/accounts/login/")


def test_wider_policy_stays_on_the_admins_path(operator):
    response = signed_in(operator).get(reverse("people:me"))

    assert "unsafe" not in response.headers["Content-Security-Policy"]


def test_operator_renames_an_organization_and_adds_a_host(acme_admin, operator):
    client = signed_in(operator)
    acme = acme_admin.organization

    client.post(f"{ADMIN}tenancy/organization/{acme.pk}/change/", SETTINGS)
    client.post(f"{ADMIN}tenancy/domain/add/", {"host": "Ideas.Acme.test", "organization": acme.pk, "redirects": "on"})

    assert Organization.objects.using("operator").get(pk=acme.pk).name == "Acme Works"
    assert Domain.objects.get(host="ideas.acme.test").organization_id == acme.pk
    with tenant(acme), transaction.atomic():
        version = SettingsVersion.objects.get()
        assert (version.changed_by, version.changes["name"]) == (None, ["Acme", "Acme Works"])
        assert set(version.changes) == {"name", "accent_colour", "language"}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"accent_colour": "red"}, "six digits"),
        ({"timezone": "Mars/Base"}, "no such time zone"),
        ({"smallest_group": "4"}, "5 to 50"),
    ],
)
def test_operator_is_refused_what_no_organization_can_have(acme_admin, operator, wrong, said):
    acme = acme_admin.organization

    response = signed_in(operator).post(f"{ADMIN}tenancy/organization/{acme.pk}/change/", SETTINGS | wrong)

    assert response.status_code == 200
    assert said in response.content.decode()
    assert Organization.objects.using("operator").get(pk=acme.pk).name == "Acme"


def test_operator_alone_lowers_the_smallest_group(acme_admin, operator):
    acme = acme_admin.organization
    with tenant(acme), transaction.atomic():
        change_settings(acme, {"smallest_group": 20}, actor=acme_admin)

    signed_in(operator).post(f"{ADMIN}tenancy/organization/{acme.pk}/change/", SETTINGS | {"smallest_group": "6"})

    assert Organization.objects.using("operator").get(pk=acme.pk).smallest_group == 6


def test_operator_replays_parked_rows(acme_admin, operator):
    with tenant(acme_admin.organization), transaction.atomic():
        event: Event = record(Verb.MEMBER_CHANGED, subject=acme_admin, actor=None)
        OutboxRow.objects.filter(event=event).delete()
        row = OutboxRow.objects.create(
            organization=acme_admin.organization,
            event=event,
            consumer="inbox",
            attempts=13,
            parked_at=timezone.now(),
            last_error="ValueError: odd",
        )
    client = signed_in(operator)
    shown = client.get(ADMIN + "activity/outboxrow/").content.decode()

    client.post(ADMIN + "activity/outboxrow/", {"action": "replay", "_selected_action": [row.pk]})

    replayed = OutboxRow._base_manager.using("operator").get(pk=row.pk)
    assert "ValueError: odd" in shown
    assert (replayed.parked_at, replayed.attempts, replayed.last_error) == (None, 0, "")


def create(*args: str) -> None:
    call_command("create_organization", *args, "--admin-email", "Ina@new.example", "--admin-name", "Ina")


def test_create_organization(committed_db, capsys):
    create("new", "New Ltd", "New.localhost")

    made = Organization.objects.using("operator").get(slug="new")
    with tenant(made), transaction.atomic():
        ina = Member.objects.get()
        assert (ina.email, sorted(ina.roles)) == ("ina@new.example", ["administrator"])
        assert Event.objects.filter(verb=Verb.MEMBER_INVITED, member=ina).exists()
    assert Domain.objects.get().host == "new.localhost"
    assert browser("new").get("/accounts/login/").status_code == 200
    assert "http://new.localhost" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("acme", "Other", "other.localhost"), "already an organization with this slug"),
        (("other", "Other", "ACME.localhost"), "host already leads"),
        (("o t", "Other", "other.localhost"), "letters, digits"),
        (("other", "Other", "other_.local host"), "not a host name"),
    ],
)
def test_create_organization_refuses_what_is_taken_or_wrong(committed_db, args, said):
    factories.organization("acme")

    with pytest.raises(CommandError, match=said):
        create(*args)


def test_there_is_one_organization_of_operators(operator):
    with pytest.raises(CommandError, match="already an organization of operators"):
        create("second", "Second", "second.localhost", "--operator")
