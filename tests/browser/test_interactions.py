"""What axe says of pages on which something was done: opened, refused, swapped in; in both schemes and languages."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import Page

from tests.browser import axe
from tests.browser.product import Product
from tests.browser.scenes import PEOPLE, SCENES
from tests.browser.scenes.stage import Stage

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize("name", SCENES)
def test_what_is_done_leaves_a_page_that_everybody_can_use(
    open_as: Callable[..., Page], product: Product, name: str, language: str
):
    problems = []

    def let_axe_look(page: Page, what: str, within: str) -> None:
        problems.extend(f"{what}: {problem}" for problem in axe.problems_of(page, within=within))

    with product.speaking(language, *PEOPLE):
        SCENES[name](Stage(product, partial(open_as, locale=language), let_axe_look))

    assert problems == []
