"""What somebody who moderates one challenge sees of ideas and comments there, and of others what anybody does."""

from __future__ import annotations

import pytest
from django.urls import reverse

from challenges.models import Challenge
from crowdhub.people.models import Member
from crowdhub.tenancy.context import tenant
from ideas import rules
from ideas.domain.linking import LinkNotAllowed, link_ideas
from ideas.enums import HANDED_IN, CommentState, IdeaState, LinkKind
from ideas.models import Comment
from ideas.queries import comments_visible_to, ideas_visible_to
from ideas.reading import discussion_of, with_lists
from tests import factories
from tests.harness.queries import page_and_queries


@pytest.fixture
def here(in_acme) -> Challenge:
    return factories.challenge(in_acme.carol, title="Weld", visibility="invited")


@pytest.fixture
def there(in_acme) -> Challenge:
    return factories.challenge(in_acme.carol, title="Paint", visibility="organization")


@pytest.fixture
def xenia(here) -> Member:
    xenia = factories.member("Xenia")
    factories.moderator(here, xenia)
    return xenia


def hidden(idea) -> Comment:
    comment = factories.comment(idea, factories.member(), body="Hidden words")
    Comment.objects.filter(pk=comment.pk).update(state=CommentState.HIDDEN)
    return comment


def test_what_was_handed_in_is_seen_there_and_elsewhere_what_is_published(in_acme, here, there, xenia):
    made = {
        (each, state): factories.idea(each, in_acme.alice, state=state) for each in (here, there) for state in IdeaState
    }

    seen = {key for key, idea in made.items() if ideas_visible_to(xenia).filter(pk=idea.pk).exists()}

    assert seen == {(here, state) for state in HANDED_IN} | {(there, IdeaState.PUBLISHED)}


def test_a_draft_of_a_challenge_shows_its_moderator_nothing(in_acme, as_member, xenia):
    draft = factories.challenge(in_acme.carol, state="draft", launched_at=None)
    factories.moderator(draft, xenia)

    assert as_member(xenia).get(reverse("pages:challenge", args=[draft.public_id])).status_code == 404


def test_hidden_comments_are_seen_there_only(in_acme, here, there, xenia):
    mine, others = (hidden(factories.idea(each, in_acme.alice)) for each in (here, there))

    assert set(comments_visible_to(xenia)) == {mine}
    for comment, reason in ((mine, None), (others, "A moderator has hidden this comment.")):
        shown = discussion_of(with_lists(comment.idea, xenia), xenia).comments
        assert [one.hidden_reason for one in shown] == [reason]


def test_moderating_gives_no_vote_and_no_say_beyond_a_comment(in_acme, here, there, xenia):
    idea, elsewhere = factories.idea(here, in_acme.alice), factories.idea(there, in_acme.alice)

    assert not rules.vote_on_idea(xenia, idea)
    assert not rules.write_idea(xenia, here)
    assert not rules.join_idea(xenia, idea)
    assert rules.comment_on_idea(xenia, idea)
    assert rules.moderates(xenia, idea)
    assert not rules.moderates(xenia, elsewhere)
    assert rules.vote_on_idea(xenia, elsewhere)  # as everybody


def test_ideas_are_linked_as_duplicates_there_only(in_acme, here, there, xenia):
    first, second = (factories.idea(here, in_acme.alice) for _ in range(2))
    elsewhere = factories.idea(there, in_acme.alice)

    assert link_ideas(first, second, LinkKind.DUPLICATE_OF, actor=xenia)[1]
    with pytest.raises(LinkNotAllowed):
        link_ideas(elsewhere, first, LinkKind.DUPLICATE_OF, actor=xenia)


def test_the_page_of_an_idea_takes_few_queries(in_acme, as_member, here, xenia):
    idea = factories.idea(here, in_acme.alice)
    hidden(idea)

    page, queries = page_and_queries(as_member(xenia), reverse("ideas:detail", args=[idea.public_id]))

    assert "Hidden words" in page
    assert len(queries) <= 8, queries


def test_a_moderator_of_globex_sees_nothing_of_acme(cast):
    with tenant(cast.globex):
        own = factories.challenge(cast.mallory)
        stranger = factories.member("Sly")
        factories.moderator(own, stranger)
    with tenant(cast.acme):
        factories.idea(factories.challenge(cast.carol), cast.alice, state=IdeaState.SUBMITTED)
    with tenant(cast.globex):
        assert not ideas_visible_to(stranger).exists()
