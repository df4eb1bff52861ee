"""The main job, end to end: one journey through the real product, from Carol's question to Dave's report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page

from tests.browser.digest import send_digest_by_workers
from tests.browser.product import Product
from tests.browser.story import ADVERT, NEXT_QUESTION, QUESTION, WAITING_IDEA, alice, bob, carol, mail, others

pytestmark = pytest.mark.browser


def test_the_main_job_from_question_to_report(open_as: Callable[..., Page], product: Product, tmp_path: Path) -> None:
    began = datetime.now(UTC)
    manager = open_as("carol")
    challenge = carol.ask_the_right_people(manager, QUESTION)
    author, ed = open_as("alice"), open_as("ed")
    mallory = open_as("mallory", organization="globex")

<<<<<<< ours
    find_it_with_the_reason(alice)
    cannot_find_it(ed, challenge_path)
    cannot_find_it(mallory, challenge_path)
    idea_path = write_and_hand_in(alice)

    bob = open_as("bob")
    ask_for_changes(bob)
    read_the_reason_and_resubmit(alice, idea_path)
    approve(bob)

    discuss_and_vote(open_as("bob"), idea_path)
    answer(carol, idea_path, challenge_path)
    read_the_answer(alice, idea_path)
    has_points_with_reasons(alice)
    gets_a_digest(alice, product)
    export_engagement(open_as("dave"))


def ask_the_right_people(carol: Page) -> str:
    """Write, aim, see who would be asked, launch; return the challenge's path."""
    carol.goto("/challenges/new/")
    carol.get_by_label("Title").fill(TITLE)
    carol.get_by_label("Objective").fill("Seal **thin copper** the first time.")
    carol.get_by_label("Why it matters").fill("Every second joint is welded twice.")
    carol.get_by_label("What a good answer looks like").fill("Settings, a sketch, what you saw.")
    carol.get_by_label("Success measure").fill("Under two per cent are welded twice.")
    carol.get_by_role("button", name="Save and continue").click()

    carol.locator("select[name=skill_0]").select_option(label="Welding")
    carol.locator("select[name=level_0]").select_option("3")
    carol.get_by_label("Only those who are invited").check()
    expect(carol.locator("#reach")).to_contain_text("Welding (level 3 or more)")
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


def find_it_with_the_reason(alice: Page) -> None:
    until(alice, "/", TITLE)
    row = alice.locator("li.row", has_text=TITLE)
    expect(row).to_contain_text("You are asked because you know Welding (level 4)")
    until(alice, "/inbox/", TITLE)


def cannot_find_it(stranger: Page, path: str) -> None:
    """List, search, address and API: nothing says that it exists."""
    public_id = path.strip("/").split("/")[1]
    for listed in ("/", "/challenges/", "/search/?q=copper", "/inbox/"):
        stranger.goto(listed)
        expect(stranger.get_by_text(TITLE)).to_have_count(0)
    assert stranger.goto(path).status == 404
    assert stranger.goto(f"/ideas/new/{public_id}/").status == 404
    assert ask_api(stranger, f"/api/v1/challenges/{public_id}/")[0] == 404
    status, listed = ask_api(stranger, "/api/v1/challenges/?page_size=100")
    assert (status, TITLE in listed) == (200, False)


def ask_api(page: Page, path: str) -> tuple[int, str]:
    """Ask with the session of the page; from within, because only Chromium resolves *.localhost."""
    status, text = page.evaluate(
        "async path => { const r = await fetch(path); return [r.status, await r.text()] }", path
    )
    return status, text


def write_and_hand_in(alice: Page) -> str:
    """Accept the terms, write with a preview while it saves itself, hand in; return the idea's path."""
    alice.goto("/")
    alice.locator("li.row", has_text=TITLE).get_by_role("link", name="Write an idea").click()
    alice.get_by_role("button", name="Accept and write").click()
    alice.get_by_label("Title").fill(IDEA)
    with alice.expect_response(re.compile("autosave|/save")) as saved:
        alice.locator("textarea[name=body]").fill("Use **pulses** of 40 ms:\n\n1. clamp\n2. pulse")
    assert saved.value.ok
    expect(alice.get_by_text(re.compile("Saved"))).to_be_visible()
    alice.get_by_role("button", name="Preview").click()
    expect(alice.locator("strong", has_text="pulses")).to_be_visible()
    alice.get_by_role("button", name="Hand in", exact=True).click()
    expect(alice.get_by_text("Your idea is handed in.")).to_be_visible()
    return urlsplit(alice.url).path


def open_case(bob: Page) -> None:
    bob.goto("/moderation/")
    bob.get_by_role("link", name=IDEA).first.click()
    expect(bob.locator("#case").get_by_role("heading", name=IDEA)).to_be_visible()


def ask_for_changes(bob: Page) -> None:
    bob.goto("/moderation/")
    row = bob.locator("li", has_text=IDEA).first
    expect(row).to_contain_text("working day")  # how much of the promise is left
    open_case(bob)
    bob.keyboard.press("c")
    bob.locator("#case textarea").fill("Please say which machine you tried it on.")
    bob.locator("#case").get_by_role("button", name="Ask for changes").click()
    expect(bob.get_by_role("button", name="Undo")).to_be_visible()


def read_the_reason_and_resubmit(alice: Page, idea_path: str) -> None:
    until(alice, "/inbox/", "Changes were asked for")
    alice.goto(idea_path)
    expect(alice.get_by_text("Please say which machine you tried it on.")).to_be_visible()
    alice.get_by_role("link", name="Change it").click()
    alice.locator("textarea[name=body]").fill("Use **pulses** of 40 ms on the Fronius in hall 2.")
    alice.get_by_role("button", name="Hand in again").click()
    expect(alice.get_by_text("Your idea is handed in.")).to_be_visible()


def approve(bob: Page) -> None:
    open_case(bob)
    bob.get_by_role("button", name="Approve").click()
    expect(bob.get_by_role("button", name="Undo")).to_be_visible()


def discuss_and_vote(reader: Page, idea_path: str) -> None:
    """A moderator may comment; the count of votes is shown to nobody yet."""
    reader.goto(idea_path)
    reader.locator("textarea[name=body]").fill("Which gas did you use?")
    reader.get_by_role("button", name="Comment", exact=True).click()
    expect(reader.get_by_text("Which gas did you use?")).to_be_visible()
    reader.get_by_role("button", name="Follow").click()
    expect(reader.get_by_text("You follow this")).to_be_visible()
    expect(reader.get_by_text(re.compile(r"\d+ pe(rson|ople) support"))).to_have_count(0)


def answer(carol: Page, idea_path: str, challenge_path: str) -> None:
    carol.goto(idea_path)
    carol.get_by_role("button", name="Support this").click()
    expect(carol.get_by_text("You support this")).to_be_visible()
    carol.get_by_role("link", name="Answer this idea").click()
    carol.get_by_label("Selected").check()
    carol.locator("textarea[name=reasons]").fill("We try it on line 2 in May, with you.")
    carol.get_by_role("button", name="Publish the answer").click()
    expect(carol.get_by_text("Your answer is published.")).to_be_visible()
    carol.goto(challenge_path)
    expect(carol.get_by_text("1 of 1 idea handed in has its answer")).to_be_visible()


def read_the_answer(alice: Page, idea_path: str) -> None:
    until(alice, "/inbox/", "Your idea was answered: Selected")
    alice.goto(idea_path)
    expect(alice.get_by_text("We try it on line 2 in May, with you.")).to_be_visible()


def has_points_with_reasons(alice: Page) -> None:
    until(alice, "/recognition/", IDEA)
    expect(alice.locator("main")).to_contain_text("100")


def gets_a_digest(alice: Page, product: Product) -> None:
    command = [sys.executable, "manage.py", "send_digests", "acme", "--to", "alice@acme.example", "--now"]
    subprocess.run(command, cwd=ROOT, env=product.environment(), check=True, capture_output=True)
    until(alice, "/demo/mailbox/", "alice@acme.example")
    mail = max((product.data / "mailbox").glob("*.eml"), key=lambda path: path.stat().st_mtime).read_text()
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click" in mail
    assert "text/plain" in mail
    assert "text/html" in mail


def export_engagement(dave: Page) -> None:
    dave.goto("/reports/")
    dave.get_by_label("CSV").check()
    dave.get_by_role("button", name="Export").click()
    link = dave.get_by_role("link", name="Download")
    for _attempt in range(60):
        if link.count():
            break
        dave.wait_for_timeout(500)
        dave.reload()
    with dave.expect_download() as download:
        link.first.click()
    text = Path(download.value.path()).read_text(encoding="utf-8-sig")
    assert "Department" in text
    assert "hidden" in text
    dave.goto("/reports/")
    expect(dave.locator("table").first).to_contain_text("Dave Dietrich")
=======
    alice.find_it_with_the_reason(author)
    others.cannot_find_it(ed, challenge)
    others.cannot_find_it(mallory, challenge)
    idea = alice.write_and_hand_in(author)
    advert = alice.write_another(author, challenge, ADVERT)
    alice.write_another(author, challenge, WAITING_IDEA)

    moderator = open_as("bob")
    bob.ask_for_changes(moderator)
    bob.reject(moderator, ADVERT)
    alice.read_the_reason_and_resubmit(author, idea)
    alice.read_why_it_was_rejected(author, advert)
    bob.approve(moderator)

    bob.discuss_and_follow(moderator, idea)
    alice.reply_in_the_thread(author, idea)
    carol.support_and_give_a_hint(manager, idea)
    bob.sees_no_counts(moderator, idea, challenge)

    alice.thank_for_the_hint(author, idea)
    carol.earns_points_for_the_hint(manager)
    others.report_the_hint(open_as("frank"), idea)
    bob.hide_the_reported_hint(moderator)
    carol.has_lost_them_again(manager)

    carol.answer(manager, idea, challenge)
    carol.ask_the_right_people(manager, NEXT_QUESTION)
    letter = send_digest_by_workers(product, "alice@acme.example", since=began)
    mail.says_all_three_things(letter)
    alice.read_the_answer(author, idea)
    mail.stop_with_one_click(letter, product)
    mail.has_it_again(author)

    alice.has_points_with_reasons(author)
    alice.join_the_leaderboard(author)
    others.sees_on_the_leaderboard(ed, "Alice")

    dave = open_as("dave")
    others.hides_small_groups(others.export_engagement(dave, product, "CSV"))
    others.is_a_workbook_with_the_same(others.export_engagement(dave, product, "XLSX"), tmp_path)
    others.is_on_record(dave, downloads=2)
>>>>>>> theirs
