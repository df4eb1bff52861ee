"""That no page is forgotten: every address that answers with a page is at the end of a trail. No browser is needed."""

from __future__ import annotations

import ast
from pathlib import Path
from urllib.parse import urlsplit

from django.urls import resolve

from tests.browser.scenes import SCENES
from tests.browser.trails import ID, IN_SCENES, NOT_OPENED, ON_THEIR_OWN, PAGES
from tests.tenancy.matrix import MATRIX


def opened() -> set[str]:
    """Return the names of the addresses at the end of all trails."""
    ends = {trail[-1].replace(ID, "abcdefghij").replace(r"\?", "?") for trails in PAGES.values() for trail in trails}
    return {resolve(urlsplit(end).path).view_name for end in ends if not end.startswith("/nowhere/")}


def test_every_page_is_opened_or_said_not_to_be():
    pages = {row.name for row in MATRIX if row.get and row.ok == 200}

    elsewhere = set(IN_SCENES) | set(ON_THEIR_OWN)
    assert pages - opened() - elsewhere == set(NOT_OPENED)
    assert set(NOT_OPENED).isdisjoint(opened() | elsewhere)


def test_no_trail_has_two_ways_to_one_page():
    for who, trails in PAGES.items():
        assert len(trails) == len(set(trails)), who


def test_pages_with_a_test_of_their_own_have_it():
    written = {
        node.name
        for path in Path(__file__).parent.glob("test_*.py")
        for node in ast.parse(path.read_text()).body
        if isinstance(node, ast.FunctionDef)
    }

    assert set(ON_THEIR_OWN.values()) - written == set()
    assert set(IN_SCENES.values()) - set(SCENES) == set()
