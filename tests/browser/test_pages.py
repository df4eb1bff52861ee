"""Every page, looked at as its readers do: wide and narrow, light and dark, and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, Request, expect

from tests.browser.trails import CHALLENGE, EXPECTED, ID, PAGES

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EVERYTHING = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
# Whether it is light or dark changes nothing but colours, so that each width is gone through in full once.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
VIEWS = ((1440, "light", EVERYTHING), (1440, "dark", COLOURS), (390, "dark", EVERYTHING), (390, "light", COLOURS))
RUN = "async options => (await axe.run(document, options)).violations"
SMALLEST = 320  # px
ON_THE_WIRE = 100_000  # bytes, with styles and scripts
HEIGHT = 900


@dataclass
class Reader:
    """One of the cast in a browser; notes what is wrong with the pages that they open."""

    page: Page
    found: dict[str, str]
    problems: list[str]

    def follow(self, trail: tuple[str, ...]) -> str:
        """Return the address at the end of a trail, opening the pages on the way that were not opened before."""
        address = trail[0]
        for position, pattern in enumerate(trail[1:], start=1):
            way = " > ".join(trail[: position + 1])
            if way not in self.found:
                self.page.goto(address)
                links = self.page.eval_on_selector_all("main a[href]", "all => all.map(a => a.getAttribute('href'))")
                self.found[way] = next((link for link in links if re.fullmatch(pattern, link)), "")
                assert self.found[way], f"{address} does not lead to {pattern}"
            address = self.found[way]
        return address

    def look_at(self, address: str, status: int) -> None:
        self.page.set_viewport_size({"width": VIEWS[0][0], "height": HEIGHT})
        response = self.page.goto(address)
        self.expect(address, response is not None and response.status == status, "has another status")
        self.expect(address, self.page.locator("h1").count() == 1, "has not one h1")
        self.page.evaluate(AXE_SCRIPT)
        for width, scheme, options in VIEWS:
            self.page.set_viewport_size({"width": width, "height": HEIGHT})
            self.page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            for violation in self.page.evaluate(RUN, options):
                nodes = [node["html"][:160] for node in violation["nodes"][:3]]
                self.problems.append(f"{address} at {width} px, {scheme}: {violation['help']}: {nodes}")
        self.page.set_viewport_size({"width": SMALLEST, "height": HEIGHT})
        wide = self.page.evaluate("document.documentElement.scrollWidth")
        self.expect(address, wide <= SMALLEST, f"is {wide} px wide on a screen of {SMALLEST}")

    def expect(self, address: str, holds: bool, problem: str) -> None:
        if not holds:
            self.problems.append(f"{address} {problem}")


@pytest.fixture
def reader(open_as: Callable[..., Page]) -> Iterator[Callable[[str], Reader]]:
    def make(who: str) -> Reader:
        page = open_as(who)
        reader = Reader(page, {}, [])

        def note(kind: str, text: str) -> None:
            # The browser logs the status of a page that is refused or missing by intention.
            if kind == "error" and urlsplit(page.url).path not in EXPECTED:
                reader.problems.append(f"{page.url} logs {text}")

        page.on("console", lambda message: note(message.type, message.text))
        return reader

    return make


@pytest.mark.parametrize("who", PAGES, ids=lambda who: who or "visitor")
def test_everybody_can_use_every_page(reader: Callable[[str], Reader], who: str):
    """Nothing that axe finds, in light and dark, wide and narrow; nothing wider than the smallest phone; no error."""
    somebody = reader(who)
    for trail in PAGES[who]:
        address = somebody.follow(trail)
        refused = who == "alice" and len(trail) == 1
        somebody.look_at(address, EXPECTED.get(address, 200) if refused else 200)
    assert somebody.problems == []


@pytest.mark.parametrize("trail", [("/",), CHALLENGE], ids=["home", "challenge"])
def test_a_first_visit_is_light(reader: Callable[[str], Reader], chromium, product, trail: tuple[str, ...]):
    """The page with everything that it loads, nothing of it known to the browser."""
    signed_in = reader("alice")
    address = signed_in.follow(trail)
    context = chromium.new_context(base_url=product.url(""), storage_state=signed_in.page.context.storage_state())
    requests: list[Request] = []
    page = context.new_page()
    page.on("requestfinished", lambda request: requests.append(request))
    page.goto(address, wait_until="networkidle")
    loaded = {request.url: request.sizes()["responseBodySize"] for request in requests}
    context.close()
    assert len(loaded) > 3  # the page, its styles and its scripts
    assert sum(loaded.values()) < ON_THE_WIRE, loaded


def test_an_idea_is_written_without_scripts(open_as: Callable[..., Page]):
    """A draft, left and found again, then handed in."""
    ed = open_as("ed", java_script_enabled=False)
    ed.goto("/challenges/")
    ed.locator("main li.row a").first.click()
    ed.get_by_role("link", name="Write an idea").first.click()
    if ed.get_by_role("button", name="Accept and write").count():
        ed.get_by_role("checkbox").check()
        ed.get_by_role("button", name="Accept and write").click()
    ed.get_by_label("Title").fill("Hooks beside the door")
    ed.locator("textarea[name=body]").fill("Three hooks, so that **nobody** looks for the key.")
    ed.get_by_role("button", name="Save the draft").click()

    ed.goto("/ideas/")
    ed.get_by_role("link", name="Hooks beside the door").first.click()
    expect(ed.locator("main")).to_contain_text("Draft")
    ed.get_by_role("link", name="Go on writing").first.click()
    expect(ed.locator("textarea[name=body]")).to_have_value("Three hooks, so that **nobody** looks for the key.")
    ed.get_by_role("button", name="Hand in", exact=True).click()
    expect(ed.get_by_text("Your idea is handed in.")).to_be_visible()
    expect(ed.locator("main strong", has_text="nobody")).to_be_visible()


def test_a_comment_of_ones_own(reader: Callable[[str], Reader]):
    somebody = reader("alice")
    idea = somebody.follow((*CHALLENGE, f"/ideas/{ID}/"))
    somebody.page.goto(idea)
    somebody.page.locator("textarea[name=body]").fill("Have the filters been tried?")
    somebody.page.locator("form:has(textarea[name=body]) button:not([name])").last.click()
    expect(somebody.page.get_by_text("Have the filters been tried?")).to_be_visible()
    link = somebody.page.locator("a[href^='/ideas/comments/'][href$='/edit/']").first.get_attribute("href")
    somebody.look_at(link or "", 200)
    assert somebody.problems == []


def test_the_terms_before_an_idea(reader: Callable[[str], Reader]):
    somebody = reader("alice")
    address = somebody.follow((*CHALLENGE, f"/ideas/new/{ID}/"))
    somebody.look_at(f"{address}terms/", 200)
    assert somebody.problems == []


def test_an_import_and_an_export(reader: Callable[[str], Reader]):
    administrator = reader("erin")
    administrator.page.goto("/people/imports/")
    table = {"name": "people.csv", "mimeType": "text/csv", "buffer": b"name,email\nNina New,nina.new@acme.example\n"}
    administrator.page.locator("input[type=file]").set_input_files([table])
    administrator.page.locator("form:has(input[type=file]) button").click()
    administrator.page.wait_for_url(re.compile(f"/people/imports/{ID}/"))
    expect(administrator.page.locator("input[name=digest]")).to_be_attached()
    administrator.look_at(urlsplit(administrator.page.url).path, 200)

    analyst = reader("dave")
    analyst.page.goto("/reports/")
    analyst.page.get_by_role("button", name="Export", exact=True).click()
    analyst.page.wait_for_url(re.compile(f"/reports/exports/{ID}/"))
    analyst.look_at(urlsplit(analyst.page.url).path, 200)
    assert administrator.problems + analyst.problems == []


def test_many_people_are_changed_at_once(reader: Callable[[str], Reader]):
    """Searched for while typing, ticked all at once, shown, done."""
    erin = reader("erin")
    page = erin.page
    page.goto("/people/groups/")
    page.get_by_label("Name").fill("Bulk of people")
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
    page.goto("/people/?state=")
    page.locator("input[name=person]").first.check()
    page.get_by_label("With those chosen").select_option("add_to_group")
    page.locator("select[name=to_group]").select_option(label="Bulk of people")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(re.compile(f"/people/bulk/{ID}/"))
    address = urlsplit(page.url).path
    erin.look_at(address, 200)
    page.get_by_role("button", name="Do it for 1 person").click()
    expect(page.get_by_text("Done for 1 person.")).to_be_visible()
    erin.look_at(address, 200)
    assert erin.problems == []
