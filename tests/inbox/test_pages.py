from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from challenges.enums import Visibility
from challenges.models import Challenge
from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.inbox.enums import Frequency, Reason
from crowdhub.inbox.models import Notification
from crowdhub.inbox.queries import preference_of
from crowdhub.inbox.unsubscribing import unsubscribe_path
from crowdhub.tenancy.context import tenant
from ideas.domain.discussion import post_comment
from ideas.models import Idea
from tests import factories
from tests.harness.cast import Cast
from tests.harness.outbox import run_consumers
from tests.harness.queries import page_and_queries


@pytest.fixture
def challenge(in_acme: Cast) -> Challenge:
    return factories.challenge(in_acme.carol, title="How do we save heat?")


@pytest.fixture
def notification(in_acme: Cast, idea: Idea) -> Notification:
    """Alice was told that Ed commented on her idea."""
    post_comment(idea, actor=in_acme.ed, body="Good.")
    run_consumers()
    return Notification.objects.get()


def test_the_inbox_says_what_happened_and_why_she_is_told(alice, notification):
    page = alice.get(reverse("inbox:list")).content.decode()

    for words in ("Ed commented on your idea", "Close the gates &lt;b&gt;", "It is about your idea", "How do we save"):
        assert words in page
    assert "Unread:" in page


def test_news_stands_by_day_and_in_that_by_challenge_the_newest_first(in_acme, alice, idea, monkeypatch):
    wednesday = datetime(2026, 11, 18, 12, tzinfo=UTC)
    other = factories.idea(factories.challenge(in_acme.carol, title="How do we save water?"), in_acme.alice)
    came_at = [
        (other, datetime(2025, 12, 30, tzinfo=UTC)),
        (idea, datetime(2026, 10, 5, tzinfo=UTC)),
        (idea, datetime(2026, 11, 16, tzinfo=UTC)),
        (other, datetime(2026, 11, 17, tzinfo=UTC)),
        (other, datetime(2026, 11, 18, 8, tzinfo=UTC)),
        (idea, datetime(2026, 11, 18, 9, tzinfo=UTC)),
        (other, datetime(2026, 11, 18, 10, tzinfo=UTC)),
    ]
    for about, at in came_at:
        event = record(Verb.IDEA_REVISED, subject=about, actor=in_acme.carol)
        Notification.objects.create(
            organization=in_acme.acme, member=in_acme.alice, event=event, reason=Reason.CONTRIBUTOR, created_at=at
        )
    monkeypatch.setattr(timezone, "now", lambda: wednesday)

    page = alice.get(reverse("inbox:list")).content.decode()

    heat, water = "How do we save heat?", "How do we save water?"
    headings = re.findall(r'<h2 id="period-\d">(.*?)</h2>|<h3 class="eyebrow" lang="en">(.*?)</h3>', page)
    assert [period or challenge for period, challenge in headings] == [
        *("Today", water, heat),
        *("Yesterday", water),
        *("Earlier this week", heat),
        *("October", heat),
        *("December 2025", water),
    ]


def test_each_button_says_which_notification_it_marks(alice, notification):
    page = alice.get(reverse("inbox:list")).content.decode()

    name = re.search(r">Mark as read<span class=\"visually-hidden\">(.*?)</span></button>", page)[1]
    assert name.startswith(": ")
    assert len(name) > 10


def test_an_empty_inbox_says_so(alice):
    assert "Nothing new for you" in alice.get(reverse("inbox:list")).content.decode()


def test_opening_marks_as_read_and_leads_to_the_comment(alice, notification, idea):
    response = alice.get(reverse("inbox:open", args=[notification.public_id]))

    notification.refresh_from_db()
    comment = idea.comments.get()
    assert response.headers["Location"] == comment.get_absolute_url()
    assert notification.read_at is not None


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize(
    ("action", "was_read", "is_read"), [("read", False, True), ("unread", True, False), ("all_read", False, True)]
)
def test_marking(alice, notification, htmx, action, was_read, is_read):
    Notification.objects.update(read_at=timezone.now() if was_read else None)

    response = alice.post(
        reverse("inbox:mark"),
        {"notification": notification.public_id, "as": action},
        headers={"HX-Request": "true"} if htmx else {},
    )

    notification.refresh_from_db()
    assert response.status_code == (200 if htmx else 302)
    assert (notification.read_at is not None) is is_read
    if htmx:
        told = response.content.decode().partition("innerHTML:[data-count='/inbox/']\">")[2].partition("</div>")[0]
        assert ('class="badge"' in told) is not is_read


def test_other_peoples_notifications_cannot_be_opened_or_marked(in_acme, as_member, notification):
    ed = as_member(in_acme.ed)

    assert ed.get(reverse("inbox:open", args=[notification.public_id])).status_code == 404
    ed.post(reverse("inbox:mark"), {"notification": notification.public_id, "as": "read"})

    notification.refresh_from_db()
    assert notification.read_at is None


def test_what_she_can_no_longer_see_is_neither_listed_nor_opened(in_acme, as_member):
    challenge = factories.challenge(in_acme.carol, title="A secret", visibility=Visibility.INVITED)
    invitation = factories.invitation(challenge, in_acme.ed)
    record(Verb.CHALLENGE_INVITED, subject=challenge, actor=None)
    run_consumers()
    told = Notification.objects.get()
    ed = as_member(in_acme.ed)
    assert "A secret" in ed.get(reverse("inbox:list")).content.decode()

    invitation.withdrawn_at = timezone.now()
    invitation.save()

    assert "A secret" not in ed.get(reverse("inbox:list")).content.decode()
    assert ed.get(reverse("inbox:open", args=[told.public_id])).status_code == 404


@pytest.mark.parametrize("number", [1, 30])
def test_the_list_takes_the_same_few_queries_for_any_number(in_acme, alice, idea, number):
    for _ in range(number):
        post_comment(idea, actor=factories.member(), body="Good.")
    run_consumers()

    page, queries = page_and_queries(alice, reverse("inbox:list"))

    assert page.count("row-title") == number
    assert len(queries) <= 8


@pytest.mark.parametrize("name", ["inbox:list", "inbox:preferences"])
def test_visitors_are_sent_to_sign_in(in_acme, visitor, name):
    response = visitor.get(reverse(name))

    assert (response.status_code, response.headers["Location"].split("?")[0]) == (302, "/accounts/login/")


def test_the_frequency_is_kept(in_acme, alice):
    assert 'value="daily"' in alice.get(reverse("inbox:preferences")).content.decode()

    response = alice.post(reverse("inbox:preferences"), {"digest": "weekly", "talk": "digest", "followed": "digest"})

    assert response.status_code == 302
    assert preference_of(in_acme.alice).digest == Frequency.WEEKLY


def test_an_unknown_frequency_is_refused(in_acme, alice):
    response = alice.post(reverse("inbox:preferences"), {"digest": "hourly", "talk": "digest", "followed": "digest"})

    assert response.status_code == 422
    assert preference_of(in_acme.alice).digest == Frequency.DAILY


def test_reading_the_unsubscribe_page_changes_nothing(in_acme, visitor):
    response = visitor.get(unsubscribe_path(in_acme.alice))

    assert response.status_code == 200
    assert re.search(r"<form[^>]*method=.?post", response.content.decode())
    assert preference_of(in_acme.alice).digest == Frequency.DAILY


def test_a_mail_program_unsubscribes_with_one_post_and_no_cookie(in_acme):
    mail_program = Client(headers={"host": "acme.localhost"}, enforce_csrf_checks=True)

    response = mail_program.post(unsubscribe_path(in_acme.alice), {"List-Unsubscribe": "One-Click"})

    assert response.status_code == 200
    assert preference_of(in_acme.alice).digest == Frequency.NEVER
    assert preference_of(in_acme.ed).digest == Frequency.DAILY


def test_a_changed_token_is_unknown(in_acme, visitor):
    path = unsubscribe_path(in_acme.alice)

    assert visitor.post(path[:-5] + "xxxx/").status_code == 404
    assert preference_of(in_acme.alice).digest == Frequency.DAILY


def test_a_token_of_another_organization_is_unknown_here(in_acme, visitor):
    with tenant(in_acme.globex):
        path = unsubscribe_path(in_acme.mallory)

    assert visitor.post(path).status_code == 404
