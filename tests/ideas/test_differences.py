"""What changed between two versions of an idea, and what it may cost to find out."""

from __future__ import annotations

from itertools import islice, product
from string import ascii_letters

import pytest
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from crowdhub.common.text import MAX_TEXT_LENGTH
from ideas import differences
from ideas.differences import MOST_STEPS, Comparison, FileChange, Piece, compare, file_changes
from ideas.domain.writing import revise_idea, submit_idea
from ideas.enums import IdeaState
from ideas.models import Idea
from tests import factories

LINES = ["".join(letters) for letters in islice(product(ascii_letters, repeat=3), 7990)]
WORDS = st.text("ab \n.")


def test_a_file_with_other_bytes_is_another_one():
    kept, old, new = ({"name": name, "sha256": sha} for name, sha in (("a.png", "1"), ("b.pdf", "2"), ("b.pdf", "3")))

    assert file_changes([kept, old], [kept, new]) == [FileChange("b.pdf", False), FileChange("b.pdf", True)]
    assert file_changes([kept], [kept]) == []


def test_changed_word_is_told_from_the_rest():
    assert compare("Off at nine.\nYes.", "Off at ten.\nYes.").pieces == [
        Piece("same", "Off at "),
        Piece("removed", "nine"),
        Piece("added", "ten"),
        Piece("same", ".\nYes."),
    ]


def test_new_line_between_others_is_all_that_changed():
    before = [f"line {number}\n" for number in range(3000)]
    after = [*before[:1000], "a new one\n", *before[1000:2000], *before[2001:]]

    found = compare("".join(before), "".join(after))

    assert [(one.kind, one.text) for one in found.pieces if one.kind != "same"] == [
        ("added", "a new one\n"),
        ("removed", "line 2000\n"),
    ]
    assert not found.is_rough


@given(st.one_of(st.text(), WORDS), st.one_of(st.text(), WORDS))
def test_pieces_make_both_texts_again(before, after):
    pieces = compare(before, after).pieces

    assert "".join(one.text for one in pieces if one.kind != "added") == before
    assert "".join(one.text for one in pieces if one.kind != "removed") == after


@given(st.lists(st.sampled_from("abc"), max_size=12), st.lists(st.sampled_from("abc"), max_size=12))
def test_nothing_that_stayed_is_said_to_have_changed(before, after):
    blocks = differences._alike(before, after, differences._Effort(), MOST_STEPS) or []

    for start, new_start, length in blocks:
        assert before[start : start + length] == after[new_start : new_start + length]
    assert sum(length for _start, _new_start, length in blocks) == longest_common(before, after)


def longest_common(one: list[str], other: list[str]) -> int:
    row = [0] * (len(other) + 1)
    for mine in one:
        new = [0]
        for place, theirs in enumerate(other):
            new.append(row[place] + 1 if mine == theirs else max(row[place + 1], new[-1]))
        row = new
    return row[-1]


def test_long_changed_parts_are_shown_as_a_whole():
    before, after = "a b " * 5000, "b c " * 5000

    found = compare(before, after)

    assert found.pieces == [Piece("removed", before), Piece("added", after)]
    assert found.is_rough


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("\n".join(LINES), "".join(f"{line}\n\n" for line in LINES)),
        ("ab " * 13_000, "ba " * 13_000),
        ("a\nb\n" * 9_900, "b\na\n" * 9_900),
        ("a\n" * 19_999, "a\n\n" * 13_000),
        ("x\n" * 19_999, ""),
        ("\n".join(LINES), "\n".join(reversed(LINES))),
        ("".join(f"{line} x\n" for line in LINES[:6000]), "".join(f"y {line}\n" for line in LINES[:6000])),
    ],
    ids=["every second line new", "words", "two lines", "empty lines", "all gone", "turned round", "in every line"],
)
def test_no_two_texts_take_more_than_the_bounded_steps(before, after):
    assert max(len(before), len(after)) <= MAX_TEXT_LENGTH

    # The last of the steps may be a whole text that is the same.
    assert compare(before, after).steps <= MOST_STEPS + MAX_TEXT_LENGTH


def test_steps_are_the_comparisons_that_are_made():
    made = 0

    class Line(str):
        __slots__ = ()
        __hash__ = str.__hash__

        def __eq__(self, other: object) -> bool:
            nonlocal made
            made += 1
            return str.__eq__(self, other)

    effort = differences._Effort()
    old, new = [Line(line) for line in LINES], [Line(line) for line in (text for one in LINES for text in (one, ""))]

    assert differences._alike(old, new, effort, MOST_STEPS) is None
    assert made <= 2 * effort.steps <= 2 * (MOST_STEPS + len(new))


@pytest.mark.parametrize(
    ("after", "is_rough"),
    [("".join(f"{line}\n\n" for line in LINES), True), ("\n".join(LINES[:-1]), False)],
    ids=["much", "a line"],
)
def test_page_says_when_it_does_not_look_closer(in_acme, challenge, as_member, after, is_rough):
    draft = factories.idea(challenge, in_acme.alice, state=IdeaState.DRAFT, body="\n".join(LINES))
    idea = submit_idea(draft, actor=in_acme.alice)
    Idea.objects.filter(pk=idea.pk).update(state=IdeaState.PUBLISHED)
    revise_idea(idea, actor=in_acme.alice, title=idea.title, body=after, language="en")

    page = as_member(in_acme.alice).get(reverse("ideas:revisions", args=[idea.public_id]), {"number": "2"})

    assert ("So much has changed" in page.content.decode()) == is_rough


def test_comparison_of_nothing_is_empty():
    assert compare("", "") == Comparison([], is_rough=False, steps=0)
