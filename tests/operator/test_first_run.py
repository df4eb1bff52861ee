"""An empty installation: its first page, who may found its organization, and two founders at once."""

from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction
from django.test import Client

from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.operator import first_run, middleware
from crowdhub.operator.first_run import AlreadyFounded, Founder, found_first_organization
from crowdhub.people.models import Member, RoleGrant
from crowdhub.tenancy.context import tenant
from crowdhub.tenancy.models import Domain, Organization
from tests import factories

CODE = "bcdfg-hjkmn-pqrst"
ANSWERS = {
    "code": CODE,
    "name": "Nordwind Logistik",
    "host": "ideas.nordwind.example",
    "language": "de",
    "timezone": "Europe/Berlin",
    "holiday_region": "DE-HH",
    "accent_colour": "#8A1F4D",
    "founder_name": "Nina Falk",
    "email": "Nina@Nordwind.example",
    "password": "quiet-harbour-92",
}
FOUNDER = Founder(name="Nina Falk", email="nina@nordwind.example", password="quiet-harbour-92")


@pytest.fixture
def empty(committed_db, settings):
    """An installation with a set-up code and no organization."""
    settings.SETUP_CODE = CODE


def browser(host: str = "localhost", **headers: str) -> Client:
    return Client(headers={"host": f"{host}:8000", **headers})


def organizations() -> list[Organization]:
    return list(Organization.objects.using("operator").order_by("pk"))


def found(**changed: str):
    return browser().post("/", ANSWERS | changed)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "anything.example"])
def test_every_host_of_an_empty_installation_answers_with_the_first_page(empty, host):
    response = browser(host).get("/")

    assert response.status_code == 200
    assert "Welcome to CrowdHub" in response.content.decode()
    assert response.context["form"]["host"].initial == host


def test_first_page_is_protected_like_every_page(empty):
    headers = browser().get("/").headers

    assert headers["X-Frame-Options"] == "DENY"
    assert "no-store" in headers["Cache-Control"]
    assert "default-src 'none'" in headers["Content-Security-Policy"]


def test_form_of_another_site_is_refused(empty):
    client = Client(headers={"host": "localhost:8000"}, enforce_csrf_checks=True)

    assert client.post("/", ANSWERS).status_code == 403
    assert organizations() == []


def test_first_page_speaks_the_visitors_language(empty):
    page = browser(**{"accept-language": "de"}).get("/")

    assert page.headers["Content-Language"] == "de"
    assert "Willkommen" in page.content.decode()


def test_every_other_address_leads_to_the_first_page(empty):
    for path in ("/people/", "/accounts/login/", "/api/v1/ideas/"):
        assert browser().get(path).headers["Location"] == "/"

    assert browser().get("/healthz").status_code == 200


def test_link_of_the_console_brings_the_code_along(empty):
    page = browser().get(f"/?code={CODE}").content.decode()

    assert f'value="{CODE}"' in page
    assert CODE not in browser().get("/").content.decode()


def test_founding_makes_everything_and_signs_in(empty):
    client = browser("localhost")

    response = client.post("/", ANSWERS)

    (organization,) = organizations()
    assert response.headers["Location"] == "/getting-started/"
    assert client.get("/getting-started/").status_code == 200
    assert (organization.slug, organization.name, organization.language) == (
        "nordwind-logistik",
        "Nordwind Logistik",
        "de",
    )
    assert (organization.timezone, organization.holiday_region) == ("Europe/Berlin", "DE-HH")
    assert organization.accent_colour == "#8a1f4d"
    with tenant(organization), transaction.atomic():
        nina = Member.objects.get()
        assert (nina.email, nina.language, nina.timezone) == ("nina@nordwind.example", "de", "Europe/Berlin")
        assert nina.check_password("quiet-harbour-92")
        assert [grant.role for grant in RoleGrant.objects.all()] == ["administrator"]
        assert [event.actor_id for event in Event.objects.filter(verb=Verb.ORGANIZATION_FOUNDED)] == [nina.pk]
        assert not Event.objects.filter(verb=Verb.MEMBER_INVITED).exists()


def test_address_of_the_visit_goes_on_working(empty):
    found()

    hosts = {domain.host: domain.is_canonical for domain in Domain.objects.all()}
    assert hosts == {"ideas.nordwind.example": True, "localhost": False}


def test_pasted_web_address_is_read_as_a_host(empty):
    found(host="https://Ideas.Nordwind.example:8000/some/page")

    assert Domain.objects.get(is_canonical=True).host == "ideas.nordwind.example"


@pytest.mark.parametrize("code", ["wrong", "bcdfg-hjkmn-pqrsv", "-", "é"])
def test_wrong_code_founds_nothing_and_keeps_what_was_typed(empty, code):
    response = found(code=code)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["code"]
    assert "Nordwind Logistik" in response.content.decode()
    assert organizations() == []


@pytest.mark.parametrize("code", ["BCDFG HJKMN PQRST", " bcdfghjkmnpqrst "])
def test_code_may_be_typed_in_another_way(empty, code):
    assert found(code=code).status_code == 302


@pytest.mark.parametrize("password", ["short", "password123", "nina@nordwind.example"])
def test_weak_password_is_refused_in_the_validators_words(empty, password):
    response = found(password=password)

    assert response.status_code == 422
    assert list(response.context["form"].errors) == ["password"]
    assert organizations() == []


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("host", "no host name"),
        ("host", "-"),
        ("timezone", "Moon/Crater"),
        ("holiday_region", "XX"),
        ("accent_colour", "red"),
        ("email", "nina"),
        ("language", "xx"),
        ("name", ""),
    ],
)
def test_what_cannot_be_is_refused_beside_its_field(empty, field, text):
    response = found(**{field: text})

    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]


def test_second_founding_is_refused(empty):
    found()

    with pytest.raises(AlreadyFounded):
        found_first_organization("Second", "second.example", code=CODE, founder=FOUNDER)
    assert browser("second.example").get("/").status_code == 404
    assert browser().post("/", ANSWERS | {"host": "second.example"}).status_code == 401
    assert [organization.slug for organization in organizations()] == ["nordwind-logistik"]


def test_late_founder_is_told_so(empty, monkeypatch):
    """The middleware still believed the installation to be empty when somebody else's founding was committed."""
    found()
    monkeypatch.setattr(middleware, "is_founded", lambda: False)

    response = found(host="second.example")

    assert response.status_code == 409
    assert "Somebody was faster" in response.content.decode()
    assert len(organizations()) == 1


def test_of_two_founders_at_once_one_founds(empty):
    outcomes: dict[str, object] = {}
    at_once = threading.Barrier(2)

    def try_to_found(name: str) -> None:
        try:
            at_once.wait(20)
            outcomes[name] = found_first_organization(name, f"{name}.example", code=CODE, founder=FOUNDER)
        except AlreadyFounded as refusal:
            outcomes[name] = refusal
        finally:
            connection.close()

    founders = [threading.Thread(target=try_to_found, args=(name,)) for name in ("one", "two")]
    for founder in founders:
        founder.start()
    for founder in founders:
        founder.join(30)

    assert sorted(isinstance(outcome, AlreadyFounded) for outcome in outcomes.values()) == [False, True]
    assert len(organizations()) == 1
    assert Domain.objects.count() == 1


def test_installation_that_an_operator_has_filled_has_no_first_page(empty):
    factories.organization("acme")

    assert browser().post("/", ANSWERS).status_code == 404
    assert browser("acme.localhost").get("/").headers["Location"].startswith("/accounts/login/")
    assert len(organizations()) == 1


def test_without_a_code_nobody_finds_the_page(committed_db, settings):
    settings.SETUP_CODE = ""

    assert browser().get("/").status_code == 404
    assert found().status_code == 404
    with pytest.raises(first_run.WrongCode):
        found_first_organization("Mine", "mine.example", code="", founder=FOUNDER)
