"""The moderation panel, driven by its keys."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.scenes.stage import SEND, WRONG, Somebody, Stage
from tests.browser.trails import ID

ROWS = 20  # that the queue shows at first
# Reports every comment that an idea's page lets one report; returns how many there were.
REPORT = """async () => {
  const links = [...document.querySelectorAll("a[href^='/moderation/report/comment/']")].map((link) => link.href);
  for (const link of links) {
    const page = new DOMParser().parseFromString(await (await fetch(link)).text(), "text/html");
    const sent = new FormData(page.querySelector("main form"));
    sent.set("reason", "off_topic");
    await fetch(link, {method: "POST", body: sent});
  }
  return links.length;
}"""


def a_case_its_reason_its_toast_and_the_keys(stage: Stage) -> None:
    bob = stage.enter("bob", service_workers="block")  # nobody can refuse what a service worker asks for
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


def a_queue_that_is_longer(stage: Stage) -> None:
    """More of it is shown, then all reports are decided together."""
    report_many_comments(stage.enter("alice"))
    bob = stage.enter("bob")
    page = bob.page
    bob.open("/moderation/?kind=report")
    rows = page.locator("#cases input[name=case]")
    expect(rows).to_have_count(ROWS)
    page.locator("#more-cases").click()
    expect(rows.nth(ROWS)).to_be_attached()
    bob.look("more of the queue")
    for row in rows.all():
        row.check()
    page.locator("#bulk-outcome").select_option("hidden")
    page.locator("#bulk button").click()
    expect(page.locator("#case textarea, #panel textarea").first).to_be_visible()
    bob.look("one reason for many")
    bob.open("/moderation/?kind=report&shown=100")
    for row in rows.all():
        row.check()
    page.locator("#bulk-outcome").select_option("kept")
    page.locator("#bulk button").click()
    expect(page.locator("[data-undo]")).to_be_visible()
    expect(rows).to_have_count(0)
    left = page.locator("#cases-title .badge").inner_text()
    expect(page.locator("[data-count='/moderation/'] .badge").first).to_have_text(re.compile(rf"^{left}\b"))
    bob.look("decided together")


def report_many_comments(reader: Somebody) -> None:
    page, count = reader.page, 0
    reader.open("/challenges/")
    for challenge in addresses(page, "challenges"):
        page.goto(challenge)
        for idea in addresses(page, "ideas"):
            page.goto(idea)
            count += page.evaluate(REPORT)
            if count > ROWS:
                return


def addresses(page: Page, of: str) -> list[str]:
    """Return what a page leads to, of ideas or challenges, each once."""
    links = page.locator("main a").evaluate_all("links => links.map((link) => link.getAttribute('href'))")
    return list(dict.fromkeys(link for link in links if re.fullmatch(f"/{of}/{ID}/", link or "")))
