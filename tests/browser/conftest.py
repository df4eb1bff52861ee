"""The real product, started by its launcher, and a headless Chromium."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from crowdhub.launcher.ports import free_port
from tests.launcher.runs import ROOT as ROOT
from tests.launcher.runs import Run

PATIENCE = 300.0  # seconds until a demo must be ready, on a machine that runs other tests as well
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PASSWORD = "crowdhub-demo"


@dataclass(frozen=True)
class Product:
    port: int
    data: Path

    def url(self, path: str = "/", organization: str = "acme") -> str:
        return f"http://{organization}.localhost:{self.port}{path}"

    def environment(self) -> dict[str, str]:
        """Return what its own processes run with, for a management command beside them."""
        mark = f"CROWDHUB_DATA={self.data}"
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                variables = (process / "environ").read_text().split("\0")
                if mark in variables and any(each.startswith("DATABASE_RELAY_URL=") for each in variables):
                    return dict(each.split("=", 1) for each in variables if "=" in each)
        raise LookupError("The demo does not run.")


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """Skip, loudly, where there is no browser; .ci/run installs one and fails on such a skip."""
    if CHROMIUM is None:
        pytest.skip("NO BROWSER TEST WAS RUN: there is no Chromium on this machine.")
    return CHROMIUM


@pytest.fixture(scope="session")
def product(chromium_path: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """`manage.py demo` in a throw-away folder: web, worker, beat, PostgreSQL, Redis and a mailbox."""
    data, port = tmp_path_factory.mktemp("product") / "data", free_port()
    with Run(data, port) as run:
        run.wait_until_ready(PATIENCE)
        yield Product(port, data)


# Playwright keeps an event loop while it lives, beside which Django refuses to use the database.
@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path,
            args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
        )
        yield browser
        browser.close()


@pytest.fixture
def open_as(product: Product, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Return a function that opens a browser of its own in which one of the cast is signed in.

    Whatever a page logs as an error, a refused inline script above all, fails the test at its end.
    """
    contexts, errors = [], []

    def open_page(name: str = "", *, organization: str = "acme", **options: object) -> Page:
        context = chromium.new_context(base_url=product.url("", organization), **options)
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(15_000)
        page.on("pageerror", lambda error: errors.append(f"{page.url}: {error}"))
        page.on(
            "console",
            lambda message: (
                errors.append(f"{page.url}: {message.text}") if "Content Security" in message.text else None
            ),
        )
        if name:
            sign_in(page, f"{name}@{organization}.example")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert errors == []


def sign_in(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/")
