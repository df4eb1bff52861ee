"""Comments: posting, answering, editing, marking as helpful."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from challenges.enums import PhaseKind
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from ideas.domain import discussion, publishing
from ideas.domain.writing import IdeaNotPublished, NotAContributor
from ideas.enums import IdeaState
from ideas.models import Comment
from tests import factories


def verbs() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("verb", flat=True))


def test_post_comment_renders_and_records(in_acme, idea):
    comment = discussion.post_comment(idea, actor=in_acme.ed, body="I *like* it <script>alert(1)</script>")

    assert comment.body_html == "<p>I <em>like</em> it &lt;script&gt;alert(1)&lt;/script&gt;</p>\n"
    assert list(Event.objects.values_list("verb", "comment_id")) == [(Verb.COMMENT_POSTED, comment.pk)]


def test_post_comment_twice_at_once_is_one_comment(in_acme, idea):
    first = discussion.post_comment(idea, actor=in_acme.ed, body="Why not?")
    second = discussion.post_comment(idea, actor=in_acme.ed, body="Why not?")
    later = discussion.post_comment(idea, actor=in_acme.ed, body="Why not?", now=timezone.now() + timedelta(minutes=5))

    assert first.pk == second.pk != later.pk


@pytest.mark.parametrize("body", ["", " \n ", "x" * 5001, "x" * 1_000_000])
def test_post_comment_empty_or_too_long_is_refused(in_acme, idea, body):
    with pytest.raises(discussion.CommentRefused) as refusal:
        discussion.post_comment(idea, actor=in_acme.ed, body=body)

    assert refusal.value.field == "body"


def test_post_comment_on_unpublished_idea_is_refused(in_acme, challenge):
    waiting = factories.idea(challenge, in_acme.alice, state=IdeaState.SUBMITTED)

    with pytest.raises(IdeaNotPublished):
        discussion.post_comment(waiting, actor=in_acme.ed, body="Early.")


def test_post_comment_after_the_phases_is_refused(in_acme, challenge, idea):
    for kind in PhaseKind:
        factories.phase(challenge, kind, starts_in=-9, ends_in=-1)

    with pytest.raises(discussion.CommentsClosed):
        discussion.post_comment(idea, actor=in_acme.ed, body="Late.")


def test_answer_to_comment_of_another_idea_is_refused(in_acme, challenge, idea):
    elsewhere = factories.comment(factories.idea(challenge, in_acme.alice), in_acme.ed)

    with pytest.raises(discussion.CommentRefused):
        discussion.post_comment(idea, actor=in_acme.alice, body="Thanks.", parent=elsewhere)


def test_answer_to_hidden_comment_is_refused(in_acme, idea):
    hidden = publishing.hide_comment(factories.comment(idea, in_acme.ed), actor=in_acme.bob)

    with pytest.raises(discussion.CommentHidden):
        discussion.post_comment(idea, actor=in_acme.alice, body="What?", parent=hidden)


def test_edit_own_comment_once(in_acme, idea):
    comment = factories.comment(idea, in_acme.ed)

    discussion.edit_comment(comment, actor=in_acme.ed, body="Better words.")
    discussion.edit_comment(comment, actor=in_acme.ed, body="Better words.")

    assert comment.edited_at is not None
    assert comment.body_html == "<p>Better words.</p>\n"
    assert verbs() == [Verb.COMMENT_EDITED]


def test_edit_comment_of_someone_else_is_refused(in_acme, idea):
    comment = factories.comment(idea, in_acme.ed)

    with pytest.raises(discussion.NotYourComment):
        discussion.edit_comment(comment, actor=in_acme.bob, body="Changed.")

    assert Comment.objects.get().body == "Good point."


def test_edit_hidden_comment_is_refused(in_acme, idea):
    hidden = publishing.hide_comment(factories.comment(idea, in_acme.ed), actor=in_acme.bob)

    with pytest.raises(discussion.CommentHidden):
        discussion.edit_comment(hidden, actor=in_acme.ed, body="Again.")


def test_helpful_mark_is_given_once_and_taken_back_once(in_acme, idea):
    comment = factories.comment(idea, in_acme.ed)

    given = [discussion.mark_helpful(comment, actor=in_acme.alice) for _attempt in range(2)]
    taken = [discussion.unmark_helpful(comment, actor=in_acme.alice) for _attempt in range(2)]

    assert (given, taken) == ([True, False], [True, False])
    assert verbs() == [Verb.COMMENT_MARKED_HELPFUL, Verb.COMMENT_UNMARKED_HELPFUL]


def test_helpful_mark_for_own_comment_is_refused(in_acme, idea):
    comment = factories.comment(idea, in_acme.alice)

    with pytest.raises(discussion.OwnComment):
        discussion.mark_helpful(comment, actor=in_acme.alice)


def test_helpful_mark_by_a_reader_is_refused(in_acme, idea):
    comment = factories.comment(idea, in_acme.ed)

    with pytest.raises(NotAContributor):
        discussion.mark_helpful(comment, actor=in_acme.carol)


def depth_of(comment: Comment) -> int:
    return 1 if comment.parent is None else 1 + depth_of(comment.parent)


def test_answers_go_no_deeper_than_a_page_can_sort(in_acme, idea, monkeypatch):
    """Places in a thread are paths from its beginning: sorting 4,000 answers, each to the last, took 24 s."""
    monkeypatch.setattr(discussion, "DEEPEST", 3)
    last = discussion.post_comment(idea, actor=in_acme.ed, body="0")
    for number in range(1, 6):
        last = discussion.post_comment(idea, actor=in_acme.ed, body=str(number), parent=last)

    assert [depth_of(comment) for comment in Comment.objects.order_by("pk")] == [1, 2, 3, 3, 3, 3]


def test_same_answer_at_the_deepest_place_twice_is_once(in_acme, idea, monkeypatch):
    monkeypatch.setattr(discussion, "DEEPEST", 2)
    first = discussion.post_comment(idea, actor=in_acme.ed, body="0")
    second = discussion.post_comment(idea, actor=in_acme.ed, body="1", parent=first)
    answers = [discussion.post_comment(idea, actor=in_acme.ed, body="2", parent=second) for _again in range(2)]

    assert answers[0].pk == answers[1].pk
