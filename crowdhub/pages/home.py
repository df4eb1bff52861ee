"""What the home page shows: asked of you, your ideas, news."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Window
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from challenges.enums import Action, ChallengeState
from challenges.models import Invitation
from challenges.queries import phases_opening
from challenges.rules import may_manage
from challenges.wording import why_asked_each
from crowdhub.common.templatetags.times import short_day
from crowdhub.inbox.enums import Reason
from crowdhub.inbox.queries import notifications_of
from crowdhub.inbox.words import Line, line
from crowdhub.pages.first_steps import Step, facts_of, has_first_steps_on_home, step_facts, steps_of
from crowdhub.people.along import brought_count
from crowdhub.people.models import Member
from ideas.enums import IdeaState
from ideas.models import Contributor, Idea
from ideas.queries import answerable_by, count_of, ideas_of, with_outcome
from moderation.queries import OPEN_CASES

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
        .only(
            "reason",
            *(f"challenge__{name}" for name in ("public_id", "title", "language", "answer_within_days")),
        )
        .order_by("closes_at", "pk")[:ASKED]
    )
    why = why_asked_each(invitations)
    return [Asked(each, why[each.pk], each.closes_at, each.has_draft, each.count) for each in invitations]


def latest_ideas_of(member: Member) -> QuerySet[Idea]:
    """Return the member's ideas, the ones that need them first, each with the `outcome` of its latest answer.

    Each says of all of them, also of those that are not shown: `returned_count`, `late_count` of answers that are
    overdue, and `next_due_at`, when the earliest of the others is due.
    """
    returned, now = Q(state=IdeaState.CHANGES_REQUESTED), timezone.now()
    unanswered = Q(state__in=[IdeaState.SUBMITTED, IdeaState.PUBLISHED], answered_at=None)
    return (
        with_outcome(ideas_of(member))
        .exclude(state=IdeaState.WITHDRAWN)
        .select_related("challenge")
        .only("public_id", "title", "language", "state", *MILESTONES, "challenge__title", "challenge__language")
        .annotate(
            returned=Exists(Idea.objects.filter(returned, pk=OuterRef("pk"))),
            returned_count=Window(Count("pk", filter=returned)),
            late_count=Window(Count("pk", filter=unanswered & Q(answer_due_at__lt=now))),
            next_due_at=Window(Min("answer_due_at", filter=unanswered & Q(answer_due_at__gte=now))),
        )
        .order_by("-returned", F("answered_at").desc(nulls_first=True), "-saved_at")[:IDEAS]
    )


@dataclass(frozen=True)
class Duties:
    """What waits for the member as one who looks after ideas: cases, answers with the first day, the first steps."""

    case_count: int = 0
    answer_count: int = 0
    due_at: datetime | None = None
    steps: list[Step] = field(default_factory=list)

    @property
    def is_late(self) -> bool:
        return self.due_at is not None and self.due_at < timezone.now()


def duties_of(member: Member) -> Duties:
    """Return what waits for moderators, managers and administrators, in one query for all of it, or in none."""
    has_steps = has_first_steps_on_home(member)
    wanted = (step_facts(member) if has_steps else {}) | _answer_facts(member)
    facts = facts_of(member, wanted) if wanted else {}
    steps = steps_of(facts) if has_steps else []
    return Duties(
        case_count=brought_count(member, OPEN_CASES) or 0,
        answer_count=facts.get("answer_count") or 0,
        due_at=facts.get("answer_due_at"),
        steps=[] if all(step.is_done for step in steps) else steps,
    )


def _answer_facts(member: Member) -> dict[str, Any]:
    """Return what to ask of the ideas that the member as a manager has to answer."""
    if not may_manage(member) or not member.managing:
        return {}
    ideas = Idea.objects.filter(answerable_by(member), challenge__in=member.managing)
    first = ideas.order_by(F("answer_due_at").asc(nulls_last=True)).values("answer_due_at")[:1]
    return {"answer_count": count_of(ideas, "state"), "answer_due_at": Subquery(first)}


def in_short(duties: Duties, asked: list[Asked], ideas: list[Idea]) -> list[str]:
    """Return the few sentences that say what waits for the member, and for what the member waits."""
    said = _of_duties(duties)
    if asked:
        count = asked[0].count
        words = ngettext("One question is waiting for you.", "%(count)d questions are waiting for you.", count)
        said.append(words % {"count": count})
    if ideas:
        said += _of_ideas(ideas[0])
    return said or [_("Nothing is waiting for you today.")]


def _of_duties(duties: Duties) -> list[str]:
    said = []
    if count := duties.case_count:
        words = ngettext("One case waits for you in moderation.", "%(count)d cases wait for you in moderation.", count)
        said.append(words % {"count": count})
    if duties.answer_count:
        said.append(_of_answers(duties.answer_count, duties.due_at))
    return said


def _of_answers(count: int, due_at: datetime | None) -> str:
    if due_at is None:
        words = ngettext("One idea waits for your answer.", "%(count)d ideas wait for your answer.", count)
        return words % {"count": count}
    if due_at < timezone.now():
        words = ngettext(
            "One idea waits for your answer, which was due on %(day)s.",
            "%(count)d ideas wait for your answer; the first was due on %(day)s.",
            count,
        )
    else:
        words = ngettext(
            "One idea waits for your answer, which is due on %(day)s.",
            "%(count)d ideas wait for your answer; the first is due on %(day)s.",
            count,
        )
    return words % {"count": count, "day": short_day(timezone.localdate(due_at))}


def _of_ideas(told: Any) -> list[str]:
    """Say what one of `latest_ideas_of` tells of all of them."""
    said = []
    if count := told.returned_count:
        words = ngettext(
            "You were asked to change one of your ideas.", "You were asked to change %(count)d of your ideas.", count
        )
        said.append(words % {"count": count})
    if count := told.late_count:
        words = ngettext(
            "The answer to one of your ideas is overdue.", "The answers to %(count)d of your ideas are overdue.", count
        )
        said.append(words % {"count": count})
    if told.next_due_at is not None:
        said.append(_("You will have your next answer by %s.") % short_day(timezone.localdate(told.next_due_at)))
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
