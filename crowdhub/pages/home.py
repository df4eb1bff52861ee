"""What the home page shows: asked of you, your ideas, news."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Window
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from challenges.enums import Action, ChallengeState
from challenges.models import Invitation
from challenges.queries import phases_opening
from challenges.wording import why_asked_each
from crowdhub.common.templatetags.times import short_day
from crowdhub.inbox.enums import Reason
from crowdhub.inbox.queries import notifications_of
from crowdhub.inbox.words import Line, line
from crowdhub.people.models import Member
from ideas.enums import IdeaState
from ideas.models import Answer, Contributor, Idea
from ideas.queries import ideas_of

ASKED = 6  # invitations shown; the list of challenges has the rest
IDEAS = 6
NEWS = 6
MILESTONES = ("submitted_at", "published_at", "answer_due_at", "answered_at")
VISIT = timedelta(minutes=30)  # what is closer together is one visit


@dataclass(frozen=True)
class Asked:
    """A challenge that waits for the member's idea: why them, and until when."""

    invitation: Invitation
    why: str
    closes_at: datetime
    has_draft: bool
    count: int  # of all such challenges, those that are not shown as well


def asked_of(member: Member) -> list[Asked]:
    """Return the open challenges to which the member is invited and has handed nothing in, most urgent first.

    Takes two queries.
    """
    open_now = phases_opening(Action.SUBMIT).filter(challenge=OuterRef("challenge"))
    mine = Contributor.objects.filter(member=member, idea__challenge=OuterRef("challenge"))
    invitations = list(
        Invitation.objects.filter(member=member, withdrawn_at=None, challenge__state=ChallengeState.LAUNCHED)
        .filter(Exists(open_now), ~Exists(mine.exclude(idea__state__in=[IdeaState.DRAFT, IdeaState.WITHDRAWN])))
        .annotate(
            closes_at=Subquery(open_now.values("ends_at")[:1]),
            has_draft=Exists(mine.filter(idea__state=IdeaState.DRAFT)),
            count=Window(Count("pk")),
        )
        .select_related("challenge")
        .only("reason", "challenge__public_id", "challenge__title", "challenge__answer_within_days")
        .order_by("closes_at", "pk")[:ASKED]
    )
    why = why_asked_each(invitations)
    return [Asked(each, why[each.pk], each.closes_at, each.has_draft, each.count) for each in invitations]


def latest_ideas_of(member: Member) -> QuerySet[Idea]:
    """Return the member's ideas, the ones that need them first, each with the `outcome` of its latest answer.

    Each says of all of them, also of those that are not shown: `returned_count`, `late_count` of answers that are
    overdue, and `next_due_at`, when the earliest of the others is due.
    """
    outcome = Answer.objects.filter(idea=OuterRef("pk")).order_by("-created_at").values("outcome")[:1]
    returned, now = Q(state=IdeaState.CHANGES_REQUESTED), timezone.now()
    unanswered = Q(state__in=[IdeaState.SUBMITTED, IdeaState.PUBLISHED], answered_at=None)
    return (
        ideas_of(member)
        .exclude(state=IdeaState.WITHDRAWN)
        .select_related("challenge")
        .only("public_id", "title", "state", *MILESTONES, "challenge__title")
        .annotate(
            outcome=Subquery(outcome),
            returned=Exists(Idea.objects.filter(returned, pk=OuterRef("pk"))),
            returned_count=Window(Count("pk", filter=returned)),
            late_count=Window(Count("pk", filter=unanswered & Q(answer_due_at__lt=now))),
            next_due_at=Window(Min("answer_due_at", filter=unanswered & Q(answer_due_at__gte=now))),
        )
        .order_by("-returned", F("answered_at").desc(nulls_first=True), "-saved_at")[:IDEAS]
    )


def in_short(asked: list[Asked], ideas: list[Idea]) -> list[str]:
    """Return the few sentences that say what waits for the member, and for what the member waits."""
    said = []
    if asked:
        count = asked[0].count
        words = ngettext("One question asks for what you know.", "%(count)d questions ask for what you know.", count)
        said.append(words % {"count": count})
    if ideas:
        said += _of_ideas(ideas[0])
    return said or [_("Nothing waits for you today.")]


def _of_ideas(told: Any) -> list[str]:
    """Say what one of `latest_ideas_of` tells of all of them."""
    said = []
    if count := told.returned_count:
        words = ngettext("One of your ideas waits for a change.", "%(count)d of your ideas wait for a change.", count)
        said.append(words % {"count": count})
    if count := told.late_count:
        words = ngettext(
            "The answer to one of your ideas is overdue.", "The answers to %(count)d of your ideas are overdue.", count
        )
        said.append(words % {"count": count})
    if told.next_due_at is not None:
        said.append(_("Your next answer is due on %s.") % short_day(timezone.localdate(told.next_due_at)))
    return said


def news_for(member: Member) -> list[Line]:
    """Return what happened since and is not read yet, newest first; what is asked of the member stands above."""
    unread = notifications_of(member).filter(read_at=None).exclude(reason=Reason.INVITED)
    return [line(notification, member) for notification in unread[:NEWS]]


def note_visit(member: Member) -> None:
    """Remember when the member was last here, at most once in half an hour."""
    now = timezone.now()
    if member.last_visit_at is None or now - member.last_visit_at > VISIT:
        Member.objects.filter(pk=member.pk).update(last_visit_at=now)
