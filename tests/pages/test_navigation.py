"""The navigation leads everybody to what they may open, and to nothing else."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from crowdhub.pages.context import ACCOUNT, DIRECTORY, FOOT, MAIN
from crowdhub.people.domain import roles
from crowdhub.people.enums import Role
from crowdhub.tenancy.context import tenant

pytestmark = pytest.mark.django_db
EVERYONE = ("alice", "bob", "carol", "dave", "ed", "erin", "frank")


def opened(client, places) -> set[str]:
    """Return the addresses of the places that the client may open."""
    addresses = [reverse(place.url_name) for place in places]
    return {address for address in addresses if client.get(address, follow=True).status_code == 200}


@pytest.mark.parametrize("name", EVERYONE)
def test_the_frame_leads_to_what_its_reader_may_open(cast, as_member, name):
    client = as_member(getattr(cast, name))

    context = client.get("/").context

    shown = {item.url for row in ("nav", "account_nav", "foot_nav") for item in context[row]}
    assert shown - {reverse("pages:styleguide")} == opened(client, (*MAIN, *ACCOUNT, *FOOT))


@pytest.mark.parametrize("name", ["erin", "dave", "frank", "ed"])
def test_the_directory_leads_to_what_its_reader_may_open(cast, as_member, name):
    with tenant(cast.acme):
        roles.grant_role(cast.ed, Role.ADMINISTRATOR, actor=cast.erin, department=cast.operations)
    client = as_member(getattr(cast, name))

    page = client.get(reverse("people:list")).content.decode()

    [sidenav] = re.findall(r'<nav class="sidenav".*?</nav>', page, re.DOTALL)
    assert set(re.findall(r'href="([^"]+)"', sidenav)) == opened(client, DIRECTORY.values())
    assert re.findall(r'href="([^"]+)" aria-current="page"', sidenav) == [reverse("people:list")]
