"""Pages that are not ours, or not of an organization: the operator's admin, the page of the API."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser import axe
from tests.browser.product import sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# What is not ours is listed, so that it is seen when it becomes better or worse.
OF_THE_ADMIN = {"All page content should be contained by landmarks", "Document should have one main landmark"}
OF_THE_API_DOCS = {
    "All touch targets must be 24px large, or leave sufficient space",
    "Elements must meet minimum color contrast ratio thresholds",
    "Heading levels should only increase by one",
    "Interactive controls must not be nested",
}


def rules_in(problems: list[str]) -> set[str]:
    return {re.sub(r"^\S+ at \d+ px, \w+: ", "", problem).partition(": [")[0] for problem in problems}


def test_the_operators_admin(open_as: Callable[..., Page]):
    page = open_as(organization="operator")
    page.goto("/operator/admin/")
    assert "/accounts/login/" in page.url
    assert axe.problems_of(page) == []
    sign_in(page, "operator@crowdhub.example")

    page.goto("/operator/admin/")
    expect(page.get_by_role("heading").first).to_be_visible()

    assert rules_in(axe.problems_of(page)) == OF_THE_ADMIN


def test_the_page_of_the_api(open_as: Callable[..., Page]):
    page = open_as("alice", start="/api/v1/docs/")
    expect(page.get_by_role("heading").first).to_be_visible()

    assert rules_in(axe.problems_of(page)) == OF_THE_API_DOCS
