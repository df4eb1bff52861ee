"""Pages that one comes to by another way than a link of ours: by a mail, with a second factor, as the operator."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, expect

from tests.browser import axe
from tests.browser.digest import links_in, send_digest
from tests.browser.product import PASSWORD, Product, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.slow]

THE_ID = "(SELECT id FROM people_member WHERE email = %s)"
PERIOD = 30  # seconds that a code is good for
# What is not ours is listed, so that it is seen when it becomes better or worse.
OF_THE_ADMIN: set[str] = set()
OF_THE_API_DOCS = {
    "All touch targets must be 24px large, or leave sufficient space",
    "Elements must meet minimum color contrast ratio thresholds",
    "Interactive controls must not be nested",
}


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD))


@pytest.fixture(params=["en", "de"])
def language(request: pytest.FixtureRequest, product: Product) -> Iterator[str]:
    with product.speaking(request.param, "alice", "grace"):
        yield request.param


def test_stopping_the_digest_by_its_own_link(open_as: Callable[..., Page], product: Product, language: str):
    mail = send_digest(product, "alice@acme.example")
    [path] = {urlsplit(address).path for address, _words in links_in(mail) if "unsubscribe" in address}
    page = open_as(locale=language)  # nobody is signed in

    try:
        page.goto(path)
        problems = axe.problems_of(page)
        page.locator("main form button").click()
        expect(page.locator("main form")).to_have_count(0)
        problems += axe.problems_of(page)
    finally:
        product.execute(f"DELETE FROM inbox_preference WHERE member_id = {THE_ID}", "alice@acme.example")
    assert problems == []


def test_a_second_factor(open_as: Callable[..., Page], product: Product, language: str):
    grace = open_as("grace", own_session=True)
    problems = []

    def look() -> None:
        problems.extend(axe.problems_of(grace))

    try:
        grace.goto("/accounts/2fa/totp/activate/")
        confirm_password(grace)
        grace.locator("main .form-page details summary").click()
        look()
        secret = grace.locator("main code").inner_text()
        grace.locator("[name=code]").fill("000000")
        grace.locator("main form[action*=activate] button").first.click()
        expect(grace.locator("main [role=alert]")).to_be_visible()
        look()
        grace.locator("[name=code]").fill(code_of(secret))
        grace.locator("main form[action*=activate] button").first.click()
        grace.wait_for_url("**/accounts/2fa/**")
        for path in ("recovery-codes/", "recovery-codes/generate/", "totp/deactivate/", "reauthenticate/", ""):
            answer = grace.goto(f"/accounts/2fa/{path}")
            assert answer is not None
            assert answer.ok, path
            look()

        grace.context.clear_cookies()
        grace.goto("/accounts/login/")
        grace.locator("[name=login]").fill("grace@acme.example")
        grace.locator("main [name=password]").fill(PASSWORD)
        grace.locator("main form[action='/accounts/login/'] button").first.click()
        grace.wait_for_url("**/accounts/2fa/authenticate/")
        look()
        grace.locator("[name=code]").fill("000000")
        grace.locator("main form[action*=authenticate] button").first.click()
        expect(grace.locator("main [role=alert]")).to_be_visible()
        look()
    finally:
        product.execute(f"DELETE FROM mfa_authenticator WHERE user_id = {THE_ID}", "grace@acme.example")
    assert problems == []


def confirm_password(page: Page) -> None:
    if "reauthenticate" in page.url or page.locator("main [name=password]").count():
        page.locator("main [name=password]").fill(PASSWORD)
        page.locator("main form:has([name=password]) button").first.click()
    page.wait_for_url("**/totp/activate/")


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
