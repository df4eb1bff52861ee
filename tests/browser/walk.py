"""The way along a trail to the page at its end."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape

from playwright.sync_api import Page

LINK = re.compile(r'<a\b[^>]*\bhref="([^"]*)"')
READ = "async address => (await fetch(address)).text()"
TRIES = 12  # links of one page that fit, until the rest of a trail must have been found behind one


@dataclass
class Walk:
    """One of the cast on their way; remembers which links a page has, so that it is read once."""

    page: Page
    seen: dict[tuple[str, str], list[str]] = field(default_factory=dict)

    def follow(self, trail: tuple[str, ...]) -> str:
        """Return the address at the end of a trail; where a link leads no further, the next one that fits is tried."""
        address = next(self._ends_of(trail), None)
        assert address is not None, f"{' > '.join(trail)} leads nowhere"
        return address

    def links(self, address: str, pattern: str) -> list[str]:
        """Return the links of a page that fit."""
        main = self._read(address).partition("<main")[2].partition("</main>")[0]
        links = map(unescape, LINK.findall(main))
        return [link for link in dict.fromkeys(links) if re.fullmatch(pattern, link)]

    def _read(self, address: str) -> str:
        """Return a page as HTML; it is shown only if no other one is, because that takes much longer."""
        if self.page.url == "about:blank":
            self.page.goto(address)
            return self.page.content()
        html: str = self.page.evaluate(READ, address)
        return html

    def _ends_of(self, trail: tuple[str, ...]) -> Iterator[str]:
        *way, pattern = trail
        if not way:
            yield pattern
            return
        for address in self._ends_of(tuple(way)):
            if (address, pattern) not in self.seen:
                self.seen[address, pattern] = self.links(address, pattern)
            yield from self.seen[address, pattern][:TRIES]
