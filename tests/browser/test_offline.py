"""A phone without a connection: the offline page, drafts that are sent later, and what signing out leaves."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Response, expect

from tests.browser.product import sign_in
from tests.browser.waiting import KEPT, wait_for_worker

pytestmark = [pytest.mark.browser, pytest.mark.slow]
OpenAs = Callable[..., Page]
PHONE = {"viewport": {"width": 390, "height": 844}, "has_touch": True}
STORED = "JSON.stringify({...localStorage})"


def open_editor(page: Page) -> None:
    """Open a new idea in the first challenge that takes ideas."""
    page.goto("/challenges/")
    for link in page.eval_on_selector_all("main a[href]", "all => all.map(a => a.getAttribute('href'))"):
        if re.fullmatch(r"/challenges/[a-z0-9]{10}/", link):
            answer = page.goto(link.replace("/challenges/", "/ideas/new/") + "?another=1")
            if answer and answer.ok and page.locator("#idea-form").count():
                return
    pytest.fail("No challenge takes ideas.")


def write_offline(page: Page, title: str) -> str:
    """Write a new idea without a connection, up to the notice that it is kept; return the editor's address."""
    open_editor(page)
    wait_for_worker(page)
    page.context.set_offline(True)
    page.get_by_label("Title").fill(title)
    expect(page.locator("[data-saved]")).to_contain_text("kept in this browser")
    return page.url


def another_tab(context: BrowserContext) -> Page:
    page = context.new_page()
    page.set_default_timeout(15_000)
    return page


def test_the_pages_can_be_installed(open_as: OpenAs) -> None:
    page = open_as(**PHONE)
    page.goto("/accounts/login/")
    wait_for_worker(page)
    session = page.context.new_cdp_session(page)

    manifest = session.send("Page.getAppManifest")
    hindrances = session.send("Page.getInstallabilityErrors")["installabilityErrors"]

    assert manifest["errors"] == []
    # A window that leaves no trace, as every window of a test is, installs nothing; that is all that hinders.
    assert [each["errorId"] for each in hindrances if each["errorId"] != "in-incognito"] == []
    icons = page.evaluate("async url => (await (await fetch(url)).json()).icons.map(icon => icon.src)", manifest["url"])
    assert len(icons) == 3
    for icon in icons:
        assert re.search(r"\.[0-9a-f]{12}\.png$", icon)
        assert page.evaluate("async url => (await fetch(url)).headers.get('content-type')", icon) == "image/png"


@pytest.mark.parametrize(("locale", "heading"), [("en", "You are offline"), ("de", "Du bist offline")])
def test_the_offline_page_is_shown_in_the_readers_language(open_as: OpenAs, locale: str, heading: str) -> None:
    page = open_as(**PHONE, locale=locale)
    page.goto("/accounts/login/")
    wait_for_worker(page)

    page.context.set_offline(True)
    page.goto("/challenges/")

    expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
    assert page.locator("html").get_attribute("lang") == locale
    assert page.evaluate("getComputedStyle(document.body).fontFamily").startswith("system-ui")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390

    page.context.set_offline(False)

    page.wait_for_url("**/accounts/login/?next=/challenges/")  # the page opens by itself


def test_a_draft_that_was_written_offline_is_sent_by_the_next_page(open_as: OpenAs) -> None:
    page = open_as("alice", **PHONE)
    editor = write_offline(page, "Written in a tunnel")
    context = page.context

    closed, page = page, another_tab(context)
    closed.close()
    page.goto("/")
    expect(page.locator("[data-offline-page]")).to_contain_text("1")
    context.set_offline(False)

    expect(page.locator("#toasts")).to_contain_text("A draft that was kept on this device is now saved.")
    assert "Written in a tunnel" not in page.evaluate(STORED)
    page.goto(editor)
    expect(page.get_by_label("Title")).to_have_value("Written in a tunnel")
    expect(page.locator("[data-draft-notice]:visible")).to_have_count(0)


def test_a_draft_that_was_changed_elsewhere_leads_to_both_versions(open_as: OpenAs) -> None:
    phone, desk = open_as("alice", **PHONE), open_as("alice")
    open_editor(phone)
    with phone.expect_response(re.compile("save/$")):
        phone.get_by_label("Title").fill("The first words")
    editor = phone.url
    wait_for_worker(phone)
    phone.context.set_offline(True)
    phone.get_by_label("Title").fill("The words of the phone")
    expect(phone.locator("[data-saved]")).to_contain_text("kept in this browser")
    context = phone.context
    phone.close()
    desk.goto(editor)
    with desk.expect_response(re.compile("save/$")):
        desk.get_by_label("Title").fill("The words of the desk")

    context.set_offline(False)
    phone = another_tab(context)
    phone.goto("/")
    phone.get_by_role("button", name="Compare both versions").click()

    expect(phone.get_by_label("Title")).to_have_value("The words of the phone")
    expect(phone.get_by_role("alert", name="This idea was saved elsewhere")).to_contain_text("The words of the desk")


def test_whoever_signs_in_next_sees_nothing_of_a_draft(open_as: OpenAs) -> None:
    page = open_as("alice", **PHONE)
    write_offline(page, "A secret of Alice")
    context = page.context
    page.close()
    context.set_offline(False)
    context.clear_cookies()  # her session has ended, and she did not sign out
    page = another_tab(context)
    sent = watch_posts(page)

    sign_in(page, "bob@acme.example")
    for path in ("/", "/challenges/", "/ideas/"):
        page.goto(path, wait_until="networkidle")
        assert "A secret of Alice" not in page.evaluate(STORED)
        assert "A secret of Alice" not in page.content()

    assert [url for url in sent if "save" in url] == []


def test_two_organizations_in_one_browser_share_no_draft(open_as: OpenAs) -> None:
    page = open_as("alice", **PHONE)
    write_offline(page, "A secret of Acme")
    page.context.set_offline(False)

    other = another_tab(page.context)
    other.goto(page.url.replace("acme.", "globex.").partition("/ideas/")[0] + "/accounts/login/")

    assert "A secret of Acme" not in other.evaluate(STORED)


def test_signing_out_leaves_nothing_on_the_device(open_as: OpenAs) -> None:
    page = open_as("alice", own_session=True, **PHONE)
    page.goto("/ideas/")
    wait_for_worker(page)
    page.evaluate("localStorage.setItem('draft:left', 'x')")

    sign_out(page)

    wait_for_worker(page)
    assert page.evaluate(STORED) == "{}"
    page.context.set_offline(True)
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("You are offline")
    expect(page.locator("body")).not_to_contain_text("Alice")


def test_signing_out_saves_what_can_be_saved_first(open_as: OpenAs) -> None:
    page = open_as("alice", own_session=True, **PHONE)
    editor = write_offline(page, "Typed in the last second")
    page.context.set_offline(False)

    sign_out(page)
    sign_in(page, "alice@acme.example")
    page.goto(editor)

    expect(page.get_by_label("Title")).to_have_value("Typed in the last second")


def test_signing_out_asks_before_it_deletes_what_is_nowhere_else(open_as: OpenAs) -> None:
    page = open_as("alice", **PHONE)
    page.goto("/")
    owner = page.locator("meta[name=draft-owner]").get_attribute("content")
    page.evaluate(f'localStorage.setItem(\'draft:{owner}:comment-x\', \'{{"at": 1, "sent": false, "values": []}}\')')
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.message), dialog.dismiss()))

    page.locator(".topbar-tools summary").click()
    with page.expect_event("dialog"):
        page.get_by_role("button", name="Sign out").click()

    assert [message[-22:] for message in asked] == ["Sign out all the same?"]
    assert page.goto("/ideas/").status == 200


def test_no_page_and_no_answer_of_the_api_is_in_any_cache(open_as: OpenAs) -> None:
    page = open_as("alice", **PHONE)
    wait_for_worker(page)
    for path in ("/", "/challenges/", "/ideas/", "/inbox/", "/people/me/"):
        page.goto(path)
    page.evaluate("fetch('/api/v1/challenges/')")

    kept = set(page.evaluate(KEPT))

    pages = {path for path in kept if not re.fullmatch(r"/static/.+\.[0-9a-f]{12}\.\w+|/theme\.css\?v=\w+", path)}
    assert pages == {"/offline/"}
    assert "Alice" not in page.evaluate("async () => (await (await caches.match('/offline/')).text())")


def sign_out(page: Page) -> None:
    page.locator(".topbar-tools summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login/**")


def watch_posts(page: Page) -> list[str]:
    sent: list[str] = []

    def note(response: Response) -> None:
        if response.request.method == "POST":
            sent.append(response.url)

    page.on("response", note)
    return sent
