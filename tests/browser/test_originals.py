"""A moderator who looks for the idea that says the same, with scripts and without."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.slow]
REASON = "This was said before; see the other idea."


@pytest.mark.parametrize("scripts", [True, False])
def test_enter_among_the_words_of_the_other_title_searches(open_as: Callable[..., Page], scripts: bool) -> None:
    page = open_as("bob", java_script_enabled=scripts, start="/moderation/?kind=triage")
    # One that he did not write himself, and that nobody else has open.
    for url in page.eval_on_selector_all(".split-list .rows a[href]", "all => all.map(a => a.getAttribute('href'))"):
        page.goto(url)
        if page.get_by_role("link", name="Reject").count():
            break
    page.get_by_role("link", name="Reject").click()
    page.get_by_label("Reason", exact=True).fill(REASON)
    page.get_by_text("Is it the same as another idea?").click()
    assert page.locator("button[name=template]").count()

    page.get_by_label("Words of the other title").fill("xyzzy nothing")
    page.get_by_label("Words of the other title").press("Enter")

    expect(page.get_by_text("No published idea with such a title was found.")).to_be_visible()
    expect(page.get_by_label("Reason", exact=True)).to_have_value(REASON)
    expect(page.get_by_label("Words of the other title")).to_have_value("xyzzy nothing")
