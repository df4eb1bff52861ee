from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from challenges.models import Challenge
from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.inbox.digest_content import collect
from crowdhub.inbox.domain.muting import mute
from crowdhub.inbox.domain.reading import set_preferences
from crowdhub.inbox.enums import Channel, Reason
from crowdhub.inbox.models import Digest, Mute, Notification
from crowdhub.inbox.queries import preference_of
from crowdhub.inbox.reported_sql import audience_size
from ideas.domain.answering import answer_idea
from ideas.domain.discussion import post_comment
from ideas.domain.linking import link_ideas, unlink_ideas
from ideas.domain.voting import follow_idea
from ideas.enums import LinkKind, Outcome
from ideas.models import Idea
from tests import factories
from tests.harness.cast import Cast
from tests.harness.outbox import run_consumers


@pytest.fixture
def challenge(in_acme: Cast) -> Challenge:
    return factories.challenge(in_acme.carol, title="How do we save heat?")


def talk_of(idea: Idea, *writers: Any) -> None:
    for writer in writers:
        post_comment(idea, actor=writer, body="Good.")
    run_consumers()


def reasons_of(member: Any) -> list[str]:
    return sorted(Notification.objects.filter(member=member).values_list("reason", flat=True))


def news_of(member: Any) -> list[str]:
    now = timezone.now()
    digest = Digest(member=member, covers_since=now - timedelta(days=1), created_at=now)
    return [line.text for line in collect([digest], now=now)[member.pk].news]


def muted_idea(in_acme: Cast, idea: Idea) -> None:
    mute(in_acme.alice, idea)


def muted_challenge(in_acme: Cast, idea: Idea) -> None:
    mute(in_acme.alice, idea.challenge)


def no_talk(in_acme: Cast, idea: Idea) -> None:
    set_preferences(in_acme.alice, talk=Channel.NONE)


@pytest.mark.parametrize("quietly", [muted_idea, muted_challenge, no_talk])
def test_the_talk_does_not_reach_her_any_more_but_the_answer_does(in_acme, idea, quietly):
    quietly(in_acme, idea)

    talk_of(idea, in_acme.ed)
    answer_idea(idea, actor=in_acme.carol, outcome=Outcome.SELECTED, reasons="It saves heat.")
    run_consumers()

    told = Notification.objects.get(member=in_acme.alice)
    assert (told.event.verb, told.reason) == (Verb.IDEA_ANSWERED, Reason.CONTRIBUTOR)


def test_others_and_other_ideas_are_heard_of_as_before(in_acme, challenge, idea):
    other = factories.idea(challenge, in_acme.alice, title="Insulate the pipes")
    follow_idea(idea, actor=in_acme.bob)
    mute(in_acme.alice, idea)

    talk_of(idea, in_acme.ed)
    talk_of(other, in_acme.ed)

    assert reasons_of(in_acme.bob) == [Reason.FOLLOWER]
    assert [told.event.comment.idea for told in Notification.objects.filter(member=in_acme.alice)] == [other]


@pytest.mark.parametrize("muted", [True, False])
def test_what_is_followed_is_silent_altogether(in_acme, idea, muted):
    follow_idea(idea, actor=in_acme.ed)
    if muted:
        mute(in_acme.ed, idea)
    else:
        set_preferences(in_acme.ed, followed=Channel.NONE)

    talk_of(idea, in_acme.bob)
    answer_idea(idea, actor=in_acme.carol, outcome=Outcome.DECLINED, reasons="Too dear.")
    run_consumers()

    assert reasons_of(in_acme.ed) == []


def test_a_follower_who_wants_no_talk_on_his_own_still_hears_of_what_he_follows(in_acme, idea):
    follow_idea(idea, actor=in_acme.ed)
    set_preferences(in_acme.ed, talk=Channel.NONE)

    talk_of(idea, in_acme.bob)

    assert reasons_of(in_acme.ed) == [Reason.FOLLOWER]


def test_news_for_the_inbox_only_is_not_in_the_digest(in_acme, idea):
    talk_of(idea, in_acme.ed)
    assert len(news_of(in_acme.alice)) == 1

    set_preferences(in_acme.alice, talk=Channel.INBOX)

    assert news_of(in_acme.alice) == []
    assert reasons_of(in_acme.alice) == [Reason.CONTRIBUTOR]


def test_a_muted_challenge_asks_no_more_in_the_digest_and_reports_nothing(in_acme, challenge):
    factories.invitation(challenge, in_acme.ed)
    digest = Digest(member=in_acme.ed, created_at=timezone.now(), covers_since=timezone.now())
    before = audience_size(challenge, actor_id=in_acme.carol.pk)
    assert len(collect([digest], now=timezone.now())[in_acme.ed.pk].asked) == 1

    mute(in_acme.ed, challenge)
    record(Verb.CHALLENGE_REPORTED, subject=challenge, actor=in_acme.carol)
    run_consumers()

    assert in_acme.ed.pk not in collect([digest], now=timezone.now())
    assert audience_size(challenge, actor_id=in_acme.carol.pk) == before - 1
    assert reasons_of(in_acme.ed) == []


def test_muting_reads_the_unread_talk_and_nothing_else(in_acme, idea):
    talk_of(idea, in_acme.ed)
    answer_idea(idea, actor=in_acme.carol, outcome=Outcome.SELECTED, reasons="It saves heat.")
    run_consumers()

    mute(in_acme.alice, idea)

    unread = Notification.objects.filter(member=in_acme.alice, read_at=None)
    assert [told.event.verb for told in unread] == [Verb.IDEA_ANSWERED]


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize("what", ["idea", "challenge"])
def test_muting_and_hearing_of_it_again_from_the_inbox(in_acme, alice, idea, what, htmx):
    talk_of(idea, in_acme.ed)
    headers = {"HX-Request": "true"} if htmx else {}
    told = Notification.objects.get()

    done = alice.post(
        reverse("inbox:mute"), {"notification": told.public_id, "what": what}, headers=headers, follow=True
    )

    muted = Mute.objects.get()
    assert (muted.member, muted.idea or muted.challenge) == (in_acme.alice, idea if what == "idea" else idea.challenge)
    assert "Muted: " in done.content.decode()
    undo = reverse("inbox:unmute", args=[muted.public_id])
    assert (undo in done.content.decode()) is htmx
    assert undo in alice.get(reverse("inbox:preferences")).content.decode()

    undone = alice.post(undo, headers=headers, follow=True)

    assert "Unmuted: " in undone.content.decode()
    assert not Mute.objects.exists()
    talk_of(idea, in_acme.bob)
    assert Notification.objects.filter(read_at=None).count() == 1


@pytest.mark.parametrize("what", ["idea", "challenge"])
def test_who_mutes_a_challenge_is_told_that_no_digest_asks_for_an_answer(in_acme, alice, idea, what):
    talk_of(idea, in_acme.ed)
    told = Notification.objects.get()

    muted = alice.post(reverse("inbox:mute"), {"notification": told.public_id, "what": what}, follow=True)
    settings = alice.get(reverse("inbox:preferences")).content.decode()

    assert ("No digest asks you to answer it." in muted.content.decode()) is (what == "challenge")
    assert "until you have handed in an idea, unless you have muted the challenge" in settings
    assert "The digest does not ask you to answer a muted challenge." in settings


@pytest.mark.parametrize("what", ["idea", "challenge"])
def test_muting_from_the_line_of_a_link_silences_what_links(in_acme, alice, idea, what):
    linking = factories.idea(factories.challenge(in_acme.carol), in_acme.ed)
    link, _is_new = link_ideas(linking, idea, LinkKind.BUILDS_ON, actor=in_acme.ed)
    run_consumers()
    told = Notification.objects.get(member=in_acme.alice)

    alice.post(reverse("inbox:mute"), {"notification": told.public_id, "what": what})
    unlink_ideas(link, actor=in_acme.ed)
    link_ideas(linking, idea, LinkKind.PART_OF, actor=in_acme.ed)
    run_consumers()

    told = Notification.objects.get(member=in_acme.alice)
    assert told.read_at is not None


@pytest.mark.parametrize("quietly", [muted_idea, muted_challenge])
def test_a_muted_idea_of_ones_own_tells_of_no_links_to_it(in_acme, idea, quietly):
    quietly(in_acme, idea)

    link_ideas(factories.idea(idea.challenge, in_acme.ed), idea, LinkKind.BUILDS_ON, actor=in_acme.ed)
    run_consumers()

    assert reasons_of(in_acme.alice) == []


def test_muting_twice_is_muting_once(in_acme, alice, idea):
    talk_of(idea, in_acme.ed)
    told = Notification.objects.get()

    for _press in range(2):
        alice.post(reverse("inbox:mute"), {"notification": told.public_id, "what": "idea"})

    assert Mute.objects.count() == 1


def test_nobody_mutes_by_another_ones_notification_or_ends_another_ones_mute(in_acme, as_member, idea):
    talk_of(idea, in_acme.ed)
    told, ed = Notification.objects.get(), as_member(in_acme.ed)
    muted = mute(in_acme.alice, idea)

    statuses = [
        ed.post(reverse("inbox:mute"), {"notification": told.public_id}).status_code,
        ed.post(reverse("inbox:unmute", args=[muted.public_id])).status_code,
    ]

    assert statuses == [404, 404]
    assert list(Mute.objects.all()) == [muted]


def test_the_choices_are_kept_and_shown(in_acme, alice):
    choices = {"digest": "weekly", "talk": "inbox", "followed": "none"}

    response = alice.post(reverse("inbox:preferences"), choices)

    assert response.status_code == 302
    kept = preference_of(in_acme.alice)
    assert {name: getattr(kept, name) for name in choices} == choices
    page = alice.get(reverse("inbox:preferences")).content.decode()
    assert page.count(" checked") == 3


def test_a_process_that_does_not_know_the_choices_can_write_preferences(in_acme):
    columns = "organization_id, member_id, digest, updated_at"
    written = f"INSERT INTO inbox_preference ({columns}) VALUES (%s, %s, 'weekly', now())"

    with connection.cursor() as cursor:
        cursor.execute(written, [in_acme.acme.pk, in_acme.alice.pk])

    kept = preference_of(in_acme.alice)
    assert (kept.talk, kept.followed) == (Channel.DIGEST, Channel.DIGEST)
