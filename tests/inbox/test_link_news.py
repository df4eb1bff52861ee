"""Whom a link between two ideas is told to, and when."""

from __future__ import annotations

import pytest
from django.utils import timezone

from challenges.enums import Visibility
from challenges.models import Challenge
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.inbox.enums import Reason
from crowdhub.inbox.link_news import news_of_links
from crowdhub.inbox.models import Notification
from crowdhub.inbox.queries import notifications_of
from crowdhub.inbox.words import line
from ideas.domain import publishing, writing
from ideas.domain.linking import link_ideas, unlink_ideas
from ideas.enums import IdeaState, LinkKind
from ideas.models import Idea
from moderation.domain.deciding import decide_case, undo_decision
from moderation.enums import CaseOutcome
from moderation.models import Case
from tests import factories
from tests.harness.outbox import run_consumers

BUILDS_ON, PART_OF, SAME = LinkKind.BUILDS_ON, LinkKind.PART_OF, LinkKind.DUPLICATE_OF


@pytest.fixture
def challenge(in_acme) -> Challenge:
    return factories.challenge(in_acme.carol)


@pytest.fixture
def idea(in_acme, challenge) -> Idea:
    return factories.idea(challenge, in_acme.alice)


@pytest.fixture
def other(in_acme, challenge) -> Idea:
    """Ed's published idea in the same challenge."""
    return factories.idea(challenge, in_acme.ed, title="A calendar for the presses")


def test_other_authors_are_told_once_where_they_can_read_it(in_acme, idea, other):
    link, _is_new = link_ideas(idea, other, BUILDS_ON, actor=in_acme.alice)
    unlink_ideas(link, actor=in_acme.alice)
    link_ideas(idea, other, BUILDS_ON, actor=in_acme.alice)
    run_consumers()

    told = Notification.objects.values_list("member__name", "event__verb", "reason")
    assert set(told) == {("Ed", Verb.IDEA_LINKED, Reason.LINKED)}
    notification = notifications_of(in_acme.ed).get()
    assert line(notification, in_acme.ed).text == "An idea builds on yours"
    assert Notification.objects.count() == 1
    assert line(notification, in_acme.ed).path == idea.get_absolute_url()


def test_another_kind_of_link_is_other_news_and_the_same_one_again_is_none(in_acme, idea, other):
    for kind in (BUILDS_ON, BUILDS_ON, SAME):
        link, _is_new = link_ideas(idea, other, kind, actor=in_acme.bob)
        run_consumers()
        unlink_ideas(link, actor=in_acme.bob)

    assert [line(one, in_acme.ed).text for one in notifications_of(in_acme.ed).order_by("pk")] == [
        "An idea builds on yours",
        "An idea says the same as yours",
    ]
    assert notifications_of(in_acme.alice).count() == 2


def test_authors_hear_of_a_link_when_they_can_read_what_links_to_theirs(in_acme, challenge, other):
    waiting = factories.idea(challenge, in_acme.alice, state=IdeaState.SUBMITTED)
    link_ideas(waiting, other, BUILDS_ON, actor=in_acme.bob)
    gone, _is_new = link_ideas(waiting, factories.idea(challenge, in_acme.ed), PART_OF, actor=in_acme.bob)
    unlink_ideas(gone, actor=in_acme.bob)
    run_consumers()
    assert not notifications_of(in_acme.ed).exists()

    now = timezone.now()
    publishing.publish_idea(waiting, actor=in_acme.bob, now=now)
    run_consumers()

    heard = notifications_of(in_acme.ed).get()
    assert (line(heard, in_acme.ed).text, heard.created_at) == ("An idea builds on yours", now)
    assert notifications_of(in_acme.alice).count() == 3  # connected twice at first, and now published


def test_the_news_of_a_link_goes_with_the_publication_that_is_undone(in_acme, challenge, other):
    waiting = factories.idea(challenge, in_acme.alice, state=IdeaState.DRAFT)
    writing.submit_idea(waiting, actor=in_acme.alice)
    link_ideas(waiting, other, BUILDS_ON, actor=in_acme.bob)
    case = Case.objects.get(idea=waiting)
    decide_case(case, outcome=CaseOutcome.APPROVED, reason="", actor=in_acme.bob)
    run_consumers()
    assert notifications_of(in_acme.ed).exists()

    undo_decision(case, actor=in_acme.bob)
    run_consumers()

    assert not notifications_of(in_acme.ed).exists()


@pytest.mark.parametrize("count", [1, 5])
def test_links_are_told_in_as_many_queries_however_many(in_acme, challenge, idea, count, django_assert_num_queries):
    for _number in range(count):
        link_ideas(idea, factories.idea(challenge, in_acme.ed), BUILDS_ON, actor=in_acme.bob)
    events = list(Event.objects.all())

    with django_assert_num_queries(3):
        assert len(news_of_links([*events, Event(verb=Verb.IDEA_PUBLISHED, idea=idea)])) == count


def test_authors_hear_when_somebody_else_connects_their_idea(in_acme, idea, other):
    link_ideas(idea, other, SAME, actor=in_acme.bob)
    run_consumers()

    texts = {name: line(notifications_of(getattr(in_acme, name)).get(), in_acme.ed).text for name in ("alice", "ed")}
    assert texts == {"alice": "Bob connected your idea with another one", "ed": "An idea says the same as yours"}


def test_nobody_hears_of_an_idea_that_they_cannot_read(in_acme, other):
    secret = factories.idea(factories.challenge(in_acme.carol, visibility=Visibility.INVITED), in_acme.grace)

    link_ideas(secret, other, BUILDS_ON, actor=in_acme.carol)
    run_consumers()

    assert set(Notification.objects.values_list("member__name", flat=True)) == {"Grace"}
