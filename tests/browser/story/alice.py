"""Alice finds what she is asked, writes, and learns what came of it."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.browser.story import COMMENT, HINT, IDEA, QUESTION, REPLY
from tests.browser.waiting import until


def find_it_with_the_reason(alice: Page) -> None:
    until(alice, "/", QUESTION)
    row = alice.locator("li.row", has_text=QUESTION)
    expect(row).to_contain_text("You are asked because you know Welding (level 4)")
    until(alice, "/inbox/", QUESTION)


def write_and_hand_in(alice: Page) -> str:
    """Accept the terms, write with a preview while it saves itself, hand in; return the idea's path."""
    alice.goto("/")
    alice.locator("li.row", has_text=QUESTION).get_by_role("link", name="Write an idea").click()
    alice.get_by_role("button", name="Accept and write").click()
    alice.get_by_label("Title").fill(IDEA)
    with alice.expect_response(re.compile("autosave|/save")) as saved:
        alice.locator("textarea[name=body]").fill("Use **pulses** of 40 ms:\n\n1. clamp\n2. pulse")
    assert saved.value.ok
    expect(alice.get_by_text(re.compile("Saved"))).to_be_visible()
    alice.get_by_role("button", name="Preview").click()
    expect(alice.locator("strong", has_text="pulses")).to_be_visible()
    return hand_in(alice)


def write_another(alice: Page, challenge_path: str, title: str) -> str:
    """Hand in one more idea without further ado; return its path."""
    alice.goto(challenge_path)
    alice.get_by_role("link", name="Write an idea").click()
    alice.get_by_label("Title").fill(title)
    alice.locator("textarea[name=body]").fill("It costs little and is here tomorrow.")
    return hand_in(alice)


def hand_in(alice: Page) -> str:
    alice.get_by_role("button", name="Hand in", exact=True).click()
    expect(alice.get_by_text("Your idea is handed in.")).to_be_visible()
    return urlsplit(alice.url).path


def read_the_reason_and_resubmit(alice: Page, idea_path: str) -> None:
    until(alice, "/inbox/", "Changes were asked for")
    alice.goto(idea_path)
    expect(alice.get_by_text("Please say which machine you tried it on.")).to_be_visible()
    alice.get_by_role("link", name="Change it").click()
    alice.locator("textarea[name=body]").fill("Use **pulses** of 40 ms on the Fronius in hall 2.")
    alice.get_by_role("button", name="Hand in again").click()
    expect(alice.get_by_text("Your idea is handed in.")).to_be_visible()


def read_why_it_was_rejected(alice: Page, idea_path: str) -> None:
    until(alice, "/inbox/", "Your idea is not published; read why")
    alice.goto(idea_path)
    expect(alice.get_by_text("This sells something; nothing here is for sale.").first).to_be_visible()


def reply_in_the_thread(alice: Page, idea_path: str) -> None:
    alice.goto(idea_path)
    thread = alice.locator("li.comment", has_text=COMMENT)
    thread.get_by_role("link", name="Reply").click()
    expect(alice.get_by_text("You are replying to Bob")).to_be_visible()
    alice.locator("textarea[name=body]").fill(REPLY)
    alice.get_by_role("button", name="Reply", exact=True).click()
    expect(alice.locator("li.comment.depth-2", has_text=REPLY)).to_be_visible()


def thank_for_the_hint(alice: Page, idea_path: str) -> None:
    alice.goto(idea_path)
    alice.locator("li.comment", has_text=HINT).get_by_role("button", name="This helped").click()
    expect(alice.locator("li.comment", has_text=HINT)).to_contain_text("Not helpful after all")


def read_the_answer(alice: Page, idea_path: str) -> None:
    until(alice, "/inbox/", "Your idea was answered: Selected")
    alice.goto(idea_path)
    expect(alice.get_by_text("We try it on line 2 in May, with you.")).to_be_visible()


def has_points_with_reasons(alice: Page) -> None:
    until(alice, "/recognition/", IDEA)
    expect(alice.locator("main")).to_contain_text("100")


def join_the_leaderboard(alice: Page) -> None:
    alice.goto("/recognition/board/")
    join, leave = (alice.get_by_role("button", name=f"{verb} the leaderboard") for verb in ("Join", "Leave"))
    expect(join.or_(leave)).to_be_visible()
    if leave.is_visible():  # the demo's data decides who begins on it
        leave.click()
    join.click()
    expect(leave).to_be_visible()
