"""Forms that are refused."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.product import PASSWORD
from tests.browser.scenes.stage import SEND, WRONG, Stage
from tests.browser.trails import CASE, CHALLENGE, DRAFT, ID, OWN_IDEA, ROOM

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


def forms_that_are_refused(stage: Stage, who: str) -> None:
    """Every form of somebody comes back with what is wrong beside it."""
    somebody = stage.enter(who)
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


def a_visitor_who_mistypes(stage: Stage) -> None:
    visitor = stage.enter()
    for path, typed in (
        ("/accounts/login/", {"login": "alice@acme.example", "password": "wrong"}),
        ("/accounts/password/reset/", {"email": "not an address"}),
    ):
        visitor.page.goto(path)
        visitor.page.locator(f"main form[action='{path}']").evaluate(SEND, typed)
        expect(visitor.page.get_by_role("main").locator(WRONG).first).to_be_visible()
        visitor.look(f"{path}, refused")
