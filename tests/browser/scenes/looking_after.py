"""What administrators and analysts do: menus, imports, changes of many, exports."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.product import PHONE
from tests.browser.scenes.stage import Somebody, Stage
from tests.browser.trails import ID


def menus_that_are_open(stage: Stage) -> None:
    for options in ({}, {"viewport": PHONE}):
        erin = stage.enter("erin", **options)
        erin.open("/")
        for summary in erin.page.locator("header summary:visible").all():
            summary.click()
            erin.look(f"menu, {options}", within="header")  # what lies under it is not to be reached now
            erin.page.keyboard.press("Escape")
    bob = stage.enter("bob")
    bob.open("/moderation/")
    for summary in bob.page.locator("main summary:visible").all():
        summary.click()
        bob.look("queue's menu", within="main .split-head")
        bob.page.keyboard.press("Escape")


def imports(stage: Stage) -> None:
    """A file that cannot be imported, and one that waits for a yes."""
    erin = stage.enter("erin")
    upload(erin, b"name,email,department\nNina New,not-an-address,Nowhere\n,,\n")
    expect(erin.page.locator("#problems")).to_be_visible()
    erin.look("import, bad lines")
    upload(erin, b"name,email\nNina New,nina.new@acme.example\n")
    expect(erin.page.locator("input[name=digest]")).to_be_attached()
    erin.look("import, preview")


def upload(administrator: Somebody, rows: bytes) -> None:
    page = administrator.page
    administrator.open("/people/imports/")
    page.locator("input[type=file]").set_input_files([{"name": "people.csv", "mimeType": "text/csv", "buffer": rows}])
    page.locator("form:has(input[type=file]) button").click()
    page.wait_for_url(re.compile(f"/people/imports/{ID}/"))


def many_people_at_once(stage: Stage) -> None:
    """Ticked, shown, and left as they were."""
    erin = stage.enter("erin")
    page = erin.page
    erin.open("/people/")
    page.locator("input[name=person]").first.check()
    page.locator("select[name=action]").select_option("deactivate")
    erin.look("people, ticked")
    page.locator(".bulk-bar button").click()
    page.wait_for_url(re.compile(f"/people/bulk/{ID}/"))
    erin.look("many at once, preview")
    page.locator("form[action$='/stop/'] button").click()
    expect(page.locator("form[action$='/stop/']")).to_have_count(0)
    erin.look("many at once, nothing changed")


def an_export(stage: Stage) -> None:
    dave = stage.enter("dave")
    page = dave.page
    dave.open("/reports/")
    page.locator("main form button:not([name])").first.click()
    page.wait_for_url(re.compile(f"/reports/exports/{ID}/"))
    expect(page.locator("main a[download]").first).to_be_visible()
    dave.look("export")
