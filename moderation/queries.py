"""Reads of cases, decisions and reasons that have a name."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from django.db import models
from django.db.models import (
    BooleanField,
    Count,
    Exists,
    ExpressionWrapper,
    F,
    FloatField,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Coalesce, Extract, Left
from django.utils import timezone

from challenges.queries import ids_moderated_by
from crowdhub.activity.enums import ABOUT_REASONS
from crowdhub.activity.models import Event
from crowdhub.common.nested import attach, rows_of
from crowdhub.people.enums import Role
from crowdhub.people.models import Member, RoleGrant
from crowdhub.people.rules import is_moderator
from ideas.models import Attachment, Contributor, Idea
from ideas.queries import count_of, handed_in_files, ideas_visible_to, written_by
from ideas.rules import remember_having_written, wrote_before
from moderation.enums import CaseState, ReportReason
from moderation.models import Case, Decision, ReasonTemplate, Report

_IN_A_ROW = (
    "public_id",
    "kind",
    "state",
    "opened_at",
    "due_at",
    "claimed_by__name",
    "claimed_by__erased_at",
    "claimed_until",
    "idea__title",
    "idea__language",
    "comment__idea__title",
    "comment__language",
    "comment__author__name",
    "comment__author__erased_at",
)
# What the list shows at first, and adds each time that more is asked for; and the most that it shows.
ROWS, MOST_ROWS = 20, 1000
COMMENT_START = 300  # characters of Markdown: enough for the words that a row shows
URGENCY = ("-is_danger", "-share_used", "pk")
OPEN_CASES = "open_cases"  # the name by which members bring their number along
ROLES_THAT_READ_CASES = frozenset({Role.MODERATOR, Role.AUDITOR})


@dataclass(frozen=True)
class QueueFilter:
    """Which open cases somebody wants to see, empty means all; and how many of them."""

    kind: str = ""
    challenge: str = ""  # its public_id
    mine: bool = False
    shown: int = ROWS

    @property
    def is_narrow(self) -> bool:
        return bool(self.kind or self.challenge or self.mine)

    @property
    def query(self) -> str:
        """The filter as the end of an address: "kind=triage&", or nothing."""
        chosen = {"kind": self.kind, "challenge": self.challenge, "mine": "1" if self.mine else ""}
        chosen["shown"] = str(self.shown) if self.shown > ROWS else ""
        text = urlencode({name: value for name, value in chosen.items() if value})
        return f"{text}&" if text else ""


def cases_visible_to(member: Member) -> QuerySet[Case]:
    """Return every case to moderators and auditors, to moderators of single challenges those of these, else none."""
    return Case.objects.all() if member.roles & ROLES_THAT_READ_CASES else Case.objects.filter(_in_those_of(member))


def moderated_by(member: Member) -> Q:
    """Return the condition that a case is one of those that the member moderates; never an auditor's."""
    return Q() if is_moderator(member) else _in_those_of(member)


def _in_those_of(member: Member, path: str = "") -> Q:
    """Return the condition that the case at `path` is about a challenge to which the member is limited."""
    if not member.moderated:
        return Q(**{f"{path}pk__in": ()})
    of_idea, of_comment = f"{path}idea__challenge__in", f"{path}comment__idea__challenge__in"
    return Q(**{of_idea: member.moderated}) | Q(**{of_comment: member.moderated})


def open_case_count(member: OuterRef) -> Combinable:
    """Return how many open cases the member of an outer query can decide; null for who moderates nothing."""
    counted = Coalesce(count_of(_to_decide_by(member), "state"), 0)
    return models.Case(models.When(_moderates_any(member), then=counted), default=None)


def _moderates_any(member: OuterRef) -> Q:
    return Q(Exists(_everywhere(member))) | Q(Exists(ids_moderated_by(member)))


def _everywhere(member: OuterRef) -> QuerySet[RoleGrant]:
    return RoleGrant.objects.filter(member=member, role=Role.MODERATOR)


def _to_decide_by(member: OuterRef) -> QuerySet[Case]:
    """Return the open cases that the member of an outer query moderates, but those of what they wrote themselves."""
    outer = OuterRef(member)
    theirs = ids_moderated_by(outer)
    in_reach = Q(Exists(_everywhere(outer))) | Q(idea__challenge__in=theirs) | Q(comment__idea__challenge__in=theirs)
    own = Q(comment__author=member) | written_by(outer, "idea")
    return Case.objects.filter(in_reach, ~own, state=CaseState.OPEN)


def authored_by(member: Member) -> Q:
    """Return the condition that a case is about what the member wrote, which somebody else decides."""
    return Q(comment__author=member) | written_by(member, "idea")


@dataclass(frozen=True)
class WaitingCases:
    """How many open cases there are, when the first is due, and when the last was opened."""

    count: int
    due_at: datetime
    latest_at: datetime


def cases_waiting_for(member_ids: Collection[int]) -> dict[int, WaitingCases]:
    """Return the open cases that each of these members can decide, where there are any, in one query."""
    member = OuterRef("pk")
    groups = _to_decide_by(member).order_by().values("state")
    found = (
        Member.objects.filter(_moderates_any(member), pk__in=member_ids)
        .annotate(
            case_count=Subquery(groups.values(count=Count("pk"))),
            first_due_at=Subquery(groups.values(first=Min("due_at"))),
            latest_at=Subquery(groups.values(latest=Max("opened_at"))),
        )
        .filter(case_count__gt=0)
        .values_list("pk", "case_count", "first_due_at", "latest_at")
    )
    return {pk: WaitingCases(*told) for pk, *told in found}


def open_cases(member: Member, chosen: QueueFilter | None = None, *, now: datetime | None = None) -> QuerySet[Case]:
    """Return open cases, the most urgent first.

    A danger to someone comes first, then whatever has used most of its promised time.
    """
    now = now or timezone.now()
    wanted = _matching(chosen or QueueFilter(), member, now)
    return _by_urgency(cases_visible_to(member).filter(wanted, state=CaseState.OPEN), now)


def decided_cases(member: Member, chosen: QueueFilter) -> QuerySet[Case]:
    """Return decided cases, the latest first."""
    wanted = _matching(chosen, member, timezone.now())
    return cases_visible_to(member).filter(wanted, state=CaseState.DECIDED).order_by("-decided_at", "-pk")


def queue_rows(member: Member, chosen: QueueFilter, *, limit: int, now: datetime) -> list[Case]:
    """Return the most urgent open cases with what a row of the queue shows, in one query."""
    cases = open_cases(member, chosen, now=now).select_related("idea", "comment__idea", "comment__author", "claimed_by")
    rows = _with_author_list(cases.only(*_IN_A_ROW)).annotate(comment_start=Left("comment__body", COMMENT_START))
    return list(rows[:limit])


def case_to_read(member: Member, public_id: str, *, now: datetime | None = None) -> Case | None:
    """Return one case with everything that the reading pane shows, in one query."""
    cases = _by_urgency(cases_visible_to(member).filter(public_id=public_id), now or timezone.now())
    reports = Report.objects.filter(case=OuterRef("pk")).order_by("created_at")
    same_content = Q(case__idea=OuterRef("idea")) | Q(case__comment=OuterRef("comment"))
    attachments = Attachment.objects.filter(handed_in_files(), idea=OuterRef("idea")).order_by("created_at", "pk")
    earlier = Decision.objects.filter(same_content, undone_at=None).order_by("decided_at")
    original = [f"original__{name}" for name in ("id", "public_id", "title", "language")]
    found = cases.select_related(
        "idea__challenge", "comment__idea__challenge", "comment__author", "claimed_by"
    ).annotate(
        report_list=rows_of(reports, "reason", "text", "created_at"),
        attachment_list=rows_of(attachments, "id", "public_id", "idea_id", "name", "kind", "size"),
        earlier_decisions=rows_of(
            with_original(earlier, member), "outcome", "reason_html", "decided_at", "shows_original", *original
        ),
        wrote_before=ExpressionWrapper(wrote_before(member, "idea"), output_field=BooleanField()),
    )
    case: Case | None = _with_author_list(found).first()
    if case is not None and case.idea is not None:
        attach(case.idea, "contributors", annotated(case, "author_list"))
        remember_having_written(member, case.idea, wrote=annotated(case, "wrote_before"))
    return case


def annotated(case: Case, name: str) -> Any:
    """Return what queue_rows and case_to_read have put on a case beside its fields."""
    return getattr(case, name)


def _with_author_list(cases: QuerySet[Case]) -> QuerySet[Case]:
    authors = Contributor.objects.filter(idea=OuterRef("idea")).order_by("pk")
    return cases.annotate(
        author_list=rows_of(authors, "id", "member_id", "member__id", "member__name", "member__erased_at")
    )


def _matching(chosen: QueueFilter, member: Member, now: datetime) -> Q:
    matching = Q()
    if chosen.kind:
        matching &= Q(kind=chosen.kind)
    if chosen.challenge:
        matching &= Q(idea__challenge__public_id=chosen.challenge) | Q(
            comment__idea__challenge__public_id=chosen.challenge
        )
    if chosen.mine:
        matching &= Q(claimed_by=member, claimed_until__gt=now)
    return matching


def _by_urgency(cases: QuerySet[Case], now: datetime) -> QuerySet[Case]:
    danger = Report.objects.filter(case=OuterRef("pk"), reason=ReportReason.SAFETY)
    promised = Extract(F("due_at") - F("opened_at"), "epoch")
    used = Extract(Value(now) - F("opened_at"), "epoch")
    # A promise of no time at all must not divide by zero.
    share = ExpressionWrapper(used / Coalesce(_positive(promised), 1.0), output_field=FloatField())
    return cases.annotate(is_danger=Exists(danger), share_used=share).order_by(*URGENCY)


def _positive(expression: Any) -> Any:
    promises_time = models.When(due_at__gt=F("opened_at"), then=expression)
    return models.Case(promises_time, default=None, output_field=FloatField())


@dataclass
class Overview:
    """How many cases are open: all, of each kind, in each challenge (public_id, title, number)."""

    total: int = 0
    kinds: dict[str, int] = field(default_factory=dict)
    challenges: list[tuple[str, str, int]] = field(default_factory=list)


def overview(member: Member) -> Overview:
    """Return the numbers beside the queue's filters, in one query."""
    challenge_key = Coalesce("idea__challenge__public_id", "comment__idea__challenge__public_id")
    title = Coalesce("idea__challenge__title", "comment__idea__challenge__title")
    groups = (
        cases_visible_to(member)
        .filter(state=CaseState.OPEN)
        .values("kind", challenge_key=challenge_key, challenge_title=title)
        .annotate(number=Count("pk"))
        .order_by("challenge_title", "challenge_key")
    )
    found = Overview()
    by_challenge: dict[tuple[str, str], int] = {}
    for group in groups:
        found.total += group["number"]
        found.kinds[group["kind"]] = found.kinds.get(group["kind"], 0) + group["number"]
        key = (group["challenge_key"], group["challenge_title"])
        by_challenge[key] = by_challenge.get(key, 0) + group["number"]
    found.challenges = [(*key, number) for key, number in by_challenge.items()]
    return found


def with_original(decisions: QuerySet[Decision], reader: Member) -> QuerySet[Decision]:
    """Bring along the original that decisions name, and `shows_original`: whether the reader can see it."""
    visible = ideas_visible_to(reader).filter(pk=OuterRef("original"))
    return (
        decisions.select_related("original")
        .defer("original__body", "original__body_html")
        .annotate(shows_original=Exists(visible))
    )


def original_of(decision: Decision) -> Idea | None:
    """Return the original of a decision that came from `with_original`, or None where its reader cannot see it."""
    found: Any = decision
    return decision.original if found.shows_original else None


def decision_log(member: Member) -> QuerySet[Decision]:
    """Return every decision ever made on what the member may read, undone ones too, the newest first."""
    decisions = Decision.objects.select_related("decided_by", "case__idea__challenge", "case__comment__idea__challenge")
    if not member.roles & ROLES_THAT_READ_CASES:
        decisions = decisions.filter(_in_those_of(member, "case__"))
    return with_original(decisions, member).order_by("-decided_at", "-pk")


def reason_templates(outcome: str) -> QuerySet[ReasonTemplate]:
    """Return the reasons to start from for an outcome."""
    return ReasonTemplate.objects.filter(outcome=outcome).order_by("language", "title")


def reason_changes(member: Member) -> QuerySet[Event]:
    """Return who wrote, changed and deleted the reasons to start from, the newest first."""
    if not member.roles & ROLES_THAT_READ_CASES:
        return Event.objects.none()
    return Event.objects.filter(verb__in=ABOUT_REASONS).select_related("actor").order_by("-occurred_at", "-pk")


def undoable_cases(member: Member, public_ids: list[str], *, since: datetime) -> list[Case]:
    """Return those of the cases that the member has decided since then, and not yet undone."""
    recent = Decision.objects.filter(case=OuterRef("pk"), decided_by=member, undone_at=None, decided_at__gte=since)
    return list(cases_visible_to(member).filter(Exists(recent), public_id__in=public_ids, state=CaseState.DECIDED))


def is_decided_so(case: Case, *, outcome: str, reason: str, original: str, actor: Member) -> bool:
    """Tell whether this is what the actor has decided about the case, word for word: the button was pressed twice.

    original: the public_id of the idea that was named, or nothing.
    """
    if case.state != CaseState.DECIDED:
        return False
    latest = case.decisions.filter(undone_at=None).order_by("-decided_at").values("pk")[:1]
    named = Q(original__public_id=original) if original else Q(original=None)
    same = Decision.objects.filter(named, pk__in=latest, outcome=outcome, reason=reason.strip(), decided_by=actor)
    return bool(same.exists())
