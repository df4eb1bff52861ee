"""What browsers may fetch before anybody has asked for it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from crowdhub.common.prefetching import QUIET, rules
from tests import factories
from tests.tenancy.rows import changed, rows_of

AHEAD = {"Sec-Purpose": "prefetch"}


@pytest.fixture
def idea(in_acme):
    return factories.idea(factories.challenge(in_acme.carol), in_acme.alice)


@pytest.mark.parametrize("name", QUIET)
def test_a_page_that_may_be_fetched_ahead_writes_nothing(in_acme, as_member, idea, name):
    client = as_member(in_acme.ed)
    before = rows_of(in_acme.acme)

    response = client.get(reverse(name), headers=AHEAD)

    assert response.status_code == 200
    assert changed(before, rows_of(in_acme.acme)) == []


def test_what_notes_a_reader_is_not_fetched_ahead(in_acme, as_member, idea):
    client = as_member(in_acme.ed)
    before = rows_of(in_acme.acme)

    for path in (
        reverse("pages:home"),
        idea.get_absolute_url(),
        reverse("pages:challenge", args=[idea.challenge.public_id]),
    ):
        response = client.get(path, headers=AHEAD)

        assert (response.status_code, response.headers["Cache-Control"]) == (503, "no-store"), path
    assert changed(before, rows_of(in_acme.acme)) == []


def test_pages_name_the_rules_to_members_only(in_acme, as_member, visitor):
    page = as_member(in_acme.ed).get("/")
    named = page.headers["Speculation-Rules"].strip('"')
    answer = visitor.get(named)

    assert answer.headers["Content-Type"] == "application/speculationrules+json"
    assert answer.json() == rules()
    assert "Speculation-Rules" not in visitor.get(reverse("account_login")).headers
