"""Draws the icons of the installed app from static/img/favicon.svg: `python -m tests.browser.icons`.

Phones install PNG only, and the one program among our tools that draws SVG is the browser of the tests. The drawings
are committed, because an installation has no browser; draw them again when the mark changes.
"""

from __future__ import annotations

from playwright.sync_api import sync_playwright

from tests.browser.product import launch
from tests.launcher.runs import ROOT

IMAGES = ROOT / "static" / "img"
# A maskable icon is cut to any shape by the phone, so that its ground goes to the edge; the mark is well inside.
ICONS = {"icon-192.png": (192, True), "icon-512.png": (512, True), "icon-maskable-512.png": (512, False)}


def main() -> None:
    svg = (IMAGES / "favicon.svg").read_text()
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for name, (size, rounded) in ICONS.items():
            page = browser.new_page(viewport={"width": size, "height": size})
            drawn = svg if rounded else svg.replace(' rx="7"', "")
            page.set_content(f"<style>body{{margin:0}}svg{{display:block;width:{size}px}}</style>{drawn}")
            page.screenshot(path=IMAGES / name, omit_background=True)
            page.close()
        browser.close()


if __name__ == "__main__":
    main()
