from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from challenges.models import Challenge
from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.inbox.domain import reading
from crowdhub.inbox.domain.digests import claim_digests, is_digest_time
from crowdhub.inbox.domain.sending import send_digests
from crowdhub.inbox.enums import Frequency
from crowdhub.inbox.models import Digest, Notification
from crowdhub.inbox.tasks import send_organization_digests
from crowdhub.people.domain.logo import set_logo
from crowdhub.people.models import Member
from crowdhub.tenancy.context import tenant
from ideas.domain.answering import answer_idea
from ideas.domain.discussion import post_comment
from ideas.enums import IdeaState, Outcome
from moderation.domain.deciding import decide_case
from moderation.domain.reporting import report_comment
from moderation.enums import CaseOutcome
from moderation.models import Case
from tests import factories
from tests.harness.cast import Cast
from tests.harness.outbox import run_consumers
from tests.inbox.mails import ask, send
from tests.moderation.waiting import waiting

MONDAY_AT_SEVEN = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)  # in Berlin
TUESDAY_AT_SEVEN = MONDAY_AT_SEVEN + timedelta(days=1)


def test_a_digest_says_what_is_asked_what_happened_and_what_is_due(in_acme, asked, mailbox):
    other = factories.challenge(in_acme.carol)
    due_at = timezone.now() + timedelta(days=5)
    idea = factories.idea(other, in_acme.alice, title="Close the gates", answer_due_at=due_at)
    post_comment(idea, actor=in_acme.ed, body="Yes!")
    run_consumers()

    assert send(in_acme, to=in_acme.alice) == 1

    mail = mailbox.mails()["alice@acme.example"]
    text = mail.get_body(("plain",)).get_content()
    html = mail.get_body(("html",)).get_content()
    assert mail["Subject"] == "Acme: 1 question for you, 1 thing happened"
    for part in (text, html):
        assert "How do we save heat?" in part
        assert "Ed commented on your idea" in part
        assert "answer promised by" in part
        assert f"http://acme.localhost/challenges/{asked.challenge.public_id}/" in part
        assert f"http://acme.localhost/ideas/{idea.public_id}/" in part
        assert "days left" in part


def test_it_can_be_stopped_with_one_click_and_recognised_when_it_comes_twice(in_acme, asked, mailbox):
    send(in_acme)

    mail = mailbox.mails()["alice@acme.example"]
    digest = Digest.objects.get(member=in_acme.alice)
    assert mail["List-Unsubscribe"].strip().startswith("<http://acme.localhost/inbox/unsubscribe/")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert mail["Message-ID"] == f"<digest-{digest.day}-{digest.pk}@acme.localhost>"
    assert mail["Auto-Submitted"] == "auto-generated"


def test_titles_are_escaped_in_html_and_left_alone_in_text(in_acme, mailbox):
    challenge = factories.challenge(in_acme.carol, title="<script>alert(1)</script> & <mj-text>{{ x }}")
    ask(challenge, in_acme.alice)

    send(in_acme)

    mail = mailbox.mails()["alice@acme.example"]
    html = mail.get_body(("html",)).get_content()
    assert "<script>" not in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;mj-text&gt;{{ x }}" in html
    assert "<script>alert(1)</script> & <mj-text>{{ x }}" in mail.get_body(("plain",)).get_content()


def test_it_bears_the_logo_by_the_address_of_the_organization(in_acme, asked, mailbox):
    set_logo(in_acme.acme, factories.png(), actor=in_acme.erin)

    send(in_acme)

    html = mailbox.mails()["alice@acme.example"].get_body(("html",)).get_content()
    assert f'src="http://acme.localhost/logo/{in_acme.acme.logo_version}/" alt="Acme"' in html


def test_it_speaks_the_members_language(in_acme, asked, mailbox):
    Member.objects.filter(pk=in_acme.alice.pk).update(language="de")

    send(in_acme)

    mail = mailbox.mails()["alice@acme.example"]
    assert mail["Content-Language"] == "de"
    assert '<html lang="de"' in mail.get_body(("html",)).get_content()


def test_nothing_to_say_means_no_mail(in_acme, mailbox):
    factories.idea(factories.challenge(in_acme.carol), in_acme.alice, state=IdeaState.WITHDRAWN)

    assert send(in_acme) == 0

    assert mailbox.mails() == {}
    assert set(Digest.objects.values_list("is_empty", "sent_at")) == {(True, None)}


def test_nobody_gets_two_on_one_day(in_acme, asked, mailbox):
    now = timezone.now()

    assert [send(in_acme, now=now), send(in_acme, now=now + timedelta(minutes=20))] == [1, 0]


def test_a_question_that_is_known_is_no_reason_for_a_second_mail(in_acme, asked, mailbox):
    send(in_acme, now=timezone.now())

    assert send(in_acme, now=timezone.now() + timedelta(days=1)) == 0


def test_a_question_that_was_answered_or_closed_is_not_asked(in_acme, challenge, asked, mailbox):
    factories.idea(challenge, in_acme.alice)
    closed = factories.challenge(in_acme.carol)
    factories.phase(closed, "submission", starts_in=-9, ends_in=-1)
    ask(closed, in_acme.alice)

    assert send(in_acme, to=in_acme.alice) == 0


def test_what_was_read_is_not_told_again(in_acme, mailbox):
    idea = factories.idea(factories.challenge(in_acme.carol), in_acme.alice)
    answer_idea(idea, outcome=Outcome.DECLINED, reasons="Too dear.", actor=in_acme.carol)
    run_consumers()
    reading.mark_all_read(in_acme.alice)

    assert send(in_acme) == 0


def test_what_she_can_no_longer_see_is_not_told(in_acme, challenge, mailbox):
    invitation = factories.invitation(challenge, in_acme.alice)
    idea = factories.idea(challenge, in_acme.ed)
    comment = factories.comment(idea, in_acme.alice)
    post_comment(idea, actor=in_acme.ed, body="Thanks", parent=comment)
    run_consumers()
    assert Notification.objects.filter(member=in_acme.alice).exists()
    invitation.withdrawn_at = timezone.now()
    invitation.save()

    assert send(in_acme, to=in_acme.alice) == 0


def managed(cast: Cast, *, due_in: int, title: str = "How do we save heat?") -> Challenge:
    """Carol's challenge with two ideas that wait for an answer, one of them longer."""
    challenge = factories.challenge(cast.carol, title=title)
    for days in (due_in, due_in + 7):
        factories.idea(challenge, cast.alice, answer_due_at=timezone.now() + timedelta(days=days))
    factories.idea(challenge, cast.alice, answered_at=timezone.now())
    factories.idea(challenge, cast.alice, state=IdeaState.SUBMITTED)
    return challenge


@pytest.mark.parametrize(
    ("language", "subject", "asked", "why"),
    [
        (
            "en",
            "Acme: 2 ideas wait for your answer",
            "2 ideas wait for your answer; the first is due on",
            "You manage this challenge",
        ),
        (
            "de",
            "Acme: 2 Ideen warten auf deine Antwort",
            "2 Ideen warten auf deine Antwort; die erste ist fällig am",
            "Du leitest diese Challenge",
        ),
    ],
)
def test_a_manager_is_told_how_many_ideas_wait_for_an_answer(in_acme, mailbox, language, subject, asked, why):
    Member.objects.filter(pk=in_acme.carol.pk).update(language=language)
    challenge = managed(in_acme, due_in=5)

    assert send(in_acme, to=in_acme.carol) == 1

    mail = mailbox.mails()["carol@acme.example"]
    assert mail["Subject"] == subject
    for kind in ("plain", "html"):
        part = mail.get_body((kind,)).get_content()
        assert asked in part
        assert why in part
        assert "How do we save heat?" in part
        assert f"http://acme.localhost/challenges/{challenge.public_id}/room/" in part


def test_ideas_that_wait_since_yesterday_are_no_reason_for_a_mail_until_one_is_due(in_acme, mailbox):
    managed(in_acme, due_in=5)
    now = timezone.now()

    sent = [send(in_acme, to=in_acme.carol, now=now + timedelta(days=days)) for days in (0, 1, 3)]

    assert sent == [1, 0, 1]


def test_a_manager_is_told_that_an_answer_is_late(in_acme, mailbox):
    managed(in_acme, due_in=-1)

    send(in_acme, to=in_acme.carol)

    text = mailbox.mails()["carol@acme.example"].get_body(("plain",)).get_content()
    assert "2 ideas wait for your answer; the first was due on" in text


def test_only_managers_are_asked_for_answers_and_only_while_ideas_wait(in_acme, mailbox):
    other = factories.challenge(in_acme.carol)
    factories.idea(other, in_acme.ed, answered_at=timezone.now())
    managed(in_acme, due_in=1)

    send(in_acme)

    (mail,) = mailbox.mails().values()
    assert mail["To"] == "carol@acme.example"
    assert other.title not in mail.get_body(("plain",)).get_content()


def test_a_moderator_is_told_how_many_cases_wait(in_acme, mailbox):
    challenge = factories.challenge(in_acme.carol)
    for _number in range(2):
        waiting(challenge, in_acme.alice)

    assert send(in_acme, to=in_acme.bob) == 1

    mail = mailbox.mails()["bob@acme.example"]
    assert mail["Subject"] == "Acme: 2 cases wait for you"
    for kind in ("plain", "html"):
        part = mail.get_body((kind,)).get_content()
        assert "2 cases wait for you; the first is due on" in part
        assert "You moderate here" in part
        assert "http://acme.localhost/moderation/" in part


def test_each_moderator_is_told_of_the_cases_that_are_theirs(in_acme, mailbox):
    challenge, elsewhere = factories.challenge(in_acme.carol), factories.challenge(in_acme.carol)
    factories.moderator(challenge, in_acme.ed)
    factories.moderator(factories.challenge(in_acme.carol), in_acme.grace)
    comment = factories.comment(factories.idea(challenge, in_acme.carol, answered_at=timezone.now()), in_acme.alice)
    report_comment(comment, reporter=in_acme.dave, reason="offensive")
    waiting(challenge, in_acme.alice)
    waiting(elsewhere, in_acme.alice)

    send(in_acme)

    told = {to: mail["Subject"] for to, mail in mailbox.mails().items()}
    assert told == {
        "bob@acme.example": "Acme: 3 cases wait for you",
        "ed@acme.example": "Acme: 2 cases wait for you",
    }


def test_cases_that_wait_since_yesterday_are_no_reason_for_a_mail_until_one_is_due(in_acme, mailbox):
    case = waiting(factories.challenge(in_acme.carol), in_acme.alice)
    now = timezone.now()
    Case.objects.update(due_at=now + timedelta(days=4))

    sent = [send(in_acme, to=in_acme.bob, now=now + timedelta(days=days)) for days in (0, 1)]
    sent.append(send(in_acme, to=in_acme.bob, now=now + timedelta(days=3, hours=1)))
    decide_case(case, outcome=CaseOutcome.APPROVED, reason="", actor=in_acme.bob)
    sent.append(send(in_acme, to=in_acme.bob, now=now + timedelta(days=5)))

    assert sent == [1, 0, 1, 0]


def test_people_who_have_left_get_none(in_acme, asked, mailbox):
    ids = claim_digests(in_acme.acme, now=timezone.now())
    Member.objects.filter(pk=in_acme.alice.pk).update(is_active=False)

    assert send_digests(in_acme.acme, ids) == 0
    assert mailbox.mails() == {}


def test_other_organizations_get_none(in_acme, asked, mailbox):
    with tenant(in_acme.globex):
        ask(factories.challenge(in_acme.mallory), in_acme.mallory)

    send(in_acme)

    assert set(mailbox.mails()) == {"alice@acme.example"}
    with tenant(in_acme.globex):
        assert not Digest.objects.exists()


def test_who_wants_none_gets_none_and_weekly_comes_on_the_first_working_day_of_the_week(in_acme, asked):
    Digest.objects.all().delete()
    reading.set_preferences(in_acme.alice, digest=Frequency.NEVER)
    reading.set_preferences(in_acme.ed, digest=Frequency.WEEKLY)

    def claimed(now: datetime) -> set[str]:
        ids = claim_digests(in_acme.acme, now=now)
        return set(Digest.objects.filter(pk__in=ids).values_list("member__name", flat=True))

    assert claimed(MONDAY_AT_SEVEN) & {"Alice", "Ed", "Dave"} == {"Ed", "Dave"}
    assert claimed(TUESDAY_AT_SEVEN) & {"Alice", "Ed", "Dave"} == {"Dave"}
    easter_tuesday = datetime(2026, 4, 7, 5, 0, tzinfo=UTC)
    assert "Ed" in claimed(easter_tuesday)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (MONDAY_AT_SEVEN - timedelta(minutes=1), False),
        (MONDAY_AT_SEVEN, True),
        (MONDAY_AT_SEVEN + timedelta(hours=3), False),
        (MONDAY_AT_SEVEN - timedelta(days=1), False),  # Sunday
        (datetime(2026, 12, 25, 6, 0, tzinfo=UTC), False),  # Christmas
    ],
)
def test_digests_go_out_at_seven_on_working_days_there(in_acme, moment, expected):
    assert is_digest_time(in_acme.acme, moment) is expected


def test_seven_is_seven_of_the_organization(in_acme):
    in_acme.acme.timezone = "America/New_York"

    assert not is_digest_time(in_acme.acme, MONDAY_AT_SEVEN)
    assert is_digest_time(in_acme.acme, MONDAY_AT_SEVEN + timedelta(hours=6))


def test_the_number_of_queries_does_not_grow_with_the_members(in_acme, mailbox, django_assert_num_queries):
    challenge = factories.challenge(in_acme.carol)
    record(Verb.CHALLENGE_INVITED, subject=challenge, actor=None)

    def queries_for(members: int) -> int:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        from crowdhub.inbox.digest_content import collect

        people = [factories.member() for _ in range(members)]
        for person in people:
            managed_by = factories.challenge(person)
            factories.moderator(managed_by, person)
            waiting(managed_by, in_acme.alice)
            factories.idea(managed_by, in_acme.ed)
            factories.invitation(challenge, person)
            idea = factories.idea(factories.challenge(in_acme.carol), person)
            post_comment(idea, actor=in_acme.ed, body="Good.")
        run_consumers()
        ids = claim_digests(
            in_acme.acme, now=timezone.now(), members=Member.objects.filter(pk__in=[p.pk for p in people])
        )
        digests = list(Digest.objects.filter(pk__in=ids).select_related("member"))
        with CaptureQueriesContext(connection) as queries:
            contents = collect(digests, now=timezone.now())
        assert sum(len(content.news) for content in contents.values()) == members
        return len(queries)

    assert queries_for(1) == queries_for(5)


def test_the_command_sends_to_one_member_at_any_hour(in_acme, asked, mailbox, capsys):
    ask(asked.challenge, in_acme.ed)

    call_command("send_digests", "acme", "--to", "ALICE@acme.example", "--now")

    assert set(mailbox.mails()) == {"alice@acme.example"}
    assert "1 sent" in capsys.readouterr().out


@pytest.mark.parametrize("arguments", [["nowhere", "--now"], ["acme", "--to", "nobody@acme.example", "--now"]])
def test_the_command_refuses_whom_it_does_not_know(in_acme, arguments):
    with pytest.raises(CommandError):
        call_command("send_digests", *arguments)


def test_the_workers_send_when_it_is_time(in_acme, asked, mailbox, monkeypatch):
    from crowdhub.inbox import tasks

    monkeypatch.setattr(tasks.send_digest_batch, "delay", lambda *args: tasks.send_digest_batch(*args))
    monkeypatch.setattr(tasks.timezone, "now", lambda: MONDAY_AT_SEVEN - timedelta(hours=1))
    send_organization_digests(in_acme.acme.pk)
    assert mailbox.mails() == {}

    monkeypatch.setattr(tasks.timezone, "now", lambda: MONDAY_AT_SEVEN)
    send_organization_digests(in_acme.acme.pk)
    assert Digest.objects.filter(day=MONDAY_AT_SEVEN.date()).exists()
