"""`make screenshots`: every screen at 390 and 1440 px, light and dark, English and German, into shots/.

It starts a demo of its own, in a folder that is thrown away. The screens are those of tests/browser/trails.py, and the
ones to which one comes by doing something, of tests/browser/scenes.
"""

from __future__ import annotations

import argparse
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect, sync_playwright

from crowdhub.launcher.ports import free_port
from tests.browser.product import LONG, Product, launch
from tests.browser.scenes import PEOPLE, SCENES
from tests.browser.scenes.stage import Stage
from tests.browser.screenshots import readme
from tests.browser.screenshots.camera import Camera
from tests.browser.screenshots.sheet import Picture, write_sheet
from tests.browser.trails import ID, PAGES
from tests.browser.walk import Walk
from tests.launcher.prepared import PATIENCE, remove
from tests.launcher.runs import ROOT, Run

LANGUAGES = ("en", "de")
VISITOR, SCENE = "visitor", "scenes"


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
    expect.set_options(timeout=LONG)
    with _product() as product, sync_playwright() as playwright:
        browser = launch(playwright)
        if options.readme:
            readme.take_all(product, browser)
        else:
            _take_all(product, browser, options.out, options.only or _people())


def _people() -> list[str]:
    return [*(who or VISITOR for who in PAGES), SCENE]


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
        taken = _of_scenes(product, browser, folder) if who == SCENE else _of_pages(product, browser, folder, who)
        pictures += sorted(taken, key=lambda picture: picture.file.partition("-")[0])
    sheet = write_sheet(folder, pictures)
    sys.stdout.write(f"{len(pictures)} pictures: {sheet}\n")


def _of_pages(product: Product, browser: Browser, folder: Path, who: str) -> list[Picture]:
    name = "" if who == VISITOR else who
    with product.open(browser, name) as context:
        walk = Walk(context.new_page())
        addresses = {_title(trail): walk.follow(trail) for trail in PAGES[name]}
    cameras = [Camera(folder, who, language) for language in LANGUAGES]
    for camera in cameras:
        with product.speaking(camera.language, name), product.open(browser, name, locale=camera.language) as context:
            page = context.new_page()
            for title, address in addresses.items():
                page.goto(address)
                camera.take(page, title)
    return [picture for camera in cameras for picture in camera.taken]


def _title(trail: tuple[str, ...]) -> str:
    return " > ".join(trail[-2:]).replace(ID, "…").replace("\\", "")


def _of_scenes(product: Product, browser: Browser, folder: Path) -> list[Picture]:
    cameras = [Camera(folder, SCENE, language) for language in LANGUAGES]
    for camera in cameras:
        for name, scene in SCENES.items():
            with product.speaking(camera.language, *PEOPLE), ExitStack() as windows:
                open_page = partial(_open, windows, product, browser, camera.language)
                scene(Stage(product, open_page, partial(camera.take_of, name)))
    return [picture for camera in cameras for picture in camera.taken]


def _open(windows: ExitStack, product: Product, browser: Browser, language: str, who: str, **options: Any) -> Page:
    seat = {key: options.pop(key) for key in ("own_session", "start") if key in options}
    name = "" if seat.get("own_session") else who
    context = windows.enter_context(product.open(browser, name, locale=language, **options))
    return product.sit_down(context, who, **seat)


if __name__ == "__main__":
    main()
