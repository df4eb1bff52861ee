"""Take the pictures in docs/images, which the README shows, from a demo that runs.

.venv/bin/python manage.py demo --port 8000
.venv/bin/python docs/screenshots.py 8000
"""

from __future__ import annotations

import re
import shutil
import struct
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

IMAGES = Path(__file__).parent / "images"
PASSWORD = "crowdhub-demo"  # noqa: S105  the demo's, which it says itself
LARGEST = 150_000  # bytes
WIDE, PHONE = ViewportSize(width=1440, height=720), ViewportSize(width=390, height=844)
CHALLENGE, IDEA = "Tight the first time", "Sniff with helium"


def main(port: int) -> None:
    """Write the five pictures."""
    chromium = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        alice = signed_in(browser, port, "alice")
        take(alice, "home")
        follow(alice, "/challenges/", CHALLENGE)
        take(alice, "challenge")
        follow(alice, "/search/?q=helium", IDEA)
        take(alice, "idea")
        bob = signed_in(browser, port, "bob")
        bob.goto("/moderation/")
        bob.locator("a[data-key-item]").nth(1).click()
        bob.locator("#case").get_by_role("button", name="Approve").wait_for()
        take(bob, "moderation")
        take(signed_in(browser, port, "alice", phone=True), "phone")
        browser.close()


def signed_in(browser: Browser, port: int, name: str, *, phone: bool = False) -> Page:
    """Return the home page of one of the cast."""
    context = browser.new_context(
        base_url=f"http://acme.localhost:{port}",
        viewport=PHONE if phone else WIDE,
        color_scheme="dark" if phone else "light",
    )
    page = context.new_page()
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(f"{name}@acme.example")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/")
    return page


def follow(page: Page, path: str, words: str) -> None:
    """Open a list, then what is called so in it."""
    page.goto(path)
    page.locator("main").get_by_role("link", name=re.compile(re.escape(words))).first.click()
    page.wait_for_load_state("networkidle")


def take(page: Page, name: str) -> None:
    """Write what the window shows."""
    picture = packed(page.screenshot())
    if len(picture) > LARGEST:
        sys.exit(f"{name}.png has {len(picture)} bytes; at most {LARGEST} belong into a README.")
    (IMAGES / f"{name}.png").write_bytes(picture)
    sys.stdout.write(f"{name}.png: {len(picture)} bytes\n")


def packed(picture: bytes) -> bytes:
    """Return the same PNG, compressed as well as zlib can: a browser is in a hurry."""
    parts = list(chunks(picture))
    pixels = zlib.compress(zlib.decompress(b"".join(data for kind, data in parts if kind == b"IDAT")), 9)
    written = [part for part in parts if part[0] in {b"IHDR", b"PLTE", b"tRNS"}] + [(b"IDAT", pixels), (b"IEND", b"")]
    return picture[:8] + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in written
    )


def chunks(picture: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the parts of a PNG: kind and data."""
    at = 8
    while at < len(picture):
        (length,) = struct.unpack(">I", picture[at : at + 4])
        yield picture[at + 4 : at + 8], picture[at + 8 : at + 8 + length]
        at += 12 + length


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 8000)
