"""The pictures in docs/images, which the README shows."""

from __future__ import annotations

import re
import sys

from playwright.sync_api import Browser, Page, ViewportSize

from tests.browser.product import PHONE, Product
from tests.browser.screenshots.png import packed
from tests.launcher.runs import ROOT

IMAGES = ROOT / "docs" / "images"
LARGEST = 200_000  # bytes
DESK = ViewportSize(width=1440, height=720)
CHALLENGE, IDEA = "Tight the first time", "Sniff with helium"


def take_all(product: Product, browser: Browser) -> None:
    """Write the five pictures."""
    IMAGES.mkdir(exist_ok=True)
    alice = home_of(product, browser, "alice", viewport=DESK)
    take(alice, "home")
    follow(alice, "/challenges/", CHALLENGE)
    take(alice, "challenge")
    follow(alice, "/search/?q=helium", IDEA)
    take(alice, "idea")
    bob = home_of(product, browser, "bob", viewport=DESK)
    bob.goto("/moderation/?kind=triage")
    bob.keyboard.press("j")
    bob.keyboard.press("j")
    bob.get_by_role("button", name="Approve").wait_for()
    take(bob, "moderation")
    take(home_of(product, browser, "alice", viewport=PHONE, color_scheme="dark"), "phone")


def home_of(product: Product, browser: Browser, name: str, **options: object) -> Page:
    """Return the home page of one of the cast."""
    page = product.open(browser, name, **options).new_page()
    page.goto("/")
    return page


def follow(page: Page, path: str, words: str) -> None:
    """Open a list, then what is called so in it."""
    page.goto(path)
    page.get_by_role("main").get_by_role("link", name=re.compile(re.escape(words))).first.click()
    page.get_by_role("heading", level=1, name=re.compile(re.escape(words))).wait_for()


def take(page: Page, name: str) -> None:
    """Write what the window shows."""
    page.mouse.move(0, 0)
    picture = packed(page.screenshot(animations="disabled"))
    if len(picture) > LARGEST:
        sys.exit(f"{name}.png has {len(picture)} bytes; at most {LARGEST} belong into a README.")
    (IMAGES / f"{name}.png").write_bytes(picture)
    sys.stdout.write(f"docs/images/{name}.png: {len(picture)} bytes\n")
