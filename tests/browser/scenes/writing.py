"""Ideas and comments while they are written, and what htmx brings."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.product import PHONE
from tests.browser.scenes.stage import Stage
from tests.browser.trails import CHALLENGE, DRAFT, ID
from tests.browser.waiting import wait_for_worker


def the_editor_with_preview_similar_ideas_and_both_versions(stage: Stage) -> None:
    alice = stage.enter("alice")
    page = alice.page
    challenge = alice.walk.follow(("/search/?q=tight", f"/challenges/{ID}/"))
    alice.enter(challenge.replace("/challenges/", "/ideas/new/") + "?another=1")
    with page.expect_response(re.compile("/similar/")):
        page.locator("[name=title]").fill("Sniff the joints with helium before we weld")
    expect(page.locator("#beside form").first).to_be_visible()
    alice.look("similar ideas")
    expect(page.locator("[data-saved]").first).to_have_attribute("data-state", "saved")  # the title alone
    with page.expect_response(re.compile("/autosave/")):
        page.locator("[name=body]").fill("**Small** leaks are found early.")
    page.locator("button[name=preview]").click()
    expect(page.locator("strong", has_text="Small")).to_be_visible()
    alice.look("preview")

    page.reload()
    other = stage.enter("alice").page
    other.goto(page.url)
    with other.expect_response(re.compile("/autosave/")):
        other.locator("[name=body]").fill("Written in another tab.")
    with page.expect_response(lambda answer: answer.status == 409):
        page.locator("[name=body]").fill("Written here.")
    expect(page.locator("[data-draft-notice=conflict]")).to_be_visible()
    alice.look("conflict, told")
    page.locator("button[name=save]").click()
    expect(page.get_by_role("alert").filter(has_text="Written in another tab.")).to_be_visible()
    alice.look("conflict, both versions")


def what_htmx_brings(stage: Stage) -> None:
    alice = stage.enter("alice")
    page = alice.page
    alice.open("/search/?q=torque", f"/ideas/{ID}/")  # which has comments, whatever other tests have written
    page.locator("a[href^='?reply=']").first.click()
    expect(page.locator("#write input[name=parent]")).to_be_attached()
    alice.look("reply")
    with page.expect_response(re.compile("/follow/")):
        page.locator("#follow").click()
    alice.look("followed")
    alice.open("/inbox/")
    with page.expect_response(re.compile("/inbox/")):
        page.locator("button[name=as][value=read], button[name=as][value=unread]").first.click()
    alice.look("inbox, marked")

    carol = stage.enter("carol")
    carol.open(*DRAFT, f"/challenges/{ID}/edit/audience/")
    with carol.page.expect_response(re.compile("/reach/")):
        carol.page.locator("[name=skill_0]").select_option(index=2)
    carol.look("audience")


def a_comment_of_ones_own(stage: Stage) -> None:
    """It can be changed for some minutes."""
    alice = stage.enter("alice")
    page = alice.page
    alice.open(*CHALLENGE, f"/ideas/{ID}/")
    page.locator("textarea[name=body]").fill("Have the filters been tried?")
    page.locator("form:has(textarea[name=body]) button:not([name])").last.click()
    expect(page.get_by_text("Have the filters been tried?").first).to_be_visible()
    page.goto(page.locator("a[href^='/ideas/comments/'][href$='/edit/']").first.get_attribute("href") or "")
    alice.look("a comment is changed")


def the_terms_before_an_idea(stage: Stage) -> None:
    alice = stage.enter("alice")
    alice.page.goto(f"{alice.walk.follow((*CHALLENGE, f'/ideas/new/{ID}/'))}terms/")
    alice.look("terms")


def the_offline_page(stage: Stage) -> None:
    alice = stage.enter("alice", viewport=PHONE, start="/")
    page = alice.page
    wait_for_worker(page)
    page.context.set_offline(True)
    page.goto("/challenges/")
    expect(page.locator("[data-offline-page]")).to_be_visible()
    alice.look("offline")
