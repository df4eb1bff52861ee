"""Waiting for the workers, which are other processes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page


def until(page: Page, path: str, text: str, *, patience: int = 120) -> None:
    """Open a page until a text is on it; fail after some `patience` half-seconds."""
    for _attempt in range(patience):
        page.goto(path)
        if page.get_by_text(text).count():
            return
        page.wait_for_timeout(500)
    pytest.fail(f"{text!r} did not appear on {path}:\n{page.inner_text('main')[:2000]}")
