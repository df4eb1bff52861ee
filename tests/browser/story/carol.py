"""Carol asks, supports, and answers."""

from __future__ import annotations

import re
from datetime import timedelta

from playwright.sync_api import Page, expect

from tests.browser.story import HINT, IDEA, TODAY
from tests.browser.story.asking import ask_api
from tests.browser.waiting import until


def ask_the_right_people(carol: Page, title: str) -> str:
    """Write, aim, see who would be asked, launch; return the challenge's path."""
    carol.goto("/challenges/new/")
    carol.get_by_label("Title").fill(title)
    carol.get_by_label("Objective").fill("Seal **thin copper** the first time.")
    carol.get_by_label("Why it matters").fill("Every second joint is welded twice.")
    carol.get_by_label("What a good answer looks like").fill("Settings, a sketch, what you saw.")
    carol.get_by_label("Success measure").fill("Under two per cent are welded twice.")
    carol.get_by_role("button", name="Save and continue").click()

    carol.locator("select[name=skill_0]").select_option(label="Welding")
    carol.locator("select[name=level_0]").select_option("3")
    carol.get_by_label("Only those who are invited").check()
    reach = carol.locator("#reach")
    expect(reach).to_contain_text("Welding (level 3 or more)")
    expect(reach.get_by_role("heading", name="Some of them")).to_be_visible()
    carol.get_by_role("button", name="Save and continue").click()

    carol.get_by_label("Ideas from").or_(carol.locator("[name=submission_starts_on]")).first.fill(TODAY.isoformat())
    for name, days in (
        ("submission_ends_on", 14),
        ("voting_starts_on", 0),
        ("voting_ends_on", 14),
        ("review_ends_on", 30),
    ):
        carol.locator(f"[name={name}]").fill((TODAY + timedelta(days=days)).isoformat())
    carol.locator("select[name=terms]").select_option(index=1)
    carol.get_by_role("button", name="Save and continue").click()

    expect(carol.get_by_text("Nothing is missing.")).to_be_visible()
    path = "/challenges/" + carol.url.split("/challenges/")[1].split("/")[0] + "/"
    carol.get_by_role("button", name="Launch the challenge").click()
    expect(carol).to_have_url(re.compile(r"/room/"))
    return path


def support_and_give_a_hint(carol: Page, idea_path: str) -> None:
    carol.goto(idea_path)
    carol.get_by_role("button", name="Support this").click()
    expect(carol.get_by_text("You support this")).to_be_visible()
    carol.locator("textarea[name=body]").fill(HINT)
    carol.get_by_role("button", name="Comment", exact=True).click()
    expect(carol.get_by_text(HINT)).to_be_visible()


def earns_points_for_the_hint(carol: Page) -> None:
    until(carol, "/recognition/", f"Your comment on “{IDEA}” was marked as helpful")
    assert points_for_hints(carol) == [("earned", 5)]


def has_lost_them_again(carol: Page) -> None:
    """The entry stays, and another one takes its points back."""
    until(carol, "/recognition/", f"Your comment on “{IDEA}” was hidden")
    assert sorted(points_for_hints(carol)) == [("earned", 5), ("reversed", -5)]


def points_for_hints(carol: Page) -> list[tuple[str, int]]:
    """Return kind and points of the entries for comments on the idea of this story."""
    status, ledger = ask_api(carol, "ledger/?rule=comment_helpful&page_size=100")
    assert status == 200
    return [(entry["kind"], entry["points"]) for entry in ledger["results"] if IDEA in entry["reason"]]


def answer(carol: Page, idea_path: str, challenge_path: str) -> None:
    carol.goto(idea_path)
    carol.get_by_role("link", name="Answer this idea").click()
    carol.get_by_label("Selected").check()
    carol.locator("textarea[name=reasons]").fill("We try it on line 2 in May, with you.")
    carol.get_by_role("button", name="Publish the answer").click()
    expect(carol.get_by_text("Your answer is published.")).to_be_visible()
    carol.goto(challenge_path)
    # What Bob has rejected has its answer, too: the reason. The third one waits for him.
    expect(carol.get_by_text("The published idea is answered, in time. 1 more was not published")).to_be_visible()
