"""The product that browsers look at, and the browser; for tests and pictures alike."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psycopg2
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, ViewportSize

# The first one has no windows to draw, so that a machine does half as much for it.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, BROWSERS)), None)
PASSWORD = "crowdhub-demo"
LONG = 30_000  # milliseconds that a page may take on a machine that does other things as well
PHONE, WIDE = ViewportSize(width=390, height=844), ViewportSize(width=1440, height=900)


@dataclass
class Product:
    """A demo that runs, and the sessions that its people have opened."""

    port: int
    data: Path
    sessions: dict[str, Any] = field(default_factory=dict)

    def url(self, path: str = "/", organization: str = "acme") -> str:
        return f"http://{organization}.localhost:{self.port}{path}"

    def environment(self) -> dict[str, str]:
        """Return what its web server runs with, for a management command beside it."""
        mark = f"CROWDHUB_DATA={self.data}"
        for process in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):
                variables = (process / "environ").read_text().split("\0")
                if mark in variables and any(each.startswith("DATABASE_OPERATOR_URL=") for each in variables):
                    return dict(each.split("=", 1) for each in variables if "=" in each)
        raise LookupError("The demo does not run.")

    def execute(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        """Change its data as its operator may, across organizations; for what no page can do quickly."""
        connection = psycopg2.connect(self.environment()["DATABASE_OPERATOR_URL"])
        with connection, connection.cursor() as cursor:
            cursor.execute(sql, values)
            rows = cursor.fetchall() if cursor.description else []
        connection.close()
        return rows

    @contextlib.contextmanager
    def locked(self, table: str) -> Iterator[None]:
        """Keep everybody else from a table until this ends."""
        with contextlib.closing(psycopg2.connect(self.environment()["DATABASE_OPERATOR_URL"])) as connection:
            connection.cursor().execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            yield

    @contextlib.contextmanager
    def changing(self, sql: str, *values: object) -> Iterator[None]:
        """Change data at the same time as somebody else: it is done when they wait for it."""
        waits = "SELECT FROM pg_stat_activity WHERE pg_backend_pid() = ANY (pg_blocking_pids(pid))"
        with contextlib.closing(psycopg2.connect(self.environment()["DATABASE_OPERATOR_URL"])) as connection:
            cursor = connection.cursor()
            cursor.execute(sql, values)
            yield
            deadline = time.monotonic() + LONG / 1000
            while cursor.execute(waits) or not cursor.rowcount:
                assert time.monotonic() < deadline, "nobody waits for what is changed"
                time.sleep(0.05)  # it is another process that comes to wait, and nothing tells when
            connection.commit()

    @contextlib.contextmanager
    def speaking(self, language: str, *names: str) -> Iterator[None]:
        """Speak to these people of acme in a language, whatever they chose, until this ends."""
        change = "UPDATE people_member SET language = %s WHERE email = %s AND language <> %s RETURNING id"
        emails = [f"{name}@acme.example" for name in names]
        changed = [email for email in emails if self.execute(change, language, email, language)]
        try:
            yield
        finally:
            for email in changed:
                self.execute(change, "en", email, "en")

    def open(self, browser: Browser, name: str = "", organization: str = "acme", **options: Any) -> BrowserContext:
        """Return a browser of its own in which `name` is signed in; all of theirs share one session."""
        email, base_url = f"{name}@{organization}.example", self.url("", organization)
        if not name:
            return browser.new_context(base_url=base_url, **options)
        if email not in self.sessions:
            context = browser.new_context(base_url=base_url)
            sign_in(context.new_page(), email)
            self.sessions[email] = context.storage_state()
            context.close()
        return browser.new_context(base_url=base_url, storage_state=self.sessions[email], **options)

    def sit_down(
        self,
        context: BrowserContext,
        name: str,
        organization: str = "acme",
        *,
        own_session: bool = False,
        start: str = "/",
    ) -> Page:
        """Return the first page of a browser from `open`; for a session that nobody shares, open it without a name."""
        page = context.new_page()
        if own_session:
            sign_in(page, f"{name}@{organization}.example")
        elif name and start:
            page.goto(start)
        return page


def launch(playwright: Playwright, executable: str | None = CHROMIUM) -> Browser:
    return playwright.chromium.launch(
        executable_path=executable,
        args=["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update"],
    )


def sign_in(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    form = page.locator("main form:has([name=password])")  # whatever language the browser asks for
    form.locator("[name=login]").fill(email)
    form.locator("[name=password]").fill(PASSWORD)
    form.locator("button:not([name], [type=button])").first.click()
    page.wait_for_url("**/")
