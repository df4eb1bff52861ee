"""The real product, started by its launcher, and a headless Chromium."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect, sync_playwright

from crowdhub.launcher.ports import free_port
from tests.browser.product import CHROMIUM, LONG, Product, launch
from tests.launcher.prepared import PATIENCE, copy_of, prepared_demo, remove
from tests.launcher.runs import Run

expect.set_options(timeout=LONG)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Skip, loudly, where there is no browser; .ci/run installs one and fails on such a skip."""
    if CHROMIUM is None:
        pytest.skip("NO BROWSER TEST WAS RUN: there is no Chromium on this machine.")
    return CHROMIUM


@pytest.fixture(scope="session")
def product(chromium_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """`manage.py demo` in a throw-away folder: web, worker, beat, PostgreSQL, Redis and a mailbox.

    CROWDHUB_TEST_DEMO, as "port:folder", names one that runs already, for whoever works on a test.
    """
    if running := os.environ.get("CROWDHUB_TEST_DEMO"):
        number, _, folder = running.partition(":")
        yield Product(int(number), Path(folder).resolve())
        return
    prepared = prepared_demo(Path(os.environ["CROWDHUB_TEST_FOLDER"]))
    data, port = copy_of(prepared, tmp_path_factory.mktemp("product") / "data"), free_port()
    with Run(data, port) as run:
        run.wait_until_ready(PATIENCE)
        yield Product(port, data)
    remove(data)


# Playwright keeps an event loop while it lives, beside which Django refuses to use the database.
@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = launch(playwright, chromium_path)
        yield browser
        browser.close()


@pytest.fixture
def open_as(product: Product, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a browser of its own in which one of the cast is signed in.

    They share one session, unless `own_session`, which whoever signs out needs, asks for another; `start` is the page
    that is open then. Whatever a page logs as an error, a refused inline script above all, fails the test at its end.
    """
    contexts, errors = [], []

    def note(message: ConsoleMessage) -> None:
        where = message.page.url if message.page else ""
        # A browser shows a picture on a page of its own, whose style it then refuses itself.
        if "Content Security" in message.text and "/attachments/" not in where:
            errors.append(f"{where}: {message.text}")

    def open_page(
        name: str = "", *, organization: str = "acme", own_session: bool = False, start: str = "/", **options: object
    ) -> Page:
        context = product.open(chromium, "" if own_session else name, organization, **options)
        contexts.append(context)
        context.set_default_timeout(LONG)
        context.on("weberror", lambda error: errors.append(f"{error.page and error.page.url}: {error.error}"))
        context.on("console", note)
        return product.sit_down(context, name, organization, own_session=own_session, start=start)

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []
