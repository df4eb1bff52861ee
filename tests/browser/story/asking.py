"""What everyone can ask the product in the same way."""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page


def ask_api(page: Page, path: str) -> tuple[int, Any]:
    """Ask with the session of the page; from within, because only Chromium resolves *.localhost."""
    status, text = page.evaluate(
        "async path => { const r = await fetch(path); return [r.status, await r.text()] }", f"/api/v1/{path}"
    )
    return status, json.loads(text)


def id_in(path: str) -> str:
    """Return the id in the path of a challenge or an idea."""
    return path.strip("/").split("/")[1]
