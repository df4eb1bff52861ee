"""`make screenshots`: every screen at 390 and 1440 px, light and dark, English and German, into shots/.

It starts a demo of its own, in a folder that is thrown away. The screens are those of tests/browser/trails.py.
"""

from __future__ import annotations

import argparse
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, Page, sync_playwright

from crowdhub.launcher.ports import free_port
from tests.browser.product import PHONE, WIDE, Product, launch
from tests.browser.screenshots import readme
from tests.browser.screenshots.sheet import Picture, write_sheet
from tests.browser.trails import ID, PAGES
from tests.browser.walk import Walk
from tests.launcher.prepared import PATIENCE, remove
from tests.launcher.runs import ROOT, Run

LANGUAGES, SIZES, SCHEMES = ("en", "de"), (PHONE, WIDE), ("light", "dark")
VISITOR = "visitor"


def main() -> None:
    """Take the pictures that the arguments ask for."""
    parser = argparse.ArgumentParser(prog="make screenshots", description=__doc__)
    parser.add_argument("--only", metavar="NAME", action="append", help=f"only what NAME sees ({', '.join(_people())})")
    parser.add_argument("--out", type=Path, default=ROOT / "shots", help="the folder (shots)")
    parser.add_argument("--readme", action="store_true", help="instead, take those of the README again")
    options = parser.parse_args()
    if unknown := set(options.only or ()) - set(_people()):
        parser.error(f"nobody is called {', '.join(sorted(unknown))}")
    # Ended from outside it clears up as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    with _product() as product, sync_playwright() as playwright:
        browser = launch(playwright)
        if options.readme:
            readme.take_all(product, browser)
        else:
            _take_all(product, browser, options.out, options.only or _people())


def _people() -> list[str]:
    return [who or VISITOR for who in PAGES]


@contextmanager
def _product() -> Iterator[Product]:
    folder = Path(tempfile.mkdtemp(prefix="crowdhub-screenshots-"))
    data, port = folder / "data", free_port()
    try:
        with Run(data, port) as run:
            sys.stdout.write("Starting a demo ...\n")
            run.wait_until_ready(PATIENCE)
            yield Product(port, data)
    finally:
        remove(data)
        shutil.rmtree(folder)


def _take_all(product: Product, browser: Browser, folder: Path, people: list[str]) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    pictures = []
    for who in people:
        sys.stdout.write(f"{who} ...\n")
        pictures += sorted(_of(product, browser, folder, who), key=lambda picture: picture.file.partition("-")[0])
    sheet = write_sheet(folder, pictures)
    sys.stdout.write(f"{len(pictures)} pictures: {sheet}\n")


def _of(product: Product, browser: Browser, folder: Path, who: str) -> Iterator[Picture]:
    name = "" if who == VISITOR else who
    with product.open(browser, name) as context:
        walk = Walk(context.new_page())
        addresses = {_title(trail): walk.follow(trail) for trail in PAGES[name]}
    for language in LANGUAGES:
        with product.speaking(language, name), product.open(browser, name, locale=language) as context:
            page = context.new_page()
            for number, (title, address) in enumerate(addresses.items()):
                page.goto(address)
                yield from _states(page, folder, who, f"{who}/{number:02}", title, language)


def _title(trail: tuple[str, ...]) -> str:
    return " > ".join(trail[-2:]).replace(ID, "…").replace("\\", "")


def _states(page: Page, folder: Path, who: str, start: str, title: str, language: str) -> Iterator[Picture]:
    words = re.sub(r"\W+", "-", title.rpartition(" > ")[2]).strip("-") or "home"
    for size in SIZES:
        page.set_viewport_size(size)
        # A window as high as the page: what is fixed to its end is not in the middle of the picture.
        height = page.evaluate("document.documentElement.scrollHeight")
        page.set_viewport_size({"width": size["width"], "height": height})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
            file = f"{start}-{words}-{language}-{size['width']}-{scheme}.png"
            (folder / file).parent.mkdir(exist_ok=True)
            page.screenshot(path=folder / file, animations="disabled")
            yield Picture(who, title, language, size["width"], scheme, file)


if __name__ == "__main__":
    main()
