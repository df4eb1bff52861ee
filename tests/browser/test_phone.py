"""The employee's story with one thumb, on the smallest phone and on a usual one."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.trails import ID

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TARGET = 44  # px that a thumb hits
CHALLENGE = "Tight the first time"


@dataclass
class Thumb:
    """Touches what is large enough, on pages that nobody has to move sideways."""

    page: Page

    def tap(self, control: Locator) -> None:
        control.scroll_into_view_if_needed()
        box = control.bounding_box()
        assert box is not None
        assert box["height"] >= TARGET, f"{control} is {box['height']} px high"
        control.tap()

    def fits(self) -> None:
        self.page.wait_for_load_state()
        width, seen = self.page.evaluate("[document.documentElement.scrollWidth, innerWidth]")
        assert width <= seen, f"{self.page.url} is {width} px wide on {seen}"


@pytest.fixture(params=[320, 390])
def thumb(request: pytest.FixtureRequest, open_as: Callable[..., Page]) -> Thumb:
    viewport = {"width": request.param, "height": 640}
    return Thumb(open_as("alice", viewport=viewport, has_touch=True, is_mobile=True))


def test_from_the_question_to_an_idea_that_is_handed_in(thumb: Thumb):
    page = thumb.page
    title = f"Seen from a screen of {page.viewport_size['width']} px"
    thumb.tap(page.get_by_role("navigation").get_by_role("link", name="Challenges"))
    page.wait_for_url("**/challenges/")
    page.get_by_role("main").get_by_role("link", name=re.compile(CHALLENGE)).first.tap()
    expect(page.get_by_role("heading", level=1, name=re.compile(CHALLENGE))).to_be_visible()
    thumb.fits()
    page.goto(page.url.replace("/challenges/", "/ideas/new/") + "?another=1")
    if (accept := page.get_by_role("button", name="Accept and write")).count():
        thumb.tap(accept)
    with page.expect_response(re.compile("/autosave/")):
        page.get_by_label("Title").fill(title)
        page.locator("textarea[name=body]").fill("A **lamp** behind the joint shows what leaks.")
    page.get_by_role("button", name="Show a preview").tap()
    expect(page.locator("strong", has_text="lamp")).to_be_visible()
    thumb.fits()
    thumb.tap(page.get_by_role("button", name="Hand in", exact=True))
    expect(page.get_by_text("Your idea is handed in.")).to_be_visible()
    thumb.fits()

    thumb.tap(page.get_by_role("navigation").get_by_role("link", name="My ideas"))
    row = page.get_by_role("listitem").filter(has_text=title).first
    expect(row).to_contain_text("Waiting for a moderator")
    expect(row).to_contain_text("Answer by")
    thumb.fits()


def test_taking_part_in_the_ideas_of_others(thumb: Thumb):
    page = thumb.page
    page.goto("/search/?q=helium")
    page.get_by_role("main").locator("a").filter(has_text="helium").first.tap()
    page.wait_for_url(re.compile(f"/ideas/{ID}/"))
    thumb.fits()
    follow = page.locator("#follow")
    before = follow.get_attribute("aria-pressed")
    with page.expect_response(re.compile("/follow/")):
        thumb.tap(follow)
    expect(page.locator("#follow")).not_to_have_attribute("aria-pressed", before or "")
    page.get_by_label("Your comment").fill("We tried this on line two, with argon.")
    thumb.tap(page.get_by_role("button", name="Comment", exact=True))
    expect(page.get_by_text("We tried this on line two, with argon.").first).to_be_visible()

    thumb.tap(page.get_by_role("navigation").get_by_role("link", name=re.compile("^Inbox")))
    expect(page.get_by_role("heading", level=1, name="Inbox")).to_be_visible()
    thumb.fits()
