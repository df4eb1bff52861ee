"""Ed and Mallory find nothing, Frank reports, Ed sees the leaderboard, and Dave exports."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.product import Product
from tests.browser.story import HINT, QUESTION
from tests.browser.story.asking import ask_api, id_in


def cannot_find_it(stranger: Page, path: str) -> None:
    """List, search, address and API: nothing says that it exists."""
    public_id = id_in(path)
    for listed in ("/", "/challenges/", "/search/?q=copper", "/inbox/"):
        stranger.goto(listed)
        expect(stranger.get_by_text(QUESTION)).to_have_count(0)
    for address in (path, f"/ideas/new/{public_id}/"):
        response = stranger.goto(address)
        assert response is not None
        assert response.status == 404
    assert ask_api(stranger, f"challenges/{public_id}/")[0] == 404
    status, listed = ask_api(stranger, "challenges/?page_size=100")
    assert status == 200
    assert QUESTION not in {one["title"] for one in listed["results"]}


def report_the_hint(frank: Page, idea_path: str) -> None:
    frank.goto(idea_path)
    frank.locator("li.comment", has_text=HINT).get_by_role("link", name="Report").click()
    frank.get_by_label("Off topic or advertising").check()
    frank.get_by_role("button", name="Report").click()
    frank.wait_for_url(re.compile(re.escape(idea_path)))


def sees_on_the_leaderboard(ed: Page, name: str) -> None:
    ed.goto("/recognition/board/")
    expect(ed.locator("main table").first).to_contain_text(name)


def export_engagement(dave: Page, product: Product, label: str) -> bytes:
    """Ask for a file, watch the bar while nobody can count, and download it; return what is in it."""
    dave.goto("/reports/")
    dave.get_by_label(label).check()
    bar = dave.locator("#export").get_by_role("progressbar")
    # Nobody can read the figures of past months, so that the export stays where it is.
    with product.locked("reports_frozenmonth"):
        dave.get_by_role("button", name="Export").click()
        expect(bar).to_have_accessible_name("Counting, month by month")
        assert float(bar.get_attribute("value") or 1) < float(bar.get_attribute("max") or 0)
    # The page looks for itself.
    expect(bar).to_have_accessible_name("Done")
    expect(bar).to_have_attribute("value", "100")
    with dave.expect_download() as download:
        dave.get_by_role("link", name="Download").click()
    return Path(download.value.path()).read_bytes()


def hides_small_groups(csv: bytes) -> None:
    text = csv.decode("utf-8-sig")
    assert "Department" in text
    assert "hidden" in text


def is_a_workbook_with_the_same(xlsx: bytes, folder: Path) -> None:
    path = folder / "engagement.xlsx"
    path.write_bytes(xlsx)
    with zipfile.ZipFile(path) as book:
        cells = "".join(book.read(name).decode() for name in book.namelist() if name.startswith("xl/"))
    assert "<f>" not in cells  # nothing in it is a formula
    assert "Department" in cells
    assert "hidden" in cells


def is_on_record(dave: Page, downloads: int) -> None:
    dave.goto("/reports/")
    newest = dave.locator("table").first.locator("tbody tr").filter(has_text="Dave Dietrich")
    for row in newest.all()[:downloads]:
        expect(row.locator("td").nth(-2)).to_contain_text("Dave Dietrich")
