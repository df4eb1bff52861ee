"""A reader without a mouse: every stop of Tab is looked at on the way."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Locator, Page, expect

STOPS = 200  # of Tab until something must have been reached
# What has the focus: whether it is marked, whether it can be seen, and what lies over it.
LOOK = """() => {
  const element = document.activeElement;
  if (!element || element === document.body) return null;
  const labels = [...(element.labels ?? [])];
  const hidden = box => box.width <= 1 || box.height <= 1;
  const boxes = of => [...of.getClientRects()].filter(box => !hidden(box));
  // A control that is drawn by its label is looked for there.
  const shown = boxes(element).length ? element : labels.find(label => boxes(label).length) ?? element;
  // The link of a row draws its mark around the whole row.
  const outlined = of => [null, "::after"].some(part => {
    const { outlineStyle, outlineWidth, outlineColor } = getComputedStyle(of, part);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 && !/, 0\\)$|^transparent$/.test(outlineColor);
  });
  const centres = boxes(shown).map(box => {
    const [left, right] = [Math.max(box.left, 0), Math.min(box.right, innerWidth)];
    const [top, bottom] = [Math.max(box.top, 0), Math.min(box.bottom, innerHeight)];
    return left < right && top < bottom ? [(left + right) / 2, (top + bottom) / 2] : null;
  }).filter(Boolean);
  const at = centres.map(([x, y]) => document.elementFromPoint(x, y));
  const own = hit => hit && (shown.contains(hit) || element.contains(hit) || labels.some(label => label.contains(hit)));
  return {
    what: element.outerHTML.slice(0, 160),
    // The parts of a date field have the browser's own marks.
    marked: [element, shown, ...labels].some(outlined) || element.matches("[type=date]:not(:focus-visible)"),
    visible: centres.length > 0,
    covered: at.some(own) ? "" : (at[0]?.outerHTML ?? "").slice(0, 120),
  };
}"""
HAS_FOCUS = "element => element === document.activeElement"


@dataclass
class Keyboard:
    """Hands that use nothing but the keys, on one page."""

    page: Page
    pressed: Counter[str] = field(default_factory=Counter)

    def press(self, key: str) -> None:
        """Press one key."""
        self.page.keyboard.press(key)
        self.pressed[key] += 1

    def write(self, text: str) -> None:
        """Type into what has the focus, in place of what is there."""
        self.press("Control+a")
        self.page.keyboard.type(text)

    def tab(self) -> dict[str, Any] | None:
        """Go one stop on, and look at it; None is the end of the page."""
        self.press("Tab")
        stop: dict[str, Any] | None = self.page.evaluate(LOOK)
        if stop is not None:
            problems = [
                *(["has no mark"] if not stop["marked"] else []),
                *(["is outside of the window"] if not stop["visible"] else []),
                *([f"is covered by {stop['covered']}"] if stop["visible"] and stop["covered"] else []),
            ]
            assert problems == [], f"{self.page.url}: the focus on {stop['what']} {' and '.join(problems)}"
        return stop

    def tab_to(self, target: Locator) -> None:
        """Go on until `target` has the focus."""
        expect(target.first).to_be_attached()
        ends = 0
        for _ in range(STOPS):
            if target.first.evaluate(HAS_FOCUS):
                return
            ends += self.tab() is None
            # From the end it begins again at the top, once.
            assert ends < 2, f"{self.page.url}: Tab does not reach {target}"
        raise AssertionError(f"{self.page.url}: {target} is more than {STOPS} stops away")

    def press_on(self, target: Locator, key: str = "Enter") -> None:
        """Go to `target` and press a key on it."""
        self.tab_to(target)
        self.press(key)

    def write_into(self, target: Locator, text: str) -> None:
        """Go to a field and fill it."""
        self.tab_to(target)
        self.write(text)

    def skip(self) -> None:
        """Take the link over the navigation, unless the last page's still holds."""
        if self.page.url.endswith("#main"):
            return
        self.tab_to(self.page.get_by_role("link", name="Skip to the content"))
        self.press("Enter")
        expect(self.page.get_by_role("main")).to_be_focused()

    def choose(self, target: Locator, option: str) -> None:
        """Go to a list of choices and type the beginning of one, as long as it takes."""
        self.tab_to(target)
        self.page.keyboard.type(option)
        expect(target.locator("option:checked")).to_have_text(re.compile(rf"^{option}\b"))

    def pick(self, target: Locator) -> None:
        """Go to a group of radio buttons, of which Tab leads to one only, and on to this one by the arrows."""
        group = self.page.locator(f"[name={target.get_attribute('name')}]")
        checked = group.and_(self.page.locator(":checked"))
        self.tab_to(checked if checked.count() else group)
        self.press("Space")
        for _ in range(group.count()):
            if target.is_checked():
                return
            self.press("ArrowDown")
        expect(target).to_be_checked()

    def arrive(self, path: str) -> None:
        """Wait for a page, and go to its content."""
        self.page.wait_for_url(re.compile(rf"{path}(#main)?$"))
        self.skip()

    def is_not_lost(self) -> None:
        """Say where the focus is after something has changed: not nowhere."""
        self.page.wait_for_function("() => document.activeElement && document.activeElement !== document.body")

    def stops(self) -> int:
        """Go through the whole page from its top; return the number of stops."""
        number = 0
        while self.tab() is not None:
            number += 1
            assert number < STOPS, f"{self.page.url} has more than {STOPS} stops, or the focus is caught"
        return number
