"""The main job once more, from question to report, by people who have no mouse.

Every stop of Tab on the way is looked at: it is marked, in the window, and under nothing (tests/browser/keyboard.py).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.keyboard import Keyboard
from tests.browser.story import TODAY
from tests.browser.waiting import until

pytestmark = [pytest.mark.browser, pytest.mark.slow]

TITLE = "How do we keep the torch cable off the floor?"
IDEA = "A hook at the height of the hip"


def test_the_main_job_without_a_mouse(open_as: Callable[..., Page]):
    carol, alice, bob, dave = (Keyboard(open_as(name)) for name in ("carol", "alice", "bob", "dave"))

    ask(carol)
    idea_path = write_and_hand_in(alice)
    ask_for_changes(bob)
    read_the_reason_and_resubmit(alice)
    approve(bob)
    discuss(alice, idea_path, "Which height suits everybody?")
    support_follow_and_answer(carol, idea_path)
    read_the_answer(alice)
    export(dave)


def button(hands: Keyboard, name: str | re.Pattern[str]) -> Locator:
    return hands.page.get_by_role("button", name=name, exact=True)


def field(hands: Keyboard, name: str) -> Locator:
    return hands.page.locator(f"[name={name}]")


def navigate(hands: Keyboard, name: str) -> None:
    """From the top of the page, by the main navigation."""
    main = hands.page.get_by_role("navigation", name="Main")
    hands.press_on(main.get_by_role("link", name=re.compile(rf"^{name}")))


def ask(carol: Keyboard) -> None:
    page = carol.page
    navigate(carol, "Challenges")
    carol.arrive("/challenges/")
    carol.press_on(page.get_by_role("link", name="New challenge"))
    carol.arrive("/challenges/new/")
    carol.write_into(page.get_by_label("Title"), TITLE)
    carol.write_into(page.get_by_label("Objective"), "No cable where people walk.")
    carol.write_into(page.get_by_label("Success measure"), "Nobody has stumbled for a month.")
    carol.press_on(button(carol, "Save and continue"))

    carol.arrive("/edit/audience/")
    carol.choose(field(carol, "skill_0"), "Welding")
    carol.choose(field(carol, "level_0"), "3")
    expect(page.locator("#reach")).to_contain_text("Welding (level 3 or more)")
    carol.is_not_lost()
    carol.pick(page.get_by_label("Only those who are invited"))
    carol.press_on(button(carol, "Save and continue"))

    carol.arrive("/edit/dates/")
    days = {"submission_starts_on": 0, "submission_ends_on": 14, "voting_starts_on": 0, "voting_ends_on": 14}
    for name, later in (days | {"review_ends_on": 30}).items():
        carol.tab_to(field(carol, name))
        page.keyboard.type(f"{TODAY + timedelta(days=later):%m%d%Y}")
        expect(field(carol, name)).to_have_value((TODAY + timedelta(days=later)).isoformat())
    carol.tab_to(field(carol, "terms"))
    carol.press("ArrowDown")
    carol.press_on(button(carol, "Save and continue"))

    carol.arrive("/edit/check/")
    carol.press_on(button(carol, "Launch the challenge"))
    page.wait_for_url(re.compile("/room/"))


def write_and_hand_in(alice: Keyboard) -> str:
    page = alice.page
    until(page, "/", TITLE)
    alice.skip()
    row = page.get_by_role("listitem").filter(has_text=TITLE)
    alice.press_on(row.get_by_role("link", name="Write an idea"))
    alice.arrive("/terms/")
    alice.press_on(button(alice, "Accept and write"))
    alice.arrive(r"/ideas/new/\w+/\?draft=.*")
    alice.write_into(page.get_by_label("Title"), IDEA)
    with page.expect_response(re.compile("autosave|/save")) as saved:
        alice.write_into(field(alice, "body"), "The cable hangs on a **hook**.")
    assert saved.value.ok
    alice.press_on(button(alice, re.compile("preview")))
    expect(page.locator("strong", has_text="hook")).to_be_visible()
    alice.is_not_lost()
    alice.press_on(button(alice, "Hand in"))
    expect(page.get_by_text("Your idea is handed in.")).to_be_visible()
    return urlsplit(page.url).path


def open_case(bob: Keyboard) -> None:
    """From the top of the queue, with j alone."""
    page = bob.page
    page.goto("/moderation/")
    case = page.locator("#case")
    for _ in range(page.get_by_role("listitem").filter(has=page.get_by_role("checkbox")).count()):
        with page.expect_response(re.compile(r"/moderation/\w{10}/")):
            bob.press("j")
        bob.is_not_lost()
        focused = page.evaluate("document.activeElement.textContent")
        expect(case.get_by_role("heading", name=focused, exact=True)).to_be_visible()
        if focused == IDEA:
            return
    pytest.fail("The idea is not in the queue.")


def ask_for_changes(bob: Keyboard) -> None:
    page = bob.page
    open_case(bob)
    bob.press("?")
    keys = page.get_by_role("dialog", name="Keys")
    expect(keys).to_be_visible()
    bob.tab_to(keys.get_by_role("button", name="Close"))
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    bob.press("Escape")
    expect(keys).to_be_hidden()
    bob.is_not_lost()

    ticked = page.locator(".rows [aria-current] :checked")
    bob.press("x")
    expect(ticked).to_have_count(1)
    bob.press("x")
    expect(ticked).to_have_count(0)

    bob.press("r")
    case = page.locator("#case")
    reason = case.locator("textarea")
    expect(reason).to_be_focused()
    bob.press("Escape")
    expect(reason).to_have_count(0)
    bob.is_not_lost()
    bob.press("c")
    expect(reason).to_be_focused()
    bob.press("1")
    expect(reason).not_to_have_value("")
    expect(reason).to_be_focused()
    bob.write("Please say who of the 2 mounts it.")
    expect(reason).to_have_value("Please say who of the 2 mounts it.")
    bob.press("Control+Enter")
    expect(button(bob, re.compile("^Undo"))).to_be_visible()
    bob.is_not_lost()


def read_the_reason_and_resubmit(alice: Keyboard) -> None:
    page = alice.page
    until(page, "/inbox/", "Changes were asked for")
    alice.skip()
    alice.press_on(page.get_by_role("link", name=re.compile("Changes were asked for")))
    expect(page.get_by_text("Please say who of the 2 mounts it.")).to_be_visible()
    alice.skip()
    alice.press_on(page.get_by_role("link", name="Change it"))
    alice.arrive("/edit/")
    alice.write_into(field(alice, "body"), "The cable hangs on a **hook** that we mount ourselves.")
    alice.press_on(button(alice, "Hand in again"))
    expect(page.get_by_text("Your idea is handed in.")).to_be_visible()


def approve(bob: Keyboard) -> None:
    """One key decides."""
    open_case(bob)
    bob.press("a")
    expect(button(bob, re.compile("^Undo"))).to_be_visible()
    bob.is_not_lost()


def discuss(reader: Keyboard, idea_path: str, text: str) -> None:
    page = reader.page
    page.goto(idea_path)
    reader.skip()
    reader.write_into(page.get_by_label("Your comment"), text)
    reader.press_on(button(reader, "Comment"))
    expect(page.get_by_role("listitem").filter(has_text=text)).to_be_visible()


def support_follow_and_answer(carol: Keyboard, idea_path: str) -> None:
    page = carol.page
    page.goto(idea_path)
    carol.skip()
    for off, on, key in (("Support this", "You support this", "Enter"), ("Follow", "You follow this", "Space")):
        with page.expect_response(re.compile("/(vote|follow)/$")):
            carol.press_on(button(carol, off), key)
        expect(button(carol, on)).to_be_focused()
    carol.press_on(page.get_by_role("link", name="Reply"))
    expect(page.get_by_text(re.compile("You are replying to Alice"))).to_be_visible()
    carol.is_not_lost()
    carol.write_into(page.get_by_label("Your comment"), "That of the tall ones.")
    carol.press_on(button(carol, "Reply"))
    expect(page.get_by_text("That of the tall ones.")).to_be_visible()

    carol.skip()
    carol.press_on(page.get_by_role("link", name="Answer this idea"))
    carol.arrive("/answer/")
    carol.pick(page.get_by_label("Selected"))
    carol.write_into(field(carol, "reasons"), "Two hooks come on Monday.")
    carol.press_on(button(carol, "Publish the answer"))
    expect(page.get_by_text("Your answer is published.")).to_be_visible()


def read_the_answer(alice: Keyboard) -> None:
    page = alice.page
    until(page, "/inbox/", "Your idea was answered: Selected")
    alice.skip()
    alice.press_on(page.get_by_role("link", name="Your idea was answered: Selected"))
    expect(page.get_by_text("Two hooks come on Monday.")).to_be_visible()


def export(dave: Keyboard) -> None:
    page = dave.page
    navigate(dave, "Reports")
    dave.arrive("/reports/")
    dave.press_on(button(dave, "Export"))
    page.wait_for_url(re.compile("/reports/exports/"))
    download = page.get_by_role("link", name="Download")
    expect(download).to_be_visible(timeout=60_000)
    dave.skip()
    with page.expect_download() as file:
        dave.press_on(download)
    assert Path(file.value.path()).stat().st_size > 0
