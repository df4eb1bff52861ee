"""Which organization a host name stands for, and what a stranger's host gets."""

import pytest
from django.test import Client

from crowdhub.tenancy.hosts import forget_hosts, organization_url
from crowdhub.tenancy.models import Domain

pytestmark = pytest.mark.django_db


def sign_in_page(host: str):
    return Client(headers={"host": host}).get("/accounts/login/")


def test_known_host_opens_its_organization(cast):
    response = sign_in_page("acme.localhost:8123")

    assert response.status_code == 200
    assert "Acme" in response.content.decode()
    assert "Globex" not in response.content.decode()


@pytest.mark.parametrize("host", ["initech.localhost", "acme.localhost.evil.example", "", "..", "acme", "[::1]"])
def test_unknown_host_is_a_plain_404(cast, host):
    response = sign_in_page(host)

    assert (response.status_code, response.content) == (404, b"Not found")


def test_host_is_found_whatever_its_case_and_trailing_dot(cast):
    assert sign_in_page("ACME.localhost.").status_code == 200


def test_redirecting_host_leads_on_to_the_canonical_one(cast, settings):
    settings.PUBLIC_PORT = "8123"
    Domain.objects.create(host="localhost", organization=cast.acme, redirects=True)
    forget_hosts()

    response = Client(headers={"host": "localhost:8123"}).get("/challenges/?state=open")

    assert (response.status_code, response["Location"]) == (302, "http://acme.localhost:8123/challenges/?state=open")


def test_installation_with_one_organization_may_serve_it_on_every_host(acme):
    Domain.objects.create(host="*", organization=acme)
    forget_hosts()

    assert sign_in_page("intranet.example").status_code == 200


def test_links_are_made_of_the_canonical_host(cast, settings):
    settings.SCHEME, settings.PUBLIC_PORT = "https", ""

    assert organization_url(cast.acme.pk, "/inbox/") == "https://acme.localhost/inbox/"


def test_session_of_one_organization_finds_nobody_on_another_host(cast, as_member):
    browser = as_member(cast.alice)

    response = browser.get("/", headers={"host": "globex.localhost"})

    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/")
