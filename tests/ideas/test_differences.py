"""What changed between two texts."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ideas.differences import Piece, differences


def test_changed_word_is_told_from_the_rest():
    assert differences("Off at nine.\nYes.", "Off at ten.\nYes.") == [
        Piece("same", "Off at "),
        Piece("removed", "nine"),
        Piece("added", "ten"),
        Piece("same", ".\nYes."),
    ]


@given(st.text(), st.text())
def test_pieces_make_both_texts_again(before, after):
    pieces = differences(before, after)

    assert "".join(one.text for one in pieces if one.kind != "added") == before
    assert "".join(one.text for one in pieces if one.kind != "removed") == after


def test_long_changed_parts_are_shown_as_a_whole():
    before, after = "a b " * 5000, "b c " * 5000

    assert differences(before, after) == [Piece("removed", before), Piece("added", after)]
