"""The way along a trail to the page at its end."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from playwright.sync_api import Page

LINKS = "all => all.map(a => a.getAttribute('href'))"


@dataclass
class Walk:
    """One of the cast on their way; remembers which link was followed, so that it is looked for once."""

    page: Page
    found: dict[str, str] = field(default_factory=dict)

    def follow(self, trail: tuple[str, ...]) -> str:
        """Return the address at the end of a trail, opening the pages on the way that were not opened before."""
        address = trail[0]
        for position, pattern in enumerate(trail[1:], start=1):
            way = " > ".join(trail[: position + 1])
            if way not in self.found:
                self.found[way] = next(iter(self.links(address, pattern)), "")
                assert self.found[way], f"{address} does not lead to {pattern}"
            address = self.found[way]
        return address

    def links(self, address: str, pattern: str) -> list[str]:
        """Return the links of a page that fit."""
        self.page.goto(address)
        links: list[str] = self.page.eval_on_selector_all("main a[href]", LINKS)
        return [link for link in links if re.fullmatch(pattern, link)]
