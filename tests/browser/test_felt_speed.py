"""What makes the pages feel quick: nothing jumps, little is loaded, and a click is answered before the server does."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, Request, Response, Route, expect

from tests.browser.trails import CHALLENGE, ID
from tests.browser.walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SHIFT = 0.02  # of the screen, all shifts of a page together
ON_THE_WIRE = 100_000  # bytes, with styles and scripts
FINGERPRINT = re.compile(r"/static/.*\.[0-9a-f]{12}\.[a-z0-9]+$")
SIZES = ({"width": 390, "height": 844}, {"width": 1440, "height": 900})
COUNT_SHIFTS = """
    window.shift = 0;
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shift += entry.value;
    }).observe({type: "layout-shift", buffered: true});
"""
SETTLED = "() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling, .htmx-added')"
DELIVERY = "performance.getEntriesByType('navigation')[0].deliveryType"
# A function: the policy forbids a page to evaluate text.
PAINTED = "() => performance.getEntriesByName('first-contentful-paint').length > 0"
TWO_FRAMES = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
# Who looks, and the way there.
SCREENS = {
    "home": ("alice", ("/",)),
    "challenge": ("alice", CHALLENGE),
    "idea": ("alice", (*CHALLENGE, f"/ideas/{ID}/")),
    "editor": ("alice", (*CHALLENGE, f"/ideas/new/{ID}/")),
    "queue": ("bob", ("/moderation/",)),
    "own page": ("alice", ("/people/me/",)),
    "people": ("dave", ("/people/",)),
    "reports": ("dave", ("/reports/",)),
    "settings": ("erin", ("/settings/",)),
}


@dataclass
class Visitor:
    """Somebody who is signed in, in browsers that know none of our files yet."""

    walk: Walk
    again: Callable[..., Page]


@pytest.fixture
def visit(open_as: Callable[..., Page]) -> Callable[[str], Visitor]:
    def make(who: str) -> Visitor:
        return Visitor(Walk(open_as(who)), lambda **options: open_as(who, start="", **options))

    return make


def is_shown(response: Response | None) -> None:
    """What is measured is the page, and not the one that refuses it."""
    assert response is not None
    assert response.ok, (response.url, response.status)


@pytest.mark.parametrize("screen", SCREENS)
def test_nothing_jumps_while_a_page_loads(visit, screen: str):
    who, trail = SCREENS[screen]
    somebody = visit(who)
    address = somebody.walk.follow(trail)

    for size in SIZES:
        page = somebody.again(viewport=size)
        page.add_init_script(COUNT_SHIFTS)
        is_shown(page.goto(address))
        page.keyboard.press("End")
        page.wait_for_load_state("networkidle")
        page.evaluate(TWO_FRAMES)

        assert page.evaluate("window.shift") < SHIFT, (address, size)


@pytest.mark.parametrize("screen", SCREENS)
def test_a_first_visit_is_light_and_every_file_has_a_fingerprint(visit, screen: str):
    who, trail = SCREENS[screen]
    somebody = visit(who)
    address = somebody.walk.follow(trail)
    requests: list[Request] = []
    page = somebody.again()
    page.on("requestfinished", lambda request: requests.append(request))

    is_shown(page.goto(address, wait_until="networkidle"))

    sizes = {request.url: request.sizes()["responseBodySize"] for request in requests}
    files = [url for url in sizes if "/static/" in url]
    assert sum(sizes.values()) < ON_THE_WIRE, sizes
    assert len(files) > 3
    assert [url for url in files if not FINGERPRINT.search(url)] == []


@pytest.mark.parametrize("screen", SCREENS)
def test_a_page_is_painted_before_any_script_has_come(visit, screen: str):
    who, trail = SCREENS[screen]
    somebody = visit(who)
    address = somebody.walk.follow(trail)
    waiting: list[Route] = []
    page = somebody.again()
    page.route("**/*.js", lambda route: waiting.append(route))

    is_shown(page.goto(address, wait_until="commit"))

    expect(page.locator("main h1")).to_be_visible()
    page.wait_for_function(PAINTED)
    assert waiting
    for route in waiting:
        route.abort()


# Votes and follows are one kind of form. Voting is not open in the demo while these tests run, following always is.
@pytest.fixture
def page(visit) -> Page:
    """An idea that Ed does not follow."""
    ed = visit("ed")
    page: Page = ed.again()
    for address in ed.walk.links(ed.walk.follow(CHALLENGE), f"/ideas/{ID}/"):
        page.goto(address)
        if page.locator("#follow[aria-pressed=false]").count():
            return page
    raise AssertionError("Nothing to follow.")


def is_taken_back(page: Page, why: str) -> None:
    button = page.locator("#follow")
    expect(page.locator("#toasts")).to_contain_text(why)
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(button).to_have_accessible_name("Follow")
    expect(button).to_be_focused()


def test_a_toggle_answers_at_once_and_is_taken_back_when_refused(page: Page):
    waiting: list[Route] = []
    page.route("**/follow/", lambda route: waiting.append(route))
    button = page.locator("#follow")

    button.click()
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_have_accessible_name("You follow this")
    button.click()  # nothing more happens before there is an answer

    [route] = waiting
    route.fulfill(status=403, headers={"X-Reason": "This%20idea%20is%20not%20published."})
    is_taken_back(page, "This idea is not published.")


def test_without_a_connection_it_is_taken_back(page: Page):
    page.context.set_offline(True)

    page.locator("#follow").click()

    is_taken_back(page, "The server did not answer.")


def test_of_somebody_signed_out_it_is_taken_back(page: Page):
    page.context.clear_cookies(name=re.compile("session"))

    page.locator("#follow").click()

    is_taken_back(page, "You are signed out.")


def test_what_the_server_took_stays_and_so_does_the_focus(page: Page):
    button = page.locator("#follow")

    first = button.get_attribute("aria-pressed") == "true"  # another test may have followed it

    for pressed in (not first, first):
        page.wait_for_function(SETTLED)  # before that, a press sends the form without htmx, which works as well
        with page.expect_response("**/follow/") as answer:
            button.press("Enter")
        assert answer.value.ok
        expect(page.locator(f"#follow[value='{int(not pressed)}']")).to_be_focused()
        expect(button).to_have_attribute("aria-pressed", str(pressed).lower())
    page.reload()
    expect(button).to_have_attribute("aria-pressed", str(first).lower())


def test_a_link_that_somebody_points_at_is_fetched_already(visit):
    page = visit("alice").again()
    page.goto("/", wait_until="networkidle")
    link = page.locator(".topnav a[href='/challenges/']")

    link.hover()
    page.wait_for_timeout(1_000)
    link.click()
    page.wait_for_url("**/challenges/")

    assert page.evaluate(DELIVERY) == "navigational-prefetch"


def test_a_page_that_notes_its_reader_is_not(visit):
    page = visit("alice").again()
    page.goto("/challenges/", wait_until="networkidle")
    link = page.locator("main a[href^='/challenges/']").first

    link.hover()
    page.wait_for_timeout(1_000)
    link.click()
    page.wait_for_url(re.compile(CHALLENGE[-1]))

    assert page.evaluate(DELIVERY) == ""
