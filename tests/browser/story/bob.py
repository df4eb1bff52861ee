"""Bob moderates, and asks like everyone who reads."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.story import COMMENT, HINT, IDEA
from tests.browser.story.asking import ask_api, id_in


def open_case(bob: Page, title: str, kind: str = "triage") -> None:
    bob.goto(f"/moderation/?kind={kind}&shown=1000")
    bob.locator("#cases").get_by_role("link", name=title).first.click()
    expect(bob.locator("#case").get_by_role("heading", name=title)).to_be_visible()


def give_a_reason(bob: Page, key: str, reason: str, button: str) -> None:
    bob.keyboard.press(key)
    bob.locator("#case textarea").fill(reason)
    bob.locator("#case").get_by_role("button", name=button, exact=True).click()
    expect(bob.get_by_role("button", name="Undo")).to_be_visible()


def ask_for_changes(bob: Page) -> None:
    bob.goto("/moderation/?shown=1000")
    row = bob.locator("#cases li", has_text=IDEA).first
    expect(row).to_contain_text("working day")  # how much of the promise is left
    open_case(bob, IDEA)
    give_a_reason(bob, "c", "Please say which machine you tried it on.", "Ask for changes")


def reject(bob: Page, title: str) -> None:
    open_case(bob, title)
    give_a_reason(bob, "r", "This sells something; nothing here is for sale.", "Reject")


def approve(bob: Page) -> None:
    open_case(bob, IDEA)
    bob.get_by_role("button", name="Approve").click()
    expect(bob.get_by_role("button", name="Undo")).to_be_visible()


def hide_the_reported_hint(bob: Page) -> None:
    open_case(bob, f"Comment on “{IDEA}”", kind="report")
    expect(bob.locator("#case")).to_contain_text(HINT)
    give_a_reason(bob, "r", "Selling is not for this place.", "Hide it")


def discuss_and_follow(reader: Page, idea_path: str) -> None:
    reader.goto(idea_path)
    reader.locator("textarea[name=body]").fill(COMMENT)
    reader.get_by_role("button", name="Comment", exact=True).click()
    expect(reader.get_by_text(COMMENT)).to_be_visible()
    reader.get_by_role("button", name="Follow").click()
    expect(reader.get_by_text("You follow this")).to_be_visible()


def sees_no_counts(reader: Page, idea_path: str, challenge_path: str) -> None:
    """Neither on the page nor by the API, and no order tells them."""
    reader.goto(idea_path)
    expect(reader.get_by_text(re.compile(r"\d+ pe(rson|ople) support"))).to_have_count(0)
    assert ask_api(reader, f"ideas/{id_in(idea_path)}/")[1]["vote_count"] is None
    in_challenge = f"ideas/?challenge={id_in(challenge_path)}"
    status, listed = ask_api(reader, in_challenge)
    assert (status, {one["vote_count"] for one in listed["results"]}) == (200, {None})
    assert ask_api(reader, f"{in_challenge}&ordering=-vote_count")[0] == 400
