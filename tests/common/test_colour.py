"""The accent is readable whatever colour an organization picks, and the tokens are readable among themselves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crowdhub.common.colour import (
    DARK,
    LIGHT,
    TEXT_CONTRAST,
    Theme,
    accent_css,
    accent_for,
    contrast,
)

TOKENS = (Path(__file__).parents[2] / "static/css/tokens.css").read_text()
PAIRS = {
    name: (light, dark) for name, light, dark in re.findall(r"--([\w-]+): light-dark\((#\w{6}), (#\w{6})\);", TOKENS)
}
colours = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
themes = st.sampled_from([LIGHT, DARK])


def test_contrast_of_black_and_white_is_21():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@given(colours, themes)
def test_accent_reads_on_every_surface(colour: str, theme: Theme):
    accent = accent_for(colour, theme)

    for surface in (theme.paper, theme.raised, theme.sunken, accent.soft):
        assert contrast(accent.accent, surface) >= TEXT_CONTRAST


@given(colours, themes)
def test_ink_reads_on_the_accent(colour: str, theme: Theme):
    accent = accent_for(colour, theme)

    assert contrast(accent.ink, accent.accent) >= TEXT_CONTRAST
    assert contrast(accent.ink, accent.hover) >= TEXT_CONTRAST


def test_accent_that_is_dark_enough_is_kept():
    assert accent_for("#176554", LIGHT).accent == "#176554"


@pytest.mark.parametrize("bad", ["", "red", "#fff", "#12345g", "#1234567", "#123456;}", " #123456", "#123456\n"])
def test_anything_but_a_colour_is_refused(bad: str):
    with pytest.raises(ValueError, match="not a colour"):
        accent_css(bad)


@given(colours)
def test_rule_is_one_closed_declaration_block(colour: str):
    rule = accent_css(colour)

    assert re.fullmatch(r":root\{(--accent[\w-]*:light-dark\(#\w{6},#\w{6}\);?){4}\}\n", rule)


def test_surfaces_are_those_of_the_tokens():
    for name in ("paper", "raised", "sunken"):
        assert PAIRS[name] == (getattr(LIGHT, name), getattr(DARK, name))


@pytest.mark.parametrize("name", ["ink", "muted", "accent", "accent-hover", "good", "warn", "bad"])
def test_text_tokens_read_on_every_surface(name: str):
    surfaces = ["paper", "raised", "sunken", *([f"{name}-soft"] if f"{name}-soft" in PAIRS else [])]

    for theme in (0, 1):
        for surface in surfaces:
            assert contrast(PAIRS[name][theme], PAIRS[surface][theme]) >= TEXT_CONTRAST, (name, surface, theme)


def test_borders_of_controls_stand_out():
    for theme in (0, 1):
        for surface in ("paper", "raised"):
            assert contrast(PAIRS["line-strong"][theme], PAIRS[surface][theme]) >= 3
