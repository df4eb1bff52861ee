"""Every page, looked at as its readers do: wide and narrow, light and dark, and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser import axe
from tests.browser.product import Product
from tests.browser.trails import EXPECTED, ID, PAGES
from tests.browser.walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.slow]

HEIGHT = 900
WIDE, NARROW, SMALLEST = 1440, 390, 320  # px


@dataclass
class Reader:
    """One of the cast in a browser; notes what is wrong with the pages that they open."""

    page: Page
    walk: Walk
    problems: list[str]
    language: str = "en"

    def look_at(self, address: str, status: int) -> None:
        """Open a page: wide and light first in English, narrow and dark first in German, and small in both."""
        wide = self.language == "en"
        self.page.set_viewport_size({"width": WIDE if wide else NARROW, "height": HEIGHT})
        response = self.page.goto(address)
        self.expect(address, response is not None and response.status == status, "has another status")
        self.expect(address, self.page.locator("h1").count() == 1, "has not one h1")
        spoken = self.page.locator("html").get_attribute("lang")
        self.expect(address, spoken == self.language, f"speaks {spoken}, not {self.language}")
        self.problems += axe.problems_of(self.page, first="light" if wide else "dark")
        self.page.set_viewport_size({"width": SMALLEST, "height": HEIGHT})
        width = self.page.evaluate("document.documentElement.scrollWidth")
        self.expect(address, width <= SMALLEST, f"is {width} px wide on a screen of {SMALLEST}, in {self.language}")
        if wide:
            self.page.set_viewport_size({"width": NARROW, "height": HEIGHT})
            self.problems += axe.problems_of(self.page, colours_only=True)

    def expect(self, address: str, holds: bool, problem: str) -> None:
        if not holds:
            self.problems.append(f"{address} {problem}")


@pytest.fixture
def reader(open_as: Callable[..., Page]) -> Callable[..., Reader]:
    def make(who: str, **options: object) -> Reader:
        page = open_as(who, **options)
        reader = Reader(page, Walk(page), [])

        def note(kind: str, text: str) -> None:
            # The browser logs the status of a page that is refused or missing by intention.
            if kind == "error" and urlsplit(page.url).path not in EXPECTED:
                reader.problems.append(f"{page.url} logs {text}")

        page.on("console", lambda message: note(message.type, message.text))
        return reader

    return make


def status_of(who: str, trail: tuple[str, ...]) -> int:
    return EXPECTED.get(trail[0], 200) if who == "alice" and len(trail) == 1 else 200


@pytest.mark.parametrize("who", PAGES, ids=lambda who: who or "visitor")
def test_everybody_can_use_every_page(reader: Callable[..., Reader], product: Product, who: str):
    """Nothing that axe finds, in light and dark, wide and narrow, English and German; nothing wider than the smallest
    phone; no error."""
    somebody = reader(who)
    addresses = [(somebody.walk.follow(trail), status_of(who, trail)) for trail in PAGES[who]]
    for address, status in addresses:
        somebody.look_at(address, status)
    assert somebody.problems == []

    german = somebody if who else reader(who, locale="de-DE")
    german.language = "de"
    with product.speaking("de", who):
        for address, status in addresses:
            german.look_at(address, status)
    assert german.problems == []


def test_an_idea_is_written_without_scripts(open_as: Callable[..., Page]):
    """A draft, left and found again, then handed in."""
    ed = open_as("ed", java_script_enabled=False)
    ed.goto("/challenges/")
    ed.locator("main li.row a").first.click()
    ed.get_by_role("link", name="Write an idea").first.click()
    if ed.get_by_role("button", name="Accept and write").count():
        ed.get_by_role("button", name="Accept and write").click()
    ed.get_by_label("Title").fill("Hooks beside the door")
    ed.locator("textarea[name=body]").fill("Three hooks, so that **nobody** looks for the key.")
    ed.get_by_role("button", name="Save the draft").click()

    ed.goto("/ideas/")
    ed.get_by_role("link", name="Hooks beside the door").first.click()
    expect(ed.locator("main")).to_contain_text("Draft")
    ed.get_by_role("link", name="Continue writing").first.click()
    expect(ed.locator("textarea[name=body]")).to_have_value("Three hooks, so that **nobody** looks for the key.")
    ed.get_by_role("button", name="Hand in", exact=True).click()
    expect(ed.get_by_text("Your idea is handed in.")).to_be_visible()
    expect(ed.locator("main strong", has_text="nobody")).to_be_visible()


def test_many_people_are_changed_at_once(reader: Callable[[str], Reader]):
    """Searched for while typing, ticked all at once, shown, done."""
    erin = reader("erin")
    page = erin.page
    page.goto("/people/groups/")
    page.locator("#add").get_by_label("Name").fill("Bulk of people")
    page.get_by_role("button", name="Add", exact=True).click()
    page.goto("/people/?state=")
    page.get_by_label("Name or e-mail").press_sequentially("a")
    page.wait_for_url(re.compile(r"/people/\?.*q=a"))
    expect(page.locator("#count")).to_contain_text("found")
    page.locator("[data-tick-all]").check()
    expect(page.locator("input[name=person]:not(:checked)")).to_have_count(0)
    expect(page.get_by_label("Location", exact=True).last).to_be_hidden()
    page.get_by_label("With those chosen").select_option("add_to_group")
    expect(page.get_by_label("Group", exact=True).last).to_be_visible()
    page.wait_for_load_state("networkidle")
    page.goto("/people/?state=", wait_until="networkidle")
    page.locator("input[name=person]").first.check()
    page.get_by_label("With those chosen").select_option("add_to_group")
    page.wait_for_load_state("networkidle")
    expect(page.locator("input[name=person]").first).to_be_checked()  # choosing what to do is no search
    page.locator("select[name=to_group]").select_option(label="Bulk of people")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(re.compile(f"/people/bulk/{ID}/"))
    address = urlsplit(page.url).path
    erin.look_at(address, 200)
    page.get_by_role("button", name="Do it for 1 person").click()
    expect(page.get_by_text("Done for 1 person.")).to_be_visible()
    erin.look_at(address, 200)
    assert erin.problems == []
