"""Pages of what cannot be: each is brought about as it may happen."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.browser.scenes.stage import Stage
from tests.browser.trails import CHALLENGE, ID

# What has happened to a form before it is sent, by the status that answers it: too many fields, a token of another
# session, an idea that is gone, more than is read.
SPOILED = {
    400: """form => {
      for (let n = 0; n < 1001; n++) form.append(Object.assign(document.createElement("input"), {name: `more-${n}`}));
    }""",
    403: "form => { form.elements.csrfmiddlewaretoken.value = 'x'.repeat(64); }",
    404: "form => { form.action = form.action.replace(/[a-z0-9]{10}/, 'aaaaaaaaaa'); }",
    413: """form => {
      const text = Object.assign(document.createElement("textarea"), {name: "text", value: "x".repeat(25 * 2 ** 20)});
      form.append(text);
    }""",
}
UNREAD = (400, 413)
TYPED = "Nothing of this may be lost."
SUBMIT = "form => HTMLFormElement.prototype.submit.call(form)"  # as a browser without scripts does
STATE = "UPDATE ideas_idea SET state = %s WHERE public_id = %s"


def forms_that_come_to_nothing(stage: Stage) -> None:
    """What was typed is handed back by all but the pages of a form that could not be read."""
    alice = stage.enter("alice")
    page = alice.page
    for status, spoil in SPOILED.items():
        alice.open(*CHALLENGE, f"/ideas/{ID}/")
        page.locator("textarea[name=body]").fill(TYPED)
        form = page.locator("form:has(textarea[name=body])")
        form.evaluate(spoil)
        with page.expect_response(lambda answer, status=status: answer.status == status):
            form.evaluate(SUBMIT)
        expect(page.locator("main.entrance-main h1")).to_be_visible()
        if status not in UNREAD:
            expect(page.locator("#typed-1")).to_have_value(TYPED)
        alice.look(f"error {status}")


def an_idea_that_is_withdrawn_meanwhile(stage: Stage) -> None:
    """Somebody follows it at the same moment."""
    alice = stage.enter("alice")
    page = alice.page
    path = alice.walk.follow((*CHALLENGE, f"/ideas/{ID}/"))
    public_id = path.split("/")[2]
    alice.enter(path)
    try:
        too_late = page.expect_response(lambda answer: answer.status == 409)
        with too_late, stage.product.changing(STATE, "withdrawn", public_id):
            page.locator("form[action$='/follow/']").evaluate(SUBMIT)
        expect(page.locator("main.entrance-main h1")).to_be_visible()
        alice.look("error 409")
    finally:
        stage.product.execute(STATE, "published", public_id)


def a_page_that_breaks(stage: Stage) -> None:
    """Somebody keeps its data for longer than a page waits."""
    alice = stage.enter("alice")
    page = alice.page
    with stage.product.locked("people_memberskill"), page.expect_response(lambda answer: answer.status == 500):
        page.goto("/people/me/")
    expect(page.locator("main.entrance-main h1")).to_be_visible()
    alice.look("error 500")
