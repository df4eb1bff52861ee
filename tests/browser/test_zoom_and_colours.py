"""The main pages at twice their size, in the reader's own colours, and without motion: nothing is lost."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, ViewportSize

from tests.browser.keyboard import Keyboard
from tests.browser.trails import CASE, CHALLENGE, DRAFT, ID, OWN_IDEA, ROOM
from tests.browser.walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SCREENS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("alice", ("/",)),
    ("alice", ("/challenges/",)),
    ("alice", CHALLENGE),
    ("alice", (*CHALLENGE, f"/ideas/{ID}/")),
    ("alice", (*CHALLENGE, f"/ideas/new/{ID}/")),
    ("alice", OWN_IDEA),
    ("alice", ("/inbox/",)),
    ("alice", ("/recognition/",)),
    ("alice", ("/people/me/",)),
    ("bob", ("/moderation/",)),
    ("bob", CASE),
    ("carol", ROOM),
    ("carol", (*ROOM, f"/challenges/{ID}/answers/")),
    ("carol", (*DRAFT, f"/challenges/{ID}/edit/audience/")),
    ("dave", ("/reports/",)),
    ("erin", ("/people/",)),
)
NAMES = [f"{who}: {trail[-1].replace(ID, 'id')}" for who, trail in SCREENS]
# A window of 1280 x 900 px whose content is shown at twice its size.
ZOOMED = {"viewport": ViewportSize(width=640, height=450), "device_scale_factor": 2}
PLAIN = {"viewport": ViewportSize(width=1280, height=900)}
# Where one can go and what one can do; what is in a closed menu counts, what is nowhere on the page does not.
WITHIN_REACH = """() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea")]
  .filter(e => e.closest("details:not([open])") || e.checkVisibility())
  .map(e => e.getAttribute("href") ?? `${e.tagName} ${e.name} ${e.value}`)"""
# Text that its own box cuts off, where it is not meant to be read out only, nor shortened on purpose.
CUT_OFF = """() => [...document.querySelectorAll("main *, header *")].filter(e => {
  const style = getComputedStyle(e);
  return e.checkVisibility() && style.overflowX === "hidden" && style.textOverflow !== "ellipsis" && e.clientWidth > 1
    && e.scrollWidth > e.clientWidth + 1;
}).map(e => e.outerHTML.slice(0, 120))"""
MOVING = """() => document.getAnimations().filter(each => each.playState === "running").length
  + [...document.querySelectorAll("*")].filter(e => parseFloat(getComputedStyle(e).transitionDuration) > 0.01).length"""
# What tells by its ground alone would be gone: a bar, the chosen row and the current page need lines of their own.
WITHOUT_LINES = """() => [...document.querySelectorAll("progress, :is(main, header) [aria-current]")].filter(e => {
  const lines = (part = null) => {
    const style = getComputedStyle(e, part);
    const has = name => style[`${name}Style`] !== "none" && parseFloat(style[`${name}Width`]) > 0;
    return ["outline", "borderTop", "borderBottom"].some(has);
  };
  return e.checkVisibility() && !lines() && !lines("::before");
}).map(e => e.outerHTML.slice(0, 160))"""


def go(open_as: Callable[..., Page], who: str, trail: tuple[str, ...], **options: object) -> Page:
    page = open_as(who, start="", **options)
    page.goto(Walk(page).follow(trail))
    return page


@pytest.mark.parametrize(("who", "trail"), SCREENS, ids=NAMES)
def test_at_twice_its_size_nothing_is_lost(open_as: Callable[..., Page], who: str, trail: tuple[str, ...]):
    page = go(open_as, who, trail, **PLAIN)
    before = set(page.evaluate(WITHIN_REACH))

    page = go(open_as, who, (page.url,), **ZOOMED)

    assert page.evaluate("document.documentElement.scrollWidth") <= ZOOMED["viewport"]["width"]
    # Of list and case one is shown at a time, and a link leads back.
    if not page.get_by_role("link", name="All cases").count():
        assert before - set(page.evaluate(WITHIN_REACH)) == set()
    assert page.evaluate(CUT_OFF) == []
    assert Keyboard(page).stops() > 5


@pytest.mark.parametrize(("who", "trail"), SCREENS, ids=NAMES)
def test_in_the_readers_colours_and_without_motion(open_as: Callable[..., Page], who: str, trail: tuple[str, ...]):
    page = go(open_as, who, trail, forced_colors="active", reduced_motion="reduce")

    assert page.evaluate(MOVING) == 0
    assert page.evaluate(WITHOUT_LINES) == []
    assert Keyboard(page).stops() > 5


def test_what_is_pressed_looks_so_in_the_readers_colours(open_as: Callable[..., Page]):
    """Not by its colour alone: the words change, or there is a border more."""
    page = go(open_as, "alice", (*CHALLENGE, f"/ideas/{ID}/"), forced_colors="active")
    follow = page.locator("#follow")
    state = follow.get_attribute("aria-pressed")
    before = follow.inner_text()

    with page.expect_response("**/follow/"):
        follow.click()

    assert follow.get_attribute("aria-pressed") != state
    assert follow.inner_text() != before
