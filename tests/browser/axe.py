"""What axe finds on a page as it stands, in light and dark."""

from __future__ import annotations

from typing import Any

from axe_playwright_python.base import AXE_SCRIPT
from playwright.sync_api import Page

# Best practice, by name: how a screen reader finds its way about a page.
STRUCTURE = ("heading-order", "landmark-one-main", "page-has-heading-one", "region", "skip-link")
EVERYTHING: dict[str, Any] = {
    "runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
    "rules": {rule: {"enabled": True} for rule in STRUCTURE},
    "resultTypes": ["violations"],
}
# Whether it is light or dark changes nothing but colours, so that a page is gone through in full once.
COLOURS: dict[str, Any] = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
RUN = "async ([within, options]) => (await axe.run(within, options)).violations"
LOADED = "typeof axe !== 'undefined'"


def problems_of(page: Page, *, first: str = "light", colours_only: bool = False, within: str = "html") -> list[str]:
    """Return what is wrong, in full in the scheme `first`, and about colours in the other one."""
    if not page.evaluate(LOADED):
        page.evaluate(AXE_SCRIPT)
    other = "dark" if first == "light" else "light"
    found = []
    for scheme, options in ((first, COLOURS if colours_only else EVERYTHING), (other, COLOURS)):
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")
        for violation in page.evaluate(RUN, [within, options]):
            nodes = [node["html"][:160] for node in violation["nodes"][:3]]
            width = (page.viewport_size or {})["width"]
            found.append(f"{page.url} at {width} px, {scheme}: {violation['help']}: {nodes}")
    return found
