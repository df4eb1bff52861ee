"""What changed between two versions of an idea."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ideas.differences import FileChange, Piece, differences, file_changes


def test_a_file_with_other_bytes_is_another_one():
    kept, old, new = ({"name": name, "sha256": sha} for name, sha in (("a.png", "1"), ("b.pdf", "2"), ("b.pdf", "3")))

    assert file_changes([kept, old], [kept, new]) == [FileChange("b.pdf", False), FileChange("b.pdf", True)]
    assert file_changes([kept], [kept]) == []


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
