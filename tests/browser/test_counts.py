"""How many clicks and keys the three things take that are done most often; more would be a worse product."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.digest import links_in, send_digest
from tests.browser.product import Product

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Of people, from within the page: what the test clicks by itself is counted as well as what a label passes on is not.
COUNT = """() => {
  const counted = Number(sessionStorage.getItem("clicks") ?? 0);
  window.clicks = counted;
  addEventListener("pointerdown", () => sessionStorage.setItem("clicks", String(++window.clicks)), {capture: true});
}"""


@dataclass
class Hand:
    """A hand on a mouse; the page counts how often it presses."""

    page: Page

    def click(self, target: Locator) -> None:
        target.click()

    @property
    def clicks(self) -> int:
        return int(self.page.evaluate("Number(sessionStorage.getItem('clicks') ?? 0)"))


@pytest.fixture
def hand_of(open_as: Callable[..., Page]) -> Callable[..., Hand]:
    def make(who: str, **options: object) -> Hand:
        page = open_as(who, start="", **options)
        page.add_init_script(f"({COUNT})()")
        return Hand(page)

    return make


def test_from_a_mail_to_an_idea_in_four_clicks(hand_of: Callable[..., Hand], product: Product):
    """The first idea in this challenge, its terms included; the click in the mail is the first."""
    mail = send_digest(product, "alice@acme.example")
    address = next(address for address, words in links_in(mail) if words.startswith("Tight the first time"))
    forget_what_alice_accepted(product)
    alice = hand_of("alice")
    page = alice.page

    page.goto(urlsplit(address).path)
    clicks_in_the_mail = 1
    alice.click(page.get_by_role("link", name="Write an idea"))
    alice.click(page.get_by_role("button", name="Accept and write"))
    page.get_by_label("Title").fill("Mark the tubes before they are cut")
    page.locator("textarea[name=body]").fill("A ring of colour at the depth that they go in.")
    alice.click(page.get_by_role("button", name="Hand in", exact=True))

    expect(page.get_by_text("Your idea is handed in.")).to_be_visible()
    assert clicks_in_the_mail + alice.clicks <= 4


def forget_what_alice_accepted(product: Product) -> None:
    mine = "(SELECT id FROM people_member WHERE email = 'alice@acme.example')"
    product.execute(f"DELETE FROM challenges_termsacceptance WHERE member_id = {mine}")


def test_a_triage_decision_in_one_key(open_as: Callable[..., Page]):
    """With a case open, each decision is one key, and the next case opens by itself."""
    page = open_as("bob", start="/moderation/?kind=triage")
    page.keyboard.press("j")
    case = page.locator("#case")
    approve = case.get_by_role("button", name=re.compile("^Approve"))
    expect(approve).to_be_visible()
    decided = []

    for _ in range(2):
        decided.append(case.get_by_role("heading").first.inner_text())
        page.keyboard.press("a")
        expect(case.get_by_role("heading").first).not_to_have_text(decided[-1])
        expect(approve).to_be_visible()

    page.goto("/moderation/")
    for title in decided:
        expect(page.get_by_role("listitem").get_by_role("link", name=title, exact=True)).to_have_count(0)
    assert len(set(decided)) == 2


def test_an_export_in_three_clicks(hand_of: Callable[..., Hand]):
    dave = hand_of("dave")
    page = dave.page
    page.goto("/")

    dave.click(page.get_by_role("navigation", name="Main").get_by_role("link", name="Reports"))
    dave.click(page.get_by_role("button", name="Export"))
    download = page.get_by_role("link", name="Download")
    expect(download).to_be_visible(timeout=60_000)
    with page.expect_download():
        dave.click(download)

    assert dave.clicks <= 3
