"""Reads of ideas that have a name. What a member may not see is not in the result."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.contrib.postgres.search import TrigramWordSimilarity
from django.db.models import (
    BooleanField,
    Case,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    IntegerField,
    Max,
    Min,
    OuterRef,
    Prefetch,
    Q,
    QuerySet,
    Subquery,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Cast, Coalesce, Left
from django.utils import timezone

from challenges.models import Challenge
from challenges.queries import challenges_visible_to, managed_as
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.people.enums import Role
from crowdhub.people.models import Member
from ideas.enums import HANDED_IN, JOINABLE, CommentState, IdeaState, JoinState
from ideas.models import Answer, Attachment, Comment, Contributor, Follow, Idea, IdeaLink, JoinRequest, Revision, Vote
from ideas.rules import read_every_version, wrote_before

SIMILAR_FROM: Final = 0.35  # of 1: below it, titles share little more than endings
MOST_WORDS: Final = 8  # of a search in titles; each costs a comparison with every one of them
ASKED_OF_MEMBER: Final = Q(state=JoinState.OPEN, invited_by__isnull=False)
_IS_PUBLISHED: Final = Q(state=IdeaState.PUBLISHED)
UNANSWERED: Final = _IS_PUBLISHED & Q(answered_at=None)
HANDED_IN_VERBS: Final = (Verb.IDEA_SUBMITTED, Verb.IDEA_RESUBMITTED)  # each says with which revision


def contributed_by(member: Member | OuterRef, idea: str = "pk") -> Exists:
    """Return the condition that the member is one of those who write the idea at `idea` of an outer query."""
    return Exists(Contributor.objects.filter(idea=OuterRef(idea), member=member))


def written_by(member: Member | OuterRef, idea: str = "pk") -> Q:
    """Return what `rules.has_written` says, as a condition on the idea at `idea` of an outer query."""
    return contributed_by(member, idea) | wrote_before(member, idea)


def answerable_by(member: Member | OuterRef) -> Q:
    """Return the condition that an idea waits for an answer and that the member has no part in it: nobody answers
    their own. Whether the member may answer in its challenge is for the caller to ask.
    """
    return UNANSWERED & ~written_by(member)


def invited_to_write(member: Member) -> Exists:
    """Return the condition that an author of the idea of an outer query asks the member to write it with them."""
    return Exists(JoinRequest.objects.filter(ASKED_OF_MEMBER, idea=OuterRef("pk"), member=member))


def ideas_of(member: Member) -> QuerySet[Idea]:
    """Return the ideas that the member contributes to, drafts included."""
    return Idea.objects.filter(contributed_by(member))


def ideas_visible_to(member: Member) -> QuerySet[Idea]:
    """Return published ideas within reach, the member's own, and what moderators and managers have to read.

    An author keeps their idea even when the invitation is withdrawn. Who is asked to write an idea can read it first.
    """
    within_reach = Q(challenge__in=challenges_visible_to(member).values("pk"))
    handed_in = Q(state__in=HANDED_IN)
    asked = Q(state__in=JOINABLE) & Q(invited_to_write(member))
    visible: Q = Q(contributed_by(member)) | (within_reach & (Q(state=IdeaState.PUBLISHED) | asked))
    if member.roles & {Role.MODERATOR, Role.AUDITOR}:
        visible |= handed_in
    else:
        managed = managed_as(member, OuterRef("challenge"))
        visible |= handed_in & (Q(Exists(managed)) | Q(challenge__in=member.moderated))
    return Idea.objects.filter(visible)


def attachments_visible_to(member: Member) -> QuerySet[Attachment]:
    """Return the attachments of visible ideas, with their ideas; what was not handed in yet only to authors."""
    visible = ideas_visible_to(member).values("pk")
    own = Exists(Contributor.objects.filter(idea=OuterRef("idea"), member=member))
    return Attachment.objects.filter(handed_in_files() | own, idea__in=visible).select_related("idea__challenge")


def handed_in_files() -> Q:
    """Return the condition that an attachment is none that authors have added since their idea was sent back."""
    waiting = Q(idea__state__in=(IdeaState.SUBMITTED, IdeaState.CHANGES_REQUESTED))
    return ~waiting | Q(after_revision__lt=F("idea__revision_number"))


def attachments_of(idea: Idea) -> QuerySet[Attachment]:
    """Return all attachments of an idea, for its authors, in the order in which they came."""
    return Attachment.objects.filter(idea=idea).select_related("idea").order_by("created_at", "pk")


def revisions_visible_to(idea: Idea, reader: Member) -> QuerySet[Revision]:
    """Return what an idea said each time, the first one first: from its publication on, as everyone could read it.

    Its authors, moderators, auditors and the managers of its challenge get what came before as well.
    """
    told = Revision.objects.filter(idea=idea).order_by("number")
    if read_every_version(reader, idea):
        return told
    handed_in = Event.objects.filter(idea=idea, verb__in=HANDED_IN_VERBS).order_by().values("idea")
    # A published idea is revised, and never handed in again; one that was imported never was.
    published = Subquery(handed_in.annotate(last=Max(Cast("data__revision", IntegerField()))).values("last"))
    return told.filter(number__gte=Coalesce(published, 1))


def published_ideas(challenge: Challenge) -> QuerySet[Idea]:
    """Return the ideas of a challenge that everyone with access can read."""
    return Idea.objects.filter(challenge=challenge, state=IdeaState.PUBLISHED)


def open_comments(member: Member, path: str = "") -> Q:
    """Return the condition that the comment at `path` ("comment__") is not hidden from a reader of its idea."""
    if member.roles & {Role.MODERATOR, Role.AUDITOR}:
        return Q(**{f"{path}pk__isnull": False})  # never an empty condition, which vanishes beside an "or"
    is_open = Q(**{f"{path}state": CommentState.VISIBLE}) | Q(**{f"{path}author": member})
    # Named only where there are some: it would join two tables for nothing.
    return is_open | Q(**{f"{path}idea__challenge__in": member.moderated}) if member.moderated else is_open


def comments_visible_to(member: Member) -> QuerySet[Comment]:
    """Return comments on visible ideas; a hidden one only to its author, its moderators and auditors."""
    return Comment.objects.filter(open_comments(member), idea__in=ideas_visible_to(member).values("pk"))


@dataclass(frozen=True)
class AnswerRate:
    """How the promise was kept: published ideas, those that have their answer, and those that got it in time.

    not_published: how many more were not published, with reasons.
    """

    published: int
    answered: int
    in_time: int
    not_published: int

    @property
    def waiting(self) -> int:
        return self.published - self.answered


_IS_ANSWERED: Final = _IS_PUBLISHED & Q(answered_at__isnull=False)
# Which ideas of a challenge each figure of the rate counts.
COUNTED_BY_RATE: Final = {
    "published": _IS_PUBLISHED,
    "answered": _IS_ANSWERED,
    "in_time": _IS_ANSWERED & (Q(answer_due_at=None) | Q(answered_at__lte=F("answer_due_at"))),
    "not_published": Q(state=IdeaState.REJECTED),
}


def answer_rate(challenge: Challenge) -> AnswerRate:
    """Return how many ideas of a challenge were answered, in one query: of those that everyone with access can read.

    Whoever says how many of how many are answered asks this, so that no two pages count differently.
    """
    ideas = Idea.objects.filter(challenge=challenge, state__in=(IdeaState.PUBLISHED, IdeaState.REJECTED))
    return AnswerRate(**ideas.aggregate(**{name: Count("pk", filter=which) for name, which in COUNTED_BY_RATE.items()}))


@dataclass(frozen=True)
class AnswersWaiting:
    """How many ideas of a challenge somebody still has to answer, when the first is due, and how many are late."""

    count: int
    due_at: datetime | None
    late_count: int


def answers_waiting(
    challenges: Iterable[int], member: Member, *, now: datetime | None = None
) -> dict[int, AnswersWaiting]:
    """Return what the member can answer in these challenges, by their ids, in one query; none where nothing waits."""
    late = Q(answer_due_at__lt=now or timezone.now())
    waiting = Idea.objects.filter(answerable_by(member), challenge__in=list(challenges)).order_by()
    counted = waiting.values("challenge").annotate(
        count=Count("pk"), due_at=Min("answer_due_at"), late_count=Count("pk", filter=late)
    )
    return {row.pop("challenge"): AnswersWaiting(**row) for row in counted}


def similar_ideas(
    challenge: Challenge, title: str, *, reader: Member | None = None, leave_out: Idea | None = None, limit: int = 5
) -> QuerySet[Idea]:
    """Return published ideas of the challenge whose titles share words with this one, the most similar first.

    For a reader without their own ones, and with `joining`.
    """
    words = title.replace("\0", "")  # which PostgreSQL cannot hold
    published = published_ideas(challenge)
    if reader is not None:
        published = with_joining(published, reader)
    ideas = published.annotate(likeness=TrigramWordSimilarity(words, "title"))
    if leave_out is not None:
        ideas = ideas.exclude(pk=leave_out.pk)
    return ideas.filter(likeness__gte=SIMILAR_FROM).order_by("-likeness", "pk")[:limit]


def linkable_ideas(idea: Idea, member: Member) -> QuerySet[Idea]:
    """Return the published ideas that the member can see, other than this one."""
    return ideas_visible_to(member).filter(state=IdeaState.PUBLISHED).exclude(pk=idea.pk)


def ideas_to_link(idea: Idea, member: Member, words: str = "", *, limit: int = 10) -> QuerySet[Idea]:
    """Return linkable ideas whose titles have all of these words, those of the same challenge first.

    Without words: those of its challenge whose titles are like its own, the most similar first.
    """
    found = linkable_ideas(idea, member).select_related("challenge").defer("body", "body_html")
    if not words:
        alike = found.filter(challenge=idea.challenge_id).annotate(likeness=TrigramWordSimilarity(idea.title, "title"))
        return alike.filter(likeness__gte=SIMILAR_FROM).order_by("-likeness", "pk")[:limit]
    for word in words.replace("\0", "").split()[:MOST_WORDS]:
        found = found.filter(title__icontains=word)
    elsewhere = Case(When(challenge=idea.challenge_id, then=0), default=1)
    return found.order_by(elsewhere, "-published_at", "-pk")[:limit]


def links_of(idea: Idea, reader: Member) -> QuerySet[IdeaLink]:
    """Return the links from and to an idea whose other end the reader can see, the oldest first.

    Each has both ideas without their texts, and `is_outgoing`.
    """
    outgoing = Q(idea=idea)
    far = Case(When(outgoing, then=F("other_id")), default=F("idea_id"))
    links = IdeaLink.objects.filter(outgoing | Q(other=idea)).alias(far=far)
    visible = links.filter(far__in=ideas_visible_to(reader).values("pk"))
    columns = [f"{end}__{name}" for end in ("idea", "other") for name in ("public_id", "title", "state", "language")]
    found: QuerySet[IdeaLink] = (
        visible.annotate(is_outgoing=ExpressionWrapper(outgoing, output_field=BooleanField()))
        .select_related("idea", "other")
        .only("public_id", "kind", "created_at", *columns)
        .order_by("created_at", "pk")
    )
    return found


def with_joining(ideas: QuerySet[Idea], member: Member) -> QuerySet[Idea]:
    """Leave out what the member writes, and add `joining`: the state of their own request to join, or None."""
    requests = JoinRequest.objects.filter(idea=OuterRef("pk"), member=member, invited_by=None)
    return ideas.filter(~contributed_by(member)).annotate(joining=Subquery(requests.values("state")[:1]))


def open_requests(idea: Idea) -> QuerySet[JoinRequest]:
    """Return who asks to join an idea and whom its authors have asked, as long as nobody answered; the oldest first."""
    waiting = JoinRequest.objects.filter(idea=idea, state=JoinState.OPEN, member__is_active=True)
    return waiting.select_related("member", "idea__challenge").order_by("created_at", "pk")


def invitations_of(member: Member) -> QuerySet[JoinRequest]:
    """Return what authors have ever asked of the member: to write an idea with them."""
    return JoinRequest.objects.filter(member=member).exclude(invited_by=None).select_related("idea", "invited_by")


def with_outcome(ideas: QuerySet[Idea]) -> QuerySet[Idea]:
    """Add `outcome` and `outcome_at`: those of the latest answer, or None."""
    answers = Answer.objects.filter(idea=OuterRef("pk")).order_by("-created_at", "-pk")
    return ideas.annotate(
        outcome=Subquery(answers.values("outcome")[:1]), outcome_at=Subquery(answers.values("created_at")[:1])
    )


def waiting_ideas(challenge: Challenge) -> QuerySet[Idea]:
    """Return published ideas that have no answer yet, those due first on top."""
    return Idea.objects.filter(UNANSWERED, challenge=challenge).order_by(F("answer_due_at").asc(nulls_last=True), "pk")


def ideas_to_answer(challenge: Challenge, member: Member) -> QuerySet[Idea]:
    """Return the ideas that wait for an answer and that the member has no part in, those due first on top."""
    return waiting_ideas(challenge).filter(answerable_by(member))


def for_cards(ideas: QuerySet[Idea], member: Member) -> QuerySet[Idea]:
    """Add what a card shows of an idea, without its text and its votes."""
    visible_comments = Comment.objects.filter(idea=OuterRef("pk"), state=CommentState.VISIBLE)
    return (
        with_outcome(ideas)
        .defer("body", "body_html")
        .annotate(
            excerpt=Left("body", 400),
            comment_count=Coalesce(count_of(visible_comments, "idea"), 0),
            my_vote=Exists(Vote.objects.filter(idea=OuterRef("pk"), member=member)),
            following=Exists(Follow.objects.filter(idea=OuterRef("pk"), member=member)),
        )
        .prefetch_related(Prefetch("contributors", Contributor.objects.select_related("member").order_by("pk")))
    )


def votes_of_each() -> Combinable:
    """Return the number of votes for an idea; only for where votes are public."""
    return Coalesce(count_of(Vote.objects.filter(idea=OuterRef("pk")), "idea"), 0)


def count_of(rows: QuerySet[Any], key: str) -> Subquery:
    """Return how many of the rows point by this key at what an outer query names."""
    counted = rows.order_by().values(key).annotate(count=Count("pk")).values("count")
    return Subquery(counted, output_field=IntegerField())


def latest_answer(idea: Idea, *, outcome: str, reasons: str, actor: Member) -> Answer | None:
    """Return the latest answer of an idea if it is this one, word for word, from this member."""
    latest: Answer | None = idea.answers.order_by("created_at", "pk").last()
    if latest is None or (latest.outcome, latest.reasons, latest.author_id) != (outcome, reasons, actor.pk):
        return None
    return latest
