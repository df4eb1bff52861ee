"""Attachments as their author adds them, with scripts and without, and as a moderator sees them."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.axe import EVERYTHING, RUN
from tests.harness import uploads

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OpenAs = Callable[..., Page]
PICTURE = FilePayload(name="plan of the hall.png", mimeType="image/png", buffer=uploads.png(64, 64))
TABLE = FilePayload(name="costs.csv", mimeType="text/csv", buffer=uploads.CSV)
FILM = FilePayload(name="film.mov", mimeType="video/quicktime", buffer=b"x" * 100)
LARGE = FilePayload(name="large.txt", mimeType="text/plain", buffer=b"x" * (10 * 1024 * 1024 + 1))
FALSE = FilePayload(name="false.png", mimeType="image/png", buffer=b"MZ\x90\0\3")
# A picture in the clipboard, as a browser hands it over: without a name of its own.
PASTE = """([bytes, words]) => {
  const held = new DataTransfer();
  held.items.add(new File([new Uint8Array(bytes)], "image.png", { type: "image/png" }));
  if (words) held.setData("text/plain", words);
  const event = new ClipboardEvent("paste", { clipboardData: held, bubbles: true, cancelable: true });
  document.querySelector("textarea[name=body]").dispatchEvent(event);
}"""


def open_new_idea(page: Page) -> None:
    page.goto("/challenges/")
    for link in page.eval_on_selector_all("main a[href]", "all => all.map(a => a.getAttribute('href'))"):
        if re.fullmatch(r"/challenges/[a-z0-9]{10}/", link):
            answer = page.goto(link.replace("/challenges/", "/ideas/new/") + "?another=1")
            accept = page.get_by_role("button", name="Accept and write")
            if accept.count():
                accept.click()
            if answer and answer.ok and page.locator("#idea-form").count():
                return
    pytest.fail("No challenge takes ideas.")


def names(page: Page) -> list[str]:
    return page.locator(".attachment a").all_inner_texts()


def test_files_are_attached_while_an_idea_is_written(open_as: OpenAs) -> None:
    page = open_as("ed")
    open_new_idea(page)
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "attach" in request.url else None)
    news, problems = page.locator("[data-attach-news]"), page.locator("[data-attach-problems]")
    page.locator("textarea[name=body]").fill("Hooks beside the door.")

    page.locator("#id_file").focus()
    page.locator("#id_file").set_input_files([PICTURE, FILM, LARGE, TABLE])

    expect(news).to_have_text("costs.csv is attached.")
    expect(problems).to_contain_text("Files like film.mov cannot be attached.")
    expect(problems).to_contain_text("large.txt is larger than 10 MB.")
    assert names(page) == ["plan of the hall.png", "costs.csv"]
    assert len([url for url in sent if url.endswith(("/attach/", "/attachments/"))]) == 2  # nothing that is refused
    expect(page.locator("textarea[name=body]")).to_have_value("Hooks beside the door.")
    expect(page.locator("#id_file")).to_be_focused()
    assert page.evaluate("document.querySelector('.attachment img').naturalWidth") == 64

    page.evaluate(PASTE, [list(uploads.png(3, 3)), ""])
    expect(news).to_have_text("image.png is attached.")

    page.locator("#id_file").set_input_files([FALSE])
    expect(page.locator(".field .error")).to_contain_text("Files of this kind cannot be attached.")
    expect(page.locator("#id_file")).to_have_attribute("aria-invalid", "true")

    page.get_by_role("button", name=re.compile("Remove.*costs.csv")).focus()
    page.keyboard.press("Enter")
    expect(news).to_have_text("costs.csv is removed.")
    expect(page.locator("#id_file")).to_be_focused()
    page.evaluate(AXE_SCRIPT)
    assert [violation["help"] for violation in page.evaluate(RUN, ["html", EVERYTHING])] == []

    with page.expect_response(re.compile("save/$")):
        page.get_by_label("Title").fill("Hooks for the keys")
    page.reload()
    expect(page.get_by_label("Title")).to_have_value("Hooks for the keys")
    assert names(page) == ["plan of the hall.png", "image.png"]
    page.get_by_role("button", name="Hand in", exact=True).click()
    expect(page.get_by_text("Your idea is handed in.")).to_be_visible()
    assert names(page) == ["plan of the hall.png", "image.png"]

    bob = open_as("bob")
    bob.goto("/moderation/")
    bob.get_by_role("link", name="Hooks for the keys").first.click()
    expect(bob.locator("#case .attachment")).to_have_count(2)
    with bob.expect_popup() as opened:
        bob.get_by_role("link", name="plan of the hall.png").click()
    assert opened.value.evaluate("document.contentType") == "image/png"


# What is in the clipboard after a few cells of a table were copied: their words, and what they look like.
COPY_CELLS = """(bytes) => navigator.clipboard.write([new ClipboardItem({
  "text/plain": new Blob(["Hooks\\t12"], { type: "text/plain" }),
  "image/png": new Blob([new Uint8Array(bytes)], { type: "image/png" }),
})])"""


def test_words_that_come_with_a_picture_are_pasted_as_words(open_as: OpenAs) -> None:
    page = open_as("ed", permissions=["clipboard-read", "clipboard-write"])
    open_new_idea(page)
    body = page.locator("textarea[name=body]")

    page.evaluate(COPY_CELLS, list(uploads.png(3, 3)))
    body.focus()
    page.keyboard.press("Control+v")

    expect(body).to_have_value("Hooks\t12")
    page.evaluate(PASTE, [list(uploads.png(4, 4)), "/home/ed/image.png"])
    expect(page.locator("[data-attach-news]")).to_have_text("image.png is attached.")
    assert names(page) == ["image.png"]
    page.locator(".attachment img").scroll_into_view_if_needed()
    page.wait_for_function("document.querySelector('.attachment img').naturalWidth === 4")


def test_files_are_attached_without_scripts(open_as: OpenAs) -> None:
    page = open_as("ed", java_script_enabled=False, viewport={"width": 390, "height": 844})
    open_new_idea(page)
    page.get_by_label("Title").fill("Hooks without scripts")
    page.locator("textarea[name=body]").fill("Three of them.")

    page.locator("#id_file").set_input_files([PICTURE])
    page.get_by_role("button", name="Attach the file").click()

    expect(page.get_by_text("plan of the hall.png is attached.")).to_be_visible()
    expect(page.get_by_label("Title")).to_have_value("Hooks without scripts")
    page.locator("textarea[name=body]").fill("Four of them.")
    page.locator("#id_file").set_input_files([FILM])
    page.get_by_role("button", name="Attach the file").click()
    expect(page.locator(".error-summary")).to_contain_text("Files of this kind cannot be attached.")
    expect(page.locator("textarea[name=body]")).to_have_value("Four of them.")
    page.get_by_role("button", name=re.compile("Remove.*plan of the hall.png")).click()
    expect(page.get_by_text("plan of the hall.png is removed.")).to_be_visible()

    page.locator("#id_file").set_input_files([TABLE])
    page.get_by_role("button", name="Hand in", exact=True).click()

    expect(page.get_by_text("Your idea is handed in.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("link", name="costs.csv").click()
    assert download.value.suggested_filename == "costs.csv"
    assert download.value.path().read_bytes() == uploads.CSV
