"""Reporting back at the end: once, to everyone whom the challenge concerns, and to nobody who cannot open it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from challenges.domain.reporting_back import (
    AlreadyReported,
    ChallengeStillOpen,
    NotYoursToReport,
    ReportChangedMeanwhile,
    ReportRefused,
    save_report,
    send_report,
)
from challenges.enums import ChallengeState, PhaseKind, Visibility
from challenges.models import Challenge, ChallengeManager, Invitation
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.inbox.digest_content import collect
from crowdhub.inbox.enums import Reason
from crowdhub.inbox.models import Digest, Notification
from crowdhub.inbox.queries import notifications_of
from crowdhub.inbox.reported_sql import audience_size
from crowdhub.inbox.words import line
from crowdhub.pages import report_back as pages_report_back
from crowdhub.people.enums import Role
from crowdhub.people.models import Member
from ideas.models import Vote
from tests import factories
from tests.challenges.shared import BUDGET, SignIn, page, queries_of
from tests.harness.cast import Cast
from tests.harness.outbox import run_consumers

TEXT = "We **build** the torque wrench."


def over(cast: Cast, **fields) -> Challenge:
    return factories.challenge(cast.carol, state=ChallengeState.CLOSED, **fields)


def told() -> set[tuple[str, str]]:
    run_consumers()
    rows = Notification.objects.filter(event__verb=Verb.CHALLENGE_REPORTED).values_list("member__name", "reason")
    return set(rows)


def digest_news(member: Member) -> list[str]:
    now = timezone.now()
    digest = Digest(
        organization=member.organization, member=member, day=now.date(), covers_since=now - timedelta(days=1)
    )
    content = collect([digest], now=now)
    return [item.text for item in content[member.pk].news]


def test_a_draft_can_be_changed_and_is_sent_once(in_acme):
    challenge = over(in_acme)
    save_report(challenge, body="First words", known_version=0, actor=in_acme.carol)
    assert not Event.objects.exists()

    send_report(challenge, body=TEXT, known_version=1, actor=in_acme.carol)

    challenge.refresh_from_db()
    assert challenge.report_back_html == "<p>We <strong>build</strong> the torque wrench.</p>\n"
    assert challenge.reported_at is not None
    assert [event.verb for event in Event.objects.all()] == [Verb.CHALLENGE_REPORTED]
    for again in (save_report, send_report):
        with pytest.raises(AlreadyReported):
            again(challenge, body="More", known_version=2, actor=in_acme.carol)


def test_two_managers_do_not_overwrite_each_other(in_acme):
    challenge = over(in_acme)
    save_report(challenge, body="Mine", known_version=0, actor=in_acme.carol)

    with pytest.raises(ReportChangedMeanwhile):
        send_report(challenge, body="Yours", known_version=0, actor=in_acme.carol)

    challenge.refresh_from_db()
    assert (challenge.report_back, challenge.reported_at) == ("Mine", None)


@pytest.mark.parametrize("body", ["", " \n", "x" * 50_000])
def test_an_empty_or_endless_report_is_not_sent(in_acme, body):
    challenge = over(in_acme)

    with pytest.raises(ReportRefused) as refusal:
        send_report(challenge, body=body, known_version=0, actor=in_acme.carol)

    assert refusal.value.field == "body"
    assert not Event.objects.exists()


def test_only_its_managers_report(in_acme):
    with pytest.raises(NotYoursToReport):
        send_report(over(in_acme), body=TEXT, known_version=0, actor=in_acme.alice)


@pytest.mark.parametrize(
    ("submission", "voting", "review", "may"), [(-1, -1, 9, True), (-1, 9, 9, False), (9, -1, 9, False)]
)
def test_the_time_has_come_when_nobody_can_hand_in_or_vote(in_acme, submission, voting, review, may):
    challenge = factories.challenge(in_acme.carol)
    for kind, ends_in in zip(PhaseKind, (submission, voting, review), strict=True):
        factories.phase(challenge, kind, starts_in=-30, ends_in=ends_in)

    if may:
        send_report(challenge, body=TEXT, known_version=0, actor=in_acme.carol)
    else:
        with pytest.raises(ChallengeStillOpen):
            save_report(challenge, body=TEXT, known_version=0, actor=in_acme.carol)


def test_a_draft_challenge_has_nothing_to_report(in_acme):
    draft = factories.challenge(in_acme.carol, state=ChallengeState.DRAFT)

    with pytest.raises(ChallengeStillOpen):
        send_report(draft, body=TEXT, known_version=0, actor=in_acme.carol)


def test_everyone_who_was_asked_is_told_in_inbox_and_digest(in_acme):
    challenge = over(in_acme, title="Joints", visibility=Visibility.INVITED)
    for member in (in_acme.alice, in_acme.grace, in_acme.frank):
        factories.invitation(challenge, member)
    Invitation.objects.filter(member=in_acme.grace).update(withdrawn_at=timezone.now())
    factories.idea(challenge, in_acme.ed)  # not asked (any more): the challenge is closed to Ed
    gone = factories.member(is_active=False)
    factories.invitation(challenge, gone)
    factories.invitation(challenge, in_acme.carol)
    size = audience_size(challenge, actor_id=in_acme.carol.pk)

    send_report(challenge, body=TEXT, known_version=0, actor=in_acme.carol)

    assert told() == {("Alice", Reason.ASKED), ("Frank", Reason.ASKED)}
    assert size == 2
    found = line(notifications_of(in_acme.alice).get(), in_acme.alice)
    assert (found.title, found.text) == ("Joints", "What came of a challenge in which you were asked")
    assert found.path == page("pages:challenge", challenge.public_id) + "#report-back"
    assert digest_news(in_acme.alice) == ["What came of a challenge in which you were asked"]
    assert digest_news(in_acme.ed) == []


def test_where_everyone_reads_it_those_who_took_part_unasked_are_told_too(in_acme):
    challenge = over(in_acme)
    idea = factories.idea(challenge, in_acme.ed)
    factories.comment(idea, in_acme.grace)
    Vote.objects.create(organization=idea.organization, idea=idea, member=in_acme.alice)

    send_report(challenge, body=TEXT, known_version=0, actor=in_acme.carol)

    assert told() == {(name, Reason.ASKED) for name in ("Ed", "Grace", "Alice")}
    run_consumers()
    assert Notification.objects.values("public_id").distinct().count() == Notification.objects.count() == 3


def test_a_report_leaves_the_digest_of_who_is_uninvited_since(in_acme):
    challenge = over(in_acme, visibility=Visibility.INVITED)
    factories.invitation(challenge, in_acme.alice)
    send_report(challenge, body=TEXT, known_version=0, actor=in_acme.carol)
    run_consumers()
    Invitation.objects.update(withdrawn_at=timezone.now())

    assert digest_news(in_acme.alice) == []


def test_the_pages(in_acme: Cast, as_member: SignIn) -> None:
    challenge = over(in_acme)
    factories.invitation(challenge, in_acme.alice)
    factories.idea(challenge, in_acme.ed)
    carol, url = as_member(in_acme.carol), page("pages:report-back", challenge.public_id)

    assert url in carol.get(page("pages:room", challenge.public_id)).content.decode()
    text = carol.get(url).content.decode()
    assert "Send to 2 people" in text
    assert "Answer 1 idea first" in text
    assert carol.post(url, {"body": TEXT, "version": "0", "save": "1"})["Location"] == url
    assert (
        "What came of it"
        not in as_member(in_acme.alice).get(page("pages:challenge", challenge.public_id)).content.decode()
    )

    preview = carol.post(url, {"body": "**New**", "version": "1", "preview": "1"}).content.decode()
    assert "<strong>New</strong>" in preview
    conflict = carol.post(url, {"body": "Other words", "version": "0", "save": "1"})
    assert conflict.status_code == 409
    assert "Other words</textarea>" in conflict.content.decode()
    assert "<strong>build</strong>" in conflict.content.decode()
    assert 'name="version" value="1"' in conflict.content.decode()
    assert carol.post(url, {"body": "", "version": "1", "send": "1"}).status_code == 422
    assert carol.post(url, {"body": TEXT, "version": "x", "send": "1"}).status_code == 422

    sent = carol.post(url, {"body": TEXT, "version": "1", "send": "1"})
    assert sent["Location"] == page("pages:challenge", challenge.public_id)
    assert "<strong>build</strong>" in as_member(in_acme.alice).get(sent["Location"]).content.decode()
    assert carol.post(url, {"body": TEXT, "version": "2", "send": "1"}).status_code == 409
    assert "has been told" in carol.get(page("pages:room", challenge.public_id)).content.decode()


def test_too_early_and_what_the_page_costs(in_acme: Cast, as_member: SignIn) -> None:
    running, carol = factories.challenge(in_acme.carol), as_member(in_acme.carol)
    deputy = factories.member()
    factories.grant(deputy, Role.MANAGER)
    ended = over(in_acme)
    ChallengeManager.objects.create(organization=ended.organization, challenge=ended, member=deputy, part="deputy")
    early = page("pages:report-back", running.public_id)

    assert "This comes at the end" in carol.get(early).content.decode()
    assert carol.post(early, {"body": TEXT, "version": "0", "send": "1"}).status_code == 409
    assert len(queries_of(as_member(deputy), page("pages:report-back", ended.public_id))) <= BUDGET


@pytest.mark.parametrize(("is_over", "is_reported", "asks"), [(True, False, 1), (True, True, 0), (False, False, 0)])
def test_how_many_it_reaches_is_asked_where_it_can_be_sent(in_acme, as_member, monkeypatch, is_over, is_reported, asks):
    challenge = over(in_acme) if is_over else factories.challenge(in_acme.carol)
    Challenge.objects.filter(pk=challenge.pk).update(reported_at=timezone.now() if is_reported else None)
    asked: list[Challenge] = []
    monkeypatch.setattr(pages_report_back, "audience_size", lambda told, actor_id: asked.append(told) or 7)

    shown = as_member(in_acme.carol).get(page("pages:report-back", challenge.public_id)).content.decode()

    assert len(asked) == asks
    assert ("Send to 7 people" in shown) is bool(asks)
