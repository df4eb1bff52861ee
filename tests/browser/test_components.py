"""What components do when they are used: from the keyboard, with the pointer, without scripts, and while one waits."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page, Route, expect

from tests.browser.axe import EVERYTHING, RUN
from tests.browser.trails import ROOM
from tests.browser.walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.slow]

GUIDE = "/styleguide/"
FOCUSED = "document.activeElement"
ENDS_WITH_AN_ERROR = re.compile(r"valid|fill")


def found_by_axe(page: Page, *, without: str = "") -> list[str]:
    page.evaluate(AXE_SCRIPT)
    options = EVERYTHING | ({"rules": {without: {"enabled": False}}} if without else {})
    return [f"{found['help']}: {found['nodes'][0]['html'][:160]}" for found in page.evaluate(RUN, ["html", options])]


@pytest.fixture
def guide(open_as: Callable[..., Page]) -> Page:
    # What a service worker asks for cannot be held up by a test.
    options = {"reduced_motion": "reduce", "service_workers": "block"}
    page = open_as("alice", viewport={"width": 1440, "height": 900}, **options)
    page.goto(GUIDE)
    return page


def test_a_dialog_takes_the_focus_keeps_it_and_gives_it_back(guide: Page):
    opener, dialog = guide.locator("[data-dialog=light-ask]"), guide.locator("#light-ask")
    opener.focus()
    guide.keyboard.press("Enter")

    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Close")).to_be_focused()
    assert found_by_axe(guide) == []
    for _stop in range(7):  # round once and on; the browser's own bar counts as the body
        guide.keyboard.press("Tab")
        assert guide.evaluate(f"{FOCUSED} === document.body || {FOCUSED}.closest('dialog')?.id === 'light-ask'")

    guide.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()


def test_a_field_that_was_refused_is_unmarked_when_it_is_changed_and_nothing_jumps(guide: Page):
    refused = guide.locator(".field.has-error:has(input[type=email])").first
    control = guide.locator(f"#{refused.locator('input').get_attribute('id')}")
    field = guide.locator(".field").filter(has=control)
    noted = guide.locator(f".error-summary a[href='#{control.get_attribute('id')}']")
    expect(control).to_have_attribute("aria-invalid", "true")
    height = field.bounding_box()["height"]

    control.press_sequentially("a")

    expect(control).not_to_have_attribute("aria-invalid", "true")
    expect(control).not_to_have_accessible_description(ENDS_WITH_AN_ERROR)
    expect(field.locator(".error")).to_be_hidden()
    expect(noted).to_have_class("is-mended")
    assert field.bounding_box()["height"] == height
    assert found_by_axe(guide) == []


def test_a_dialog_closes_on_a_click_beside_it_and_not_on_a_selection_that_ends_there(guide: Page):
    opener, dialog = guide.locator("[data-dialog=dark-ask]"), guide.locator("#dark-ask")
    opener.click()
    expect(dialog).to_be_visible()

    box = dialog.locator("p").bounding_box()
    assert box
    guide.mouse.move(box["x"] + 10, box["y"] + 10)
    guide.mouse.down()
    guide.mouse.move(20, 20)
    guide.mouse.up()
    expect(dialog).to_be_visible()

    guide.mouse.click(20, 20)
    expect(dialog).to_be_hidden()
    expect(opener).to_be_focused()

    opener.click()
    dialog.get_by_role("button", name="Keep it").click()
    expect(dialog).to_be_hidden()


def test_a_draft_is_deleted_in_a_dialog_and_without_scripts_on_a_page(open_as: Callable[..., Page]):
    carol = open_as("carol", java_script_enabled=False)
    edit_the_draft(carol)
    carol.get_by_role("link", name="Delete the draft").click()
    carol.wait_for_url("**/discard/")
    expect(carol.get_by_role("button", name="Delete the draft")).to_be_enabled()

    carol = open_as("carol")
    edit_the_draft(carol)
    address = carol.url
    carol.get_by_role("link", name="Delete the draft").click()
    dialog = carol.get_by_role("dialog", name="Delete this draft?")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="Keep it").click()
    expect(dialog).to_be_hidden()
    assert carol.url == address


def edit_the_draft(page: Page) -> None:
    page.goto("/challenges/?show=managed")
    page.locator("main a[href*='/edit/']").first.click()
    page.wait_for_url("**/edit/**")


def test_a_menu_moves_with_arrows_and_closes_when_one_leaves(guide: Page):
    menu = guide.locator("#navigation .menu").first
    summary, links = menu.locator("summary"), menu.locator(".menu-list a")
    summary.focus()

    guide.keyboard.press("ArrowDown")
    expect(links.nth(0)).to_be_focused()
    assert found_by_axe(guide) == []
    guide.keyboard.press("ArrowDown")
    expect(links.nth(1)).to_be_focused()
    guide.keyboard.press("Escape")
    expect(links.nth(0)).to_be_hidden()
    expect(summary).to_be_focused()

    guide.keyboard.press("ArrowUp")
    expect(menu.locator("button").last).to_be_focused()
    guide.keyboard.press("Tab")
    expect(links.nth(0)).to_be_hidden()

    summary.click()
    expect(links.nth(0)).to_be_visible()
    guide.locator("h1").click()
    expect(links.nth(0)).to_be_hidden()


def test_the_exact_time_is_there_on_hover_and_on_focus(guide: Page):
    row = guide.locator("#rows .row").first
    time = row.locator("time")
    exact = time.get_attribute("data-exact")
    assert exact
    assert shown_beside(time) == "none"

    time.hover()
    assert shown_beside(time) == f'"{exact}"'
    guide.keyboard.press("Escape")  # it may lie over what one wants to read
    assert shown_beside(time) == "none"

    guide.mouse.move(0, 0)
    row.locator("a").first.focus()
    guide.keyboard.press("Shift+Tab")
    guide.keyboard.press("Tab")
    assert shown_beside(time) == f'"{exact}"'


def test_every_time_can_be_reached_with_the_tab_key(open_as: Callable[..., Page]):
    """In a row, a line of facts or a link its neighbour is the stop; elsewhere it is one itself."""
    alice = open_as("alice")
    unreachable = """[...document.querySelectorAll('time[data-exact]')].filter(time => {
        const stops = 'a[href], button, input, select, summary, time[tabindex]';
        return !time.matches('[tabindex="0"]') && !time.closest('a, .row, tr, .meta')?.matches(`a, :has(${stops})`);
    }).map(time => time.outerHTML)"""
    seen = 0
    for address in ("/", "/challenges/", "/ideas/", "/inbox/", "/demo/mailbox/", GUIDE):
        alice.goto(address)
        seen += alice.locator("time[data-exact]").count()
        assert alice.evaluate(unreachable) == [], address
    assert seen > 20

    lone = alice.locator("#marks .row-line time").first
    lone.focus()
    expect(lone).to_be_focused()


def test_a_click_on_the_time_of_a_row_leads_where_the_row_leads(guide: Page):
    guide.goto("/challenges/")
    row = guide.locator("main .row:has(time)").first
    target = row.locator(".row-title a").get_attribute("href")
    row.locator("time").first.click()
    guide.wait_for_url(f"**{target}")


def shown_beside(time) -> str:
    content: str = time.evaluate("time => getComputedStyle(time, '::after').content")
    return content


def test_a_part_that_takes_long_is_covered_by_its_skeleton_until_it_is_there(guide: Page):
    held: list[Route] = []
    guide.route("**/ideas/preview/", lambda route: held.append(route))
    preview = guide.locator("#light-text-body_preview")
    guide.locator("#light-text-body").fill("A **shelf**.")
    guide.locator("#fields .editor button").first.click()

    expect(preview.locator(".skeleton")).to_be_visible()
    expect(preview).to_have_attribute("aria-busy", "true")
    assert found_by_axe(guide) == []

    held[0].continue_()
    expect(preview.locator("strong")).to_have_text("shelf")
    expect(preview.locator(".skeleton")).to_have_count(0)
    expect(preview).not_to_have_attribute("aria-busy", "true")


def test_a_part_that_fails_shows_again_what_it_showed(guide: Page):
    guide.route("**/ideas/preview/", lambda route: route.abort())
    preview = guide.locator("#dark-text-body_preview")
    preview.evaluate("part => part.append('What was here')")
    guide.locator("#fields .editor button").nth(1).click()

    expect(guide.locator("#toasts .toast")).to_be_visible()
    expect(preview).to_have_text("What was here")
    expect(preview).not_to_have_attribute("aria-busy", "true")


def test_what_is_open_in_a_part_that_renews_itself_stays_open(open_as: Callable[..., Page]):
    page = open_as("carol", service_workers="block")
    page.clock.install()
    page.goto(Walk(page).follow(ROOM))
    first, second = page.locator("#figures details").nth(0), page.locator("#figures details").nth(1)
    second.locator("summary").click()

    with page.expect_response("**/room/"):
        page.clock.run_for(31_000)
    expect(page.locator("#figures.htmx-added, #figures.htmx-settling")).to_have_count(0)

    expect(second).to_have_attribute("open", "")
    expect(first).not_to_have_attribute("open", "")


def test_what_a_page_asks_for_by_itself_fails_without_a_word(open_as: Callable[..., Page]):
    page = open_as("carol", service_workers="block")
    page.clock.install()
    page.goto(Walk(page).follow(ROOM))
    page.route("**/room/", lambda route: route.fulfill(status=500))

    with page.expect_response("**/room/"):
        page.clock.run_for(31_000)

    expect(page.locator("#toasts")).to_be_empty()
    expect(page.locator("#figures")).to_be_visible()


def test_the_guide_reads_in_forced_colours_and_at_twice_the_size(guide: Page):
    guide.emulate_media(forced_colors="active")
    # What is only filled gets a line; all colours of words are the system's.
    assert found_by_axe(guide, without="color-contrast") == []
    bar = guide.locator("#progress progress").first
    assert bar.evaluate("bar => getComputedStyle(bar).borderTopStyle") == "solid"
    guide.set_viewport_size({"width": 720, "height": 450})  # 1440 px at 200 per cent
    assert guide.evaluate("document.documentElement.scrollWidth") <= 720
