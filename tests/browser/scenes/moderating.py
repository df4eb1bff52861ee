"""The moderation panel, driven by its keys."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.scenes.stage import SEND, WRONG, Stage


def a_case_its_reason_its_toast_and_the_keys(stage: Stage) -> None:
    bob = stage.enter("bob")
    page = bob.page
    bob.open("/moderation/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    bob.look("keys")
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    approve = page.locator("#case [data-key=a]")
    expect(approve).to_be_visible()
    bob.look("case")
    page.keyboard.press("r")
    expect(page.locator("#case textarea")).to_be_focused()
    bob.look("reason")
    page.locator("#case form:has(textarea)").evaluate(SEND, {"reason": ""})
    expect(page.locator("#case").locator(WRONG).first).to_be_visible()
    bob.look("reason that is missing")
    page.locator("#case a[data-key=a], #case form:has(textarea) a").last.click()
    expect(page.locator("#case textarea")).to_have_count(0)
    page.keyboard.press("a")
    expect(page.locator("[data-undo]")).to_be_visible()
    bob.look("toast")
    page.keyboard.press("u")
    expect(page.locator("[data-undo]")).to_have_count(0)
    bob.look("undone")
    # A refusal that htmx brings is told beside the page.
    page.route("**/moderation/**", lambda route: route.fulfill(status=403, headers={"X-Reason": "No%20more."}))
    page.keyboard.press("j")
    expect(page.locator("#toasts").get_by_text("No more.")).to_be_visible()
    bob.look("refused toast")
