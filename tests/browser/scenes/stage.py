"""What a scene has to play with: the product, people in browsers of their own, and somebody who looks on."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

from tests.browser.product import Product
from tests.browser.walk import Walk

# Told that a page stands as it should be looked at, what it shows, and in which element everything of interest is.
Look = Callable[[Page, str, str], None]

# Sends a form as a browser would that does not check it first.
SEND = """(form, typed) => {
  form.noValidate = true;
  for (const [name, text] of Object.entries(typed)) {
    for (const field of form.querySelectorAll(`[name$="${name}"]`)) field.value = text;
  }
  const buttons = [...form.elements].filter((one) => one.matches("button:not([type=button])"));
  const button = buttons.find((one) => one.name === "submit") ?? buttons.find((one) => !one.name);
  form.requestSubmit(button);
}"""
WRONG = ":is([role=alert]:not([hidden]), [aria-invalid=true]):visible"


@dataclass
class Somebody:
    """One of the cast, or a visitor, who does something and then lets it be looked at."""

    page: Page
    onlooker: Look
    walk: Walk = field(init=False)

    def __post_init__(self) -> None:
        self.walk = Walk(self.page)

    def look(self, what: str, within: str = "html") -> None:
        self.onlooker(self.page, what, within)

    def open(self, *trail: str) -> None:
        self.enter(self.walk.follow(trail))

    def enter(self, path: str) -> None:
        """Open a page, and accept the terms where they stand before it; another scene may or may not have done so."""
        self.page.goto(path)
        if (accept := self.page.locator("main button[name=accept]")).count():
            accept.click()
            self.page.locator("#idea-form").wait_for()


@dataclass
class Stage:
    """Where scenes are played; all speak one language."""

    product: Product
    open_page: Callable[..., Page]
    onlooker: Look

    def enter(self, who: str = "", **options: Any) -> Somebody:
        """Return somebody in a browser of their own, in which no page is open yet; "" is a visitor."""
        return Somebody(self.open_page(who, **{"start": "", **options}), self.onlooker)
