"""Every page, looked at as its readers do: wide and narrow, light and dark, and without scripts."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, Request, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]

EVERYTHING = {"runOnly": ["wcag2a", "wcag2aa", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
# Whether it is light or dark changes nothing but colours, so that each width is gone through in full once.
COLOURS = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
VIEWS = ((1440, "light", EVERYTHING), (1440, "dark", COLOURS), (390, "dark", EVERYTHING), (390, "light", COLOURS))
RUN = "async options => (await axe.run(document, options)).violations"
SMALLEST = 320  # px
ON_THE_WIRE = 100_000  # bytes, with styles and scripts
HEIGHT = 900

ID = "[a-z0-9]{10}"
CHALLENGE, OWN_IDEA = ("/challenges/", f"/challenges/{ID}/"), ("/ideas/", f"/ideas/{ID}/")
ROOM = ("/challenges/?show=managed", f"/challenges/{ID}/room/")
DRAFT = ("/challenges/?show=managed", f"/challenges/{ID}/edit/", f"/challenges/{ID}/edit/question/")
CASE = ("/moderation/", f"/moderation/{ID}/")

# Who opens what: an address, then the links that are followed from there, because nobody knows an id before.
PAGES: dict[str, tuple[tuple[str, ...], ...]] = {
    "": (("/accounts/login/",), ("/accounts/password/reset/",)),
    "alice": (
        ("/",),
        ("/challenges/",),
        ("/challenges/?show=past",),
        CHALLENGE,
        (*CHALLENGE, f"/challenges/{ID}/terms/"),
        (*CHALLENGE, f"/ideas/{ID}/"),
        (*CHALLENGE, f"/ideas/new/{ID}/"),
        ("/ideas/",),
        OWN_IDEA,
        (*OWN_IDEA, f"/ideas/{ID}/edit/"),
        (*OWN_IDEA, f"/ideas/{ID}/team/"),
        (*OWN_IDEA, f"/ideas/{ID}/revisions/"),
        ("/inbox/",),
        ("/inbox/?show=unread",),
        ("/inbox/preferences/",),
        ("/recognition/",),
        ("/recognition/board/",),
        ("/people/me/",),
        ("/people/me/tokens/",),
        ("/search/?q=copper",),
        ("/search/?q=nothing-has-this-name",),
        ("/accounts/password/change/",),
        ("/accounts/2fa/",),
        ("/demo/mailbox/",),
        ("/nowhere/",),
        ("/people/roles/",),  # refused
    ),
    "bob": (
        ("/moderation/",),
        CASE,
        (*CASE, rf"/moderation/{ID}/\?outcome=changes_requested"),
        ("/moderation/log/",),
        ("/moderation/reasons/",),
        ("/moderation/reasons/new/",),
        ("/moderation/reasons/", f"/moderation/reasons/{ID}/"),
        ("/challenges/", f"/challenges/{ID}/", f"/ideas/{ID}/", f"/moderation/report/idea/{ID}/"),
    ),
    "carol": (
        ("/challenges/?show=managed",),
        ROOM,
        (*ROOM, f"/challenges/{ID}/invitations/"),
        (*ROOM, f"/challenges/{ID}/dates/"),
        (*ROOM, f"/challenges/{ID}/close/"),
        ("/search/?q=helium", f"/ideas/{ID}/", f"/ideas/{ID}/answer/"),
        ("/challenges/new/",),
        DRAFT,
        *((*DRAFT, f"/challenges/{ID}/{rest}/") for rest in ("edit/audience", "edit/dates", "edit/check")),
        *((*DRAFT, f"/challenges/{ID}/{rest}/") for rest in ("preview", "discard")),
    ),
    "dave": (
        ("/reports/",),
        ("/reports/engagement/",),
        ("/people/",),
        ("/people/", f"/people/{ID}/"),
    ),
    "erin": (
        ("/people/new/",),
        ("/people/", f"/people/{ID}/"),
        ("/people/", f"/people/{ID}/", f"/people/{ID}/edit/"),
        ("/people/imports/",),
        ("/people/roles/",),
        ("/people/departments/",),
        ("/people/departments/", f"/people/departments/{ID}/"),
        ("/people/locations/",),
        ("/people/skills/",),
        ("/people/skills/", f"/people/skills/{ID}/"),
        ("/people/groups/", f"/people/groups/{ID}/"),
    ),
    "frank": (("/",), ("/moderation/",), ("/reports/",)),
    "ed": (("/",), ("/ideas/",), ("/inbox/",)),
}
EXPECTED = {"/nowhere/": 404, "/people/roles/": 403}


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


def test_there_are_pages_enough():
    assert sum(map(len, PAGES.values())) >= 60


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
