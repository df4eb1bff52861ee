"""What axe says of pages on which something was done: opened, refused, swapped in. In light, dark, English and German.

Controls are found by what they send or where they lead, because what they say depends on the language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.browser import axe
from tests.browser.product import PASSWORD, PHONE, Product
from tests.browser.trails import CASE, CHALLENGE, DRAFT, ID, OWN_IDEA, ROOM
from tests.browser.walk import Walk

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Who is refused what: the way to the form, what it posts to ("": its own page), and what is typed into it.
REFUSED: dict[str, tuple[tuple[str, tuple[str, ...], dict[str, str]], ...]] = {
    "alice": (
        ("", (*CHALLENGE, f"/ideas/new/{ID}/"), {"title": "", "body": ""}),
        ("", (*OWN_IDEA, f"/ideas/{ID}/team/"), {}),
        ("/comments/", (*CHALLENGE, f"/ideas/{ID}/"), {"body": " "}),
        ("", (*CHALLENGE, f"/ideas/{ID}/", f"/moderation/report/comment/{ID}/"), {}),
        ("/tokens/", ("/people/me/tokens/",), {"name": ""}),
        ("/change/", ("/accounts/password/change/",), {"oldpassword": "wrong", "password1": "a", "password2": "b"}),
        ("/reauthenticate/", ("/accounts/reauthenticate/",), {"password": "wrong"}),
    ),
    "bob": (
        ("", ("/moderation/reasons/new/",), {"title": "", "text": ""}),
        ("", ("/challenges/", f"/challenges/{ID}/", f"/ideas/{ID}/", f"/moderation/report/idea/{ID}/"), {}),
        ("/decide/", (*CASE, rf"/moderation/{ID}/\?outcome=changes_requested"), {"reason": ""}),
    ),
    "carol": (
        ("", ("/challenges/new/",), {"title": "long " * 100}),
        ("", (*DRAFT, f"/challenges/{ID}/edit/dates/"), {"submission_ends_on": "2001-01-01"}),
        ("", (*DRAFT, f"/challenges/{ID}/edit/audience/"), {"included": "nobody@nowhere.example"}),
        ("", (*ROOM, f"/challenges/{ID}/dates/"), {"ends_on": "2001-01-01"}),
        ("", (*ROOM, f"/challenges/{ID}/invitations/"), {"who": "nobody@nowhere.example"}),
        ("/answers/", (*ROOM, f"/challenges/{ID}/answers/"), {"reasons": "Without a decision."}),
        ("", ("/search/?q=helium", f"/ideas/{ID}/", f"/ideas/{ID}/answer/"), {"reasons": ""}),
    ),
    "erin": (
        ("", ("/people/new/",), {"name": "", "email": "not an address"}),
        ("", ("/people/", f"/people/{ID}/", f"/people/{ID}/edit/"), {"name": ""}),
        ("", ("/people/imports/",), {}),
        ("", ("/people/departments/",), {"name": ""}),
        ("", ("/people/skills/",), {"name": ""}),
        ("", ("/getting-started/moderator/",), {"name": "", "email": ""}),
        ("", ("/getting-started/skills/",), {"names": ""}),
    ),
}
FORMS = "main form[method=post]:has(input:not([type=hidden]), textarea, select)"
# Sends a form as a browser would that does not check it first.
SEND = """(form, typed) => {
  form.noValidate = true;
  for (const [name, text] of Object.entries(typed)) {
    for (const field of form.querySelectorAll(`[name$="${name}"]`)) field.value = text;
  }
  const button = form.querySelector("button[name=submit]") ?? form.querySelector("button:not([name], [type=button])");
  form.requestSubmit(button);
}"""
WRONG = ":is([role=alert]:not([hidden]), [aria-invalid=true]):visible"


@dataclass
class Looker:
    """Somebody who does something and then lets axe look."""

    page: Page
    walk: Walk
    problems: list[str]

    def look(self, what: str, within: str = "html") -> None:
        self.problems += [f"{what}: {problem}" for problem in axe.problems_of(self.page, within=within)]

    def open(self, *trail: str) -> None:
        self.enter(self.walk.follow(trail))

    def enter(self, path: str) -> None:
        """Open a page, and accept the terms where they stand before it; another test may or may not have done so."""
        self.page.goto(path)
        if (accept := self.page.locator("main button[name=accept]")).count():
            accept.click()
            self.page.locator("#idea-form").wait_for()


@pytest.fixture(params=["en", "de"])
def look_as(
    request: pytest.FixtureRequest, open_as: Callable[..., Page], product: Product
) -> Iterator[Callable[..., Looker]]:
    """Return a function that opens a browser; whatever axe found in it fails the test at its end."""
    lookers: list[Looker] = []
    with product.speaking(request.param, "alice", "bob", "carol", "erin", "grace"):

        def make(who: str = "", **options: object) -> Looker:
            page = open_as(who, locale=request.param, **options)
            lookers.append(Looker(page, Walk(page), []))
            return lookers[-1]

        yield make
    assert [problem for looker in lookers for problem in looker.problems] == []


@pytest.mark.parametrize("who", REFUSED)
def test_forms_that_are_refused(look_as: Callable[..., Looker], who: str):
    somebody = look_as(who)
    page = somebody.page
    for action, trail, typed in REFUSED[who]:
        if action == "/tokens/":
            say_who_you_are(page)
        somebody.open(*trail)
        name = f"{trail[-1]}, refused"
        form = page.locator(FORMS).and_(page.locator(f"[action*='{action}']" if action else "form")).last
        expect(form, name).to_be_visible()
        form.evaluate(SEND, typed)
        expect(page.get_by_role("main").locator(WRONG).first, name).to_be_visible()
        somebody.look(name)


def say_who_you_are(page: Page) -> None:
    """Give the password once more, which a new token asks of those who signed in some minutes ago."""
    page.goto("/accounts/reauthenticate/?next=/ideas/")
    page.locator("main form:has([name=password])").evaluate(SEND, {"password": PASSWORD})
    page.wait_for_url(re.compile(r":\d+/ideas/$"))


def test_a_visitor_who_mistypes(look_as: Callable[..., Looker]):
    visitor = look_as()
    for path, typed in (
        ("/accounts/login/", {"login": "alice@acme.example", "password": "wrong"}),
        ("/accounts/password/reset/", {"email": "not an address"}),
    ):
        visitor.page.goto(path)
        visitor.page.locator(f"main form[action='{path}']").evaluate(SEND, typed)
        expect(visitor.page.get_by_role("main").locator(WRONG).first).to_be_visible()
        visitor.look(path)


def test_menus_that_are_open(look_as: Callable[..., Looker]):
    for options in ({}, {"viewport": PHONE}):
        erin = look_as("erin", **options)
        erin.open("/")
        for summary in erin.page.locator("header summary:visible").all():
            summary.click()
            erin.look(f"menu, {options}", within="header")  # what lies under it is not to be reached now
            erin.page.keyboard.press("Escape")
    bob = look_as("bob")
    bob.open("/moderation/")
    for summary in bob.page.locator("main summary:visible").all():
        summary.click()
        bob.look("queue's menu")
        bob.page.keyboard.press("Escape")


def test_a_case_its_reason_its_toast_and_the_keys(look_as: Callable[..., Looker]):
    bob = look_as("bob")
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


def test_the_editor_with_preview_similar_ideas_and_both_versions(look_as: Callable[..., Looker]):
    alice = look_as("alice")
    page = alice.page
    challenge = alice.walk.follow(("/search/?q=tight", f"/challenges/{ID}/"))
    alice.enter(challenge.replace("/challenges/", "/ideas/new/") + "?another=1")
    with page.expect_response(re.compile("/similar/")):
        page.locator("[name=title]").fill("Sniff the joints with helium before we weld")
    expect(page.locator("#beside form").first).to_be_visible()
    alice.look("similar ideas")
    with page.expect_response(re.compile("/autosave/")):
        page.locator("[name=body]").fill("**Small** leaks are found early.")
    page.locator("button[name=preview]").click()
    expect(page.locator("strong", has_text="Small")).to_be_visible()
    alice.look("preview")

    page.reload()
    other = look_as("alice").page
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


def test_what_htmx_brings(look_as: Callable[..., Looker]):
    alice = look_as("alice")
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

    carol = look_as("carol")
    carol.open(*DRAFT, f"/challenges/{ID}/edit/audience/")
    with carol.page.expect_response(re.compile("/reach/")):
        carol.page.locator("[name=skill_0]").select_option(index=2)
    carol.look("audience")


def test_an_import_with_bad_lines(look_as: Callable[..., Looker]):
    erin = look_as("erin")
    page = erin.page
    erin.open("/people/imports/")
    rows = b"name,email,department\nNina New,not-an-address,Nowhere\n,,\n"
    page.locator("input[type=file]").set_input_files([{"name": "bad.csv", "mimeType": "text/csv", "buffer": rows}])
    page.locator("form:has(input[type=file]) button").click()
    page.wait_for_url(re.compile(f"/people/imports/{ID}/"))
    expect(page.locator("#problems")).to_be_visible()
    erin.look("import")


def test_the_offline_page(look_as: Callable[..., Looker]):
    alice = look_as("alice", viewport=PHONE)
    page = alice.page
    page.wait_for_function("() => navigator.serviceWorker.controller !== null", timeout=30_000)
    page.wait_for_function("async () => await caches.match('/offline/') !== undefined", timeout=30_000)
    page.context.set_offline(True)
    page.goto("/challenges/")
    expect(page.locator("[data-offline-page]")).to_be_visible()
    alice.look("offline")
