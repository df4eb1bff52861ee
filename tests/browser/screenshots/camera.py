"""A page in every size and scheme."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Page

from tests.browser.product import PHONE, WIDE
from tests.browser.screenshots.sheet import Picture

SIZES, SCHEMES = (PHONE, WIDE), ("light", "dark")


@dataclass
class Camera:
    """Takes what one of the cast sees, in one language, page by page."""

    folder: Path
    who: str
    language: str
    taken: list[Picture] = field(default_factory=list)

    def take(self, page: Page, title: str) -> None:
        """Take the page as it stands, and leave it in the size that it had."""
        before = page.viewport_size
        number = len(self.taken) // (len(SIZES) * len(SCHEMES))
        words = re.sub(r"\W+", "-", title.rpartition(" > ")[2]).strip("-") or "home"
        for size in SIZES:
            page.set_viewport_size(size)
            # A window as high as the page: what is fixed to its end is not in the middle of the picture.
            height = page.evaluate("document.documentElement.scrollHeight")
            page.set_viewport_size({"width": size["width"], "height": height})
            for scheme in SCHEMES:
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
                file = f"{self.who}/{number:03}-{words}-{self.language}-{size['width']}-{scheme}.png"
                (self.folder / file).parent.mkdir(exist_ok=True)
                page.screenshot(path=self.folder / file, animations="disabled")
                self.taken.append(Picture(self.who, title, self.language, size["width"], scheme, file))
        if before:
            page.set_viewport_size(before)

    def take_of(self, scene: str, page: Page, what: str, _within: str) -> None:
        """Take what a scene shows."""
        self.take(page, f"{scene} > {what}")
