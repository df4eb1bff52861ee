"""What a digest says: what is asked, what happened, when the next answers are due. Read for many members at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Exists, F, Max, Min, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse

from challenges.enums import Action, ChallengeState
from challenges.models import Invitation
from challenges.queries import phases_opening
from challenges.rules import acting_managers
from crowdhub.inbox.enums import Channel, Reason
from crowdhub.inbox.models import Digest, Mute, Notification
from crowdhub.inbox.queries import with_subjects
from crowdhub.inbox.reach import Reach
from crowdhub.inbox.wishes import Wishes
from crowdhub.inbox.words import Line, idea_of, line
from ideas.enums import IdeaState
from ideas.models import Contributor, Idea
from ideas.queries import answerable_by
from moderation.queries import cases_waiting_for

MAX_ASKED: Final = 5
MAX_NEWS: Final = 10
MAX_DUE: Final = 5
# An open question is mentioned with other news; by itself it is news when it is new, and when it is about to close.
LAST_CALL: Final = timedelta(days=3)
LAST_CALL_FOR_CASES: Final = timedelta(days=1)  # which have three days at most
_WRITTEN: Final = Coalesce("written_at", "created_at")


@dataclass(frozen=True)
class Asked:
    """An open challenge to which the member has not handed in anything."""

    title: str
    path: str
    closes_at: datetime
    is_news: bool


@dataclass(frozen=True)
class Waiting:
    """A challenge that the member manages, and how many of its ideas wait for their answer; the first is due then."""

    title: str
    path: str
    count: int
    due_at: datetime | None
    is_news: bool
    reason: Reason


@dataclass(frozen=True)
class Cases:
    """How many open cases wait for the member as a moderator, and when the first is due."""

    count: int
    due_at: datetime
    is_news: bool
    path: str


@dataclass(frozen=True)
class Due:
    """An idea of the member's whose answer has been promised."""

    title: str
    path: str
    due_at: datetime


@dataclass
class Content:
    """The content of one member's digest."""

    cases: Cases | None = None
    asked: list[Asked] = field(default_factory=list)
    waiting: list[Waiting] = field(default_factory=list)
    news: list[Line] = field(default_factory=list)
    due: list[Due] = field(default_factory=list)
    more_news: int = 0

    @property
    def is_worth_a_mail(self) -> bool:
        """Whether there is news; what was known yesterday is no reason to write."""
        asked: list[Asked | Waiting | Cases] = [*self.asked, *self.waiting]
        if self.cases is not None:
            asked.append(self.cases)
        return bool(self.news) or any(item.is_news for item in asked)


def collect(digests: Sequence[Digest], *, now: datetime) -> dict[int, Content]:
    """Return the content for each digest's member id; the number of queries does not depend on how many there are.

    What was written after a digest was claimed is left to the next one, which begins there, however late this one is.
    """
    contents: dict[int, Content] = defaultdict(Content)
    since = {digest.member_id: digest.covers_since for digest in digests}
    _collect_cases(contents, since, now)
    _collect_asked(contents, digests, now)
    _collect_waiting(contents, since, now)
    _collect_news(contents, digests)
    _collect_due(contents, since)
    return contents


def _collect_cases(contents: dict[int, Content], since: dict[int, datetime], now: datetime) -> None:
    """Count the open cases of each moderator: news when there are new ones, or when one is due."""
    for member_id, waiting in cases_waiting_for(since).items():
        is_news = waiting.latest_at > since[member_id] or waiting.due_at - now < LAST_CALL_FOR_CASES
        contents[member_id].cases = Cases(waiting.count, waiting.due_at, is_news, reverse("moderation:queue"))


def _collect_asked(contents: dict[int, Content], digests: Sequence[Digest], now: datetime) -> None:
    by_member = {digest.member_id: digest for digest in digests}
    own = Contributor.objects.filter(member=OuterRef("member"), idea__challenge=OuterRef("challenge")).exclude(
        idea__state=IdeaState.WITHDRAWN
    )
    # An invitation is news when the notification of it is: workers write both, one long after the other at times.
    told = Notification.objects.filter(
        member=OuterRef("member"), event__challenge=OuterRef("challenge"), reason=Reason.INVITED
    )
    muted = Mute.objects.filter(member=OuterRef("member"), challenge=OuterRef("challenge"))
    open_phase = phases_opening(Action.SUBMIT, at=now).filter(challenge=OuterRef("challenge"))
    invitations = (
        Invitation.objects.filter(member__in=by_member, withdrawn_at=None, challenge__state=ChallengeState.LAUNCHED)
        .exclude(Exists(own))
        .exclude(Exists(muted))
        .annotate(
            closes_at=Subquery(open_phase.values("ends_at")[:1]),
            told_at=Subquery(told.order_by("-pk").values_list(_WRITTEN)[:1]),
        )
        .exclude(closes_at=None)
        .select_related("challenge")
        .order_by("closes_at", "pk")
    )
    for invitation in invitations:
        asked = contents[invitation.member_id].asked
        if len(asked) < MAX_ASKED:
            is_new = invitation.seen_at is None and _covers(by_member[invitation.member_id], invitation.told_at)
            closes_soon = invitation.closes_at - now < LAST_CALL
            path = reverse("pages:challenge", args=[invitation.challenge.public_id])
            asked.append(Asked(invitation.challenge.title, path, invitation.closes_at, is_new or closes_soon))


def _covers(digest: Digest, moment: datetime | None) -> bool:
    return moment is not None and digest.covers_since < moment <= digest.created_at


def _collect_waiting(contents: dict[int, Content], since: dict[int, datetime], now: datetime) -> None:
    """Count what each manager can answer in their challenges: news when there are new ones, or when one is due."""
    unanswered = (
        Idea.objects.filter(challenge__managers__in=acting_managers().filter(member__in=since))
        .annotate(manager=F("challenge__managers__member"))  # that of the same join
        .filter(answerable_by(OuterRef("manager")))
        .values_list("manager", "challenge__title", "challenge__public_id")
        .annotate(count=Count("pk"), due_at=Min("answer_due_at"), latest=Max("published_at"))
        .order_by(F("due_at").asc(nulls_last=True), "challenge")
    )
    for member_id, title, public_id, count, due_at, latest in unanswered:
        waiting = contents[member_id].waiting
        is_new = latest is not None and latest > since[member_id]
        is_pressing = due_at is not None and due_at - now < LAST_CALL
        path = reverse("pages:room", args=[public_id])
        waiting.append(Waiting(title, path, count, due_at, is_new or is_pressing, Reason.MANAGER))


def _collect_news(contents: dict[int, Content], digests: Sequence[Digest]) -> None:
    if not digests:
        return
    by_member = {digest.member_id: digest for digest in digests}
    # The oldest of all the starts for all of them first, then each member's own.
    oldest = min(digest.covers_since for digest in digests)
    unread = (
        Notification.objects.filter(member__in=by_member, read_at=None)
        .annotate(written=_WRITTEN)
        .filter(written__gt=oldest)
        .exclude(reason=Reason.INVITED)
    )
    found = [
        notification
        for notification in with_subjects(unread).order_by("-created_at", "-pk")
        if _covers(by_member[notification.member_id], notification.written_at or notification.created_at)
    ]
    ideas = {idea.pk for notification in found if (idea := idea_of(notification.event)) is not None}
    challenges = {id_ for notification in found if (id_ := notification.event.challenge_id) is not None}
    reach, wishes = Reach(ideas, list(by_member), challenges), Wishes(list(by_member))
    for notification in found:
        channel = wishes.channel(notification.member_id, notification.event.verb, notification.reason)
        if channel != Channel.DIGEST or not reach.can_read(notification.member_id, notification.event):
            continue
        content = contents[notification.member_id]
        if len(content.news) < MAX_NEWS:
            content.news.append(line(notification, by_member[notification.member_id].member))
        else:
            content.more_news += 1


def _collect_due(contents: dict[int, Content], since: dict[int, datetime]) -> None:
    waiting = (
        Contributor.objects.filter(
            member__in=since,
            idea__state__in=(IdeaState.SUBMITTED, IdeaState.PUBLISHED),
            idea__answered_at=None,
            idea__answer_due_at__isnull=False,
        )
        .values_list("member_id", "idea__title", "idea__public_id", "idea__answer_due_at")
        .order_by(F("idea__answer_due_at"), "idea_id")
    )
    for member_id, title, public_id, due_at in waiting:
        due = contents[member_id].due
        if len(due) < MAX_DUE:
            due.append(Due(title, reverse("ideas:detail", args=[public_id]), due_at))
