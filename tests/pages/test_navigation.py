"""The navigation leads everybody to what they may open, and to nothing else."""

from __future__ import annotations

import re

import pytest
from django.db import transaction
from django.urls import reverse

from crowdhub.pages.context import ACCOUNT, DIRECTORY, FOOT, MAIN
from crowdhub.people.domain import roles
from crowdhub.people.enums import Role
from crowdhub.tenancy.context import tenant
from tests import factories
from tests.harness.queries import page_and_queries
from tests.moderation.waiting import waiting

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


def badges(client, url: str = "/") -> dict[str, str]:
    """Return what stands in the badges of the navigation, by the label, as a screen reader says it."""
    page = client.get(url).content.decode()
    [topnav] = re.findall(r'<nav class="topnav".*?</nav>', page, re.DOTALL)
    items = re.findall(r"<li[^>]*><a [^>]*>(.*?)</a></li>", topnav, re.DOTALL)
    told = [re.sub(r"\s*<[^>]+>\s*", "|", item).strip("|") for item in items]
    return {label: " ".join(rest) for label, *rest in (re.split(r"\|+", text) for text in told) if rest}


def test_moderators_see_how_many_cases_are_open(cast, as_member):
    with tenant(cast.acme), transaction.atomic():
        challenge = factories.challenge(cast.carol)
        factories.moderator(challenge, cast.ed)
        for where in (challenge, factories.challenge(cast.carol)):
            waiting(where, cast.alice)

    assert badges(as_member(cast.bob)) == {"Moderation": "2 open cases"}
    assert badges(as_member(cast.ed)) == {"Moderation": "1 open case"}
    assert badges(as_member(cast.frank)) == {}
    assert badges(as_member(cast.alice)) == {}


def test_the_number_of_open_cases_takes_no_query_of_its_own(cast, as_member):
    with tenant(cast.acme), transaction.atomic():
        waiting(factories.challenge(cast.carol), cast.alice)
    bob = as_member(cast.bob)

    _page, queries = page_and_queries(bob, reverse("inbox:list"))

    [only] = [query for query in queries if "moderation_case" in query]
    assert "people_member" in only
