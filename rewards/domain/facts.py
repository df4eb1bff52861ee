"""Reading from the database what earning depends on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Q, Value
from django.db.models.functions import Coalesce

from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from ideas.models import Comment, Contributor
from rewards.domain.earning import (
    COMMENT_VERBS,
    PUBLICATION_VERBS,
    TEAM_VERBS,
    VOTE_VERBS,
    Fact,
    Teams,
    memberships,
)
from rewards.models import LedgerEntry


@dataclass(frozen=True)
class Scope:
    """What a booking looks at: some ideas, voters and comments, or (None) all that the organization has."""

    ideas: frozenset[int] | None = None
    voters: frozenset[int] | None = None
    comments: frozenset[int] | None = None

    @classmethod
    def of(cls, events: Iterable[Event]) -> Scope:
        """Return what a batch of events is about."""
        events = list(events)
        cases = [event.case_id for event in events if event.case_id is not None]
        reopened = Event.objects.filter(case__in=cases).values_list("case__idea_id", flat=True) if cases else ()
        ideas = {event.idea_id for event in events} | set(reopened)
        comments = {event.comment_id for event in events}
        return cls(_without_none(ideas), _voters_in(events), _without_none(comments))


@dataclass(frozen=True)
class Earners:
    """Who earns: those who write each idea or did so, and the author of each comment."""

    teams: Teams
    authors: dict[int, int]

    @property
    def members(self) -> set[int]:
        return {member for team in self.teams.values() for member in team} | set(self.authors.values())


def _voters_in(events: list[Event]) -> frozenset[int] | None:
    """Return whose votes matter: of an idea whose team has changed, everyone's."""
    if any(event.verb in TEAM_VERBS for event in events):
        return None
    return _without_none(event.actor_id for event in events if event.verb in VOTE_VERBS)


def facts_in(scope: Scope) -> list[Fact]:
    """Return the facts of a scope, except those about publication."""
    votes = Q(verb__in=VOTE_VERBS) & _among("idea", scope.ideas) & _among("actor", scope.voters)
    answers = Q(verb=Verb.IDEA_ANSWERED) & _among("idea", scope.ideas)
    remarks = Q(verb__in=COMMENT_VERBS) & _among("comment", scope.comments)
    return _read(votes | answers | remarks)


def publication_facts(ideas: Iterable[int] | None) -> list[Fact]:
    """Return the facts that say when these ideas, or all, were published."""
    chosen = None if ideas is None else frozenset(ideas)
    return _read(Q(verb__in=PUBLICATION_VERBS) & (_among("idea", chosen) | _among("case__idea", chosen)))


def teams_of(ideas: Iterable[int] | None) -> Teams:
    """Return who wrote these ideas, or all, and when."""
    chosen = None if ideas is None else frozenset(ideas)
    present = Contributor.objects.filter(_among("idea", chosen), member__isnull=False)
    changes = _read(Q(verb__in=TEAM_VERBS) & _among("idea", chosen))
    return memberships(changes, present.values_list("idea_id", "member_id"))


def earners_in(scope: Scope) -> Earners:
    """Return who contributes to the ideas and wrote the comments of a scope."""
    comments = Comment.objects.filter(_among("pk", scope.comments), author__isnull=False)
    return Earners(teams_of(scope.ideas), dict(comments.values_list("pk", "author_id")))


def members_concerned(scope: Scope, earners: Earners) -> frozenset[int]:
    """Return the members whose ledger a booking may change: those who earn, and those who have earned."""
    booked = LedgerEntry.objects.filter(_among("event__idea", scope.ideas) | _among("event__comment", scope.comments))
    return frozenset(earners.members | set(booked.values_list("member_id", flat=True)))


def _read(condition: Q) -> list[Fact]:
    rows = Event.objects.filter(condition).order_by("pk")
    columns = rows.values_list(
        "pk",
        "verb",
        "occurred_at",
        "actor_id",
        Coalesce("idea_id", "case__idea_id"),
        "comment_id",
        Coalesce("case__kind", Value("")),
        "data__outcome",
        "data__member",
    )
    return [
        Fact(pk, verb, at, actor, idea, comment, case_kind, outcome or "", team_member)
        for pk, verb, at, actor, idea, comment, case_kind, outcome, team_member in columns.iterator(chunk_size=5000)
    ]


def _among(field: str, ids: frozenset[int] | None) -> Q:
    return Q() if ids is None else Q(**{f"{field}__in": ids})


def _without_none(ids: Iterable[int | None]) -> frozenset[int]:
    return frozenset(number for number in ids if number is not None)
