"""Waiting for what others do: the workers, which are other processes, and the browser's own."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

# Every address that some cache of this origin keeps.
KEPT = """(async () => {
  const all = [];
  for (const name of await caches.keys()) {
    for (const request of await (await caches.open(name)).keys()) all.push(new URL(request.url));
  }
  return all.map((url) => url.pathname + url.search);
})()"""
CONTROLLED = "() => navigator.serviceWorker.controller !== null"
ACTIVE = "async () => (await navigator.serviceWorker.getRegistration())?.active?.state === 'activated'"


def until(page: Page, path: str, text: str, *, patience: int = 120) -> None:
    """Open a page until a text is on it; fail after some `patience` half-seconds."""
    for _attempt in range(patience):
        page.goto(path)
        if page.get_by_text(text).count():
            return
        page.wait_for_timeout(500)
    pytest.fail(f"{text!r} did not appear on {path}:\n{page.inner_text('main')[:2000]}")


def wait_for_worker(page: Page) -> None:
    """Wait until the service worker answers for this page, and has what it shows without a connection.

    A page that was being opened while the worker came is left to itself; it is opened again, more than once if need be.
    """
    page.wait_for_function(ACTIVE, timeout=20_000)
    page.wait_for_function(f"async () => (await {KEPT}).includes('/offline/')", timeout=20_000)
    for _attempt in range(20):
        if page.evaluate(CONTROLLED):
            return
        page.goto(page.url)
        page.wait_for_timeout(500)
    pytest.fail("The service worker took no page over.")
