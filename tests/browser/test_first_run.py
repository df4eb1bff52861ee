"""From `make run` on an empty machine to the first launched challenge, in a browser, as one person would do it.

Every step is left once on the way, and taken up again from the home page.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from crowdhub.launcher.ports import free_port
from tests.launcher.prepared import PATIENCE
from tests.launcher.runs import Run

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SLOW = 30_000  # milliseconds that a page may take on a machine that runs other tests as well
PEOPLE = """name,email,department,skills
Alice Adam,alice@nordwind.example,Operations,Welding:4
Ed Ernst,ed@nordwind.example,Operations,
"""


@pytest.fixture(scope="module")
def run(chromium_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """`manage.py run` in a throw-away folder: empty, without the demo's data and without its sign-in."""
    data, port = tmp_path_factory.mktemp("installation") / "data", free_port()
    command = [sys.executable, "manage.py", "run", "--port", str(port), "--data", str(data), "--end-with-parent"]
    with Run(data, port, command=command) as run:
        run.wait_until_ready(PATIENCE)
        yield run


@pytest.fixture
def page(run: Run, chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(base_url=f"http://localhost:{run.port}", locale="en-GB")
    page = context.new_page()
    page.set_default_timeout(SLOW)
    refused = []
    page.on("console", lambda said: refused.append(said.text) if "Content Security" in said.text else None)
    yield page
    context.close()
    assert refused == []


def test_from_an_empty_installation_to_the_first_challenge(run: Run, page: Page, tmp_path: Path) -> None:
    code = code_on_the_console(run)

    is_refused_without_the_code(page)
    found_the_organization(page, code)
    import_people(page, tmp_path)
    name_skills(page)
    invite_a_moderator(page, run)
    begin_a_challenge_and_leave(page)
    resume_and_launch(page)

    expect(page.get_by_role("heading", name="Which step in our daily work could we do without?")).to_be_visible()
    page.goto("/getting-started/")
    expect(page.get_by_text("All steps are done.")).to_be_visible()
    page.goto("/")
    expect(page.get_by_role("heading", name="Getting started")).to_have_count(0)


def code_on_the_console(run: Run) -> str:
    said = run.hear()
    found = re.search(r"set-up code: (\S+)", said)
    assert found is not None, said
    assert "Mail, invitations included, is not sent" in said
    assert "sign-in by one click" in said
    return found[1]


def is_refused_without_the_code(page: Page) -> None:
    page.goto("/people/")
    page.wait_for_url("**/")
    page.get_by_label("Set-up code").fill("bcdfg-hjkmn-pqrst")
    fill_in(page)

    expect(page.get_by_role("alert").get_by_text("This is not the set-up code.")).to_be_visible()
    expect(page.get_by_label("Name of the organization")).to_have_value("Nordwind Logistik")


def found_the_organization(page: Page, code: str) -> None:
    page.goto(f"/?code={code}")
    expect(page.get_by_label("Set-up code")).to_have_value(code)
    fill_in(page)

    page.wait_for_url("**/getting-started/")
    expect(page.get_by_text("0 of 4 steps are done.")).to_be_visible()


def fill_in(page: Page) -> None:
    page.get_by_label("Name of the organization").fill("Nordwind Logistik")
    page.get_by_label("Time zone").select_option("Europe/Berlin")
    page.get_by_label("Public holidays").select_option("DE-HH")
    page.get_by_label("Your name").fill("Nina Falk")
    page.get_by_label("Your e-mail address").fill("nina@nordwind.example")
    page.get_by_label("Your password").fill("quiet-harbour-92")
    page.get_by_role("button", name="Create the organization").click()


def import_people(page: Page, folder: Path) -> None:
    """Upload the file, walk away, and find it again from the home page."""
    file = folder / "people.csv"
    file.write_text(PEOPLE)
    step(page, "Import people")
    page.get_by_label("CSV file").set_input_files(file)
    page.get_by_role("button", name="Upload and preview").click()
    page.wait_for_url(re.compile(r"/people/imports/\w{10}/"))

    page.goto("/")
    expect(page.get_by_text("A file is uploaded and waits for you.")).to_be_visible()
    page.get_by_role("link", name="Continue").click()
    page.get_by_role("button", name=re.compile("^Import ")).click()
    until_done(page, "See the people")


def name_skills(page: Page) -> None:
    """The import brought a skill along; more are named by the handful."""
    page.goto("/getting-started/skills/")
    page.get_by_label("Skills").fill("Spanish\nForklift\nCustomer service")
    page.get_by_role("button", name="Add these skills").click()

    expect(page.get_by_text("3 skills are added.")).to_be_visible()
    expect(page.get_by_text("2 of 4 steps are done.")).to_be_visible()


def invite_a_moderator(page: Page, run: Run) -> None:
    step(page, "Invite a moderator")
    page.get_by_role("link", name="Later").click()
    step(page, "Invite a moderator")
    page.get_by_label("E-mail").fill("bob@nordwind.example")
    page.get_by_label("Name").fill("Bob Behrens")
    page.get_by_role("button", name="Invite").click()

    expect(page.get_by_text("Bob Behrens is now a moderator. The invitation is on its way.")).to_be_visible()
    assert "bob@nordwind.example" in mail_in(run.data / "mailbox")


def begin_a_challenge_and_leave(page: Page) -> None:
    step(page, "Choose a template")
    page.get_by_role("button", name=re.compile("Start with this.*Improve a process")).click()
    page.wait_for_url("**/edit/question/")
    expect(page.get_by_label("Title")).to_have_value("Which step in our daily work could we do without?")
    page.get_by_role("button", name="Save and finish later").click()
    page.wait_for_url("**/challenges/")


def resume_and_launch(page: Page) -> None:
    page.goto("/")
    expect(page.get_by_text("Your draft is saved.")).to_be_visible()
    page.get_by_role("link", name="Continue").click()
    for following in ("audience", "dates", "check"):
        page.get_by_role("button", name="Save and continue").click()
        page.wait_for_url(f"**/edit/{following}/")
    page.get_by_role("button", name="Launch the challenge").click()
    page.wait_for_url("**/room/")


def step(page: Page, action: str) -> None:
    """Go home, and from there to a step."""
    page.goto("/")
    page.get_by_role("listitem").get_by_role("link", name=action).click()


def until_done(page: Page, text: str) -> None:
    """Look at home until a step is done that the workers do."""
    deadline = time.monotonic() + PATIENCE
    page.goto("/")
    while page.get_by_role("link", name=text).count() == 0:
        assert time.monotonic() < deadline, f"{text!r} did not come"
        page.wait_for_timeout(500)
        page.reload()


def mail_in(mailbox: Path) -> str:
    """Return the first mail, which the workers send in their own time."""
    deadline = time.monotonic() + PATIENCE
    while not (mails := sorted(mailbox.glob("*.eml"))):
        assert time.monotonic() < deadline, "no mail was sent"
        time.sleep(0.2)  # it is a worker in another process that is waited for
    return mails[0].read_text()
