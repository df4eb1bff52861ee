"""What is earned, from the facts alone: pure functions of events, in the order in which they happened.

They are given every event of an idea, a comment or a vote that there is, and say which points are due. So it
does not matter in which order, or how often, the events reach the worker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from crowdhub.activity.enums import Verb
from rewards.enums import EntryKind, RuleCode

VOTE_VERBS = frozenset({Verb.VOTE_CAST, Verb.VOTE_WITHDRAWN})
COMMENT_VERBS = frozenset(
    {Verb.COMMENT_MARKED_HELPFUL, Verb.COMMENT_UNMARKED_HELPFUL, Verb.COMMENT_HIDDEN, Verb.COMMENT_RESTORED}
)
PUBLICATION_VERBS = frozenset({Verb.IDEA_PUBLISHED, Verb.IDEA_REJECTED, Verb.CASE_REOPENED})
OUTCOME_RULES = {"selected": RuleCode.SELECTED, "implemented": RuleCode.IMPLEMENTED}
# The kind of case that decides whether an idea is published; rewards and moderation do not import each other.
TRIAGE = "triage"


@dataclass(frozen=True, slots=True)
class Fact:
    """An event, reduced to what earning depends on; a reopened case is a fact about its idea."""

    id: int
    verb: str
    occurred_at: datetime
    actor_id: int | None
    idea_id: int | None
    comment_id: int | None = None
    case_kind: str = ""
    outcome: str = ""


@dataclass(frozen=True, slots=True)
class Due:
    """Points that a fact gives, or that it takes back from whoever has them for the fact `undoes`."""

    fact: Fact
    code: RuleCode
    undoes: Fact | None = None

    @property
    def kind(self) -> EntryKind:
        return EntryKind.EARNED if self.undoes is None else EntryKind.REVERSED


@dataclass(frozen=True, slots=True)
class Publication:
    """A time in which an idea was published: since a fact, and until one when it was undone."""

    since: Fact
    until: Fact | None = None


def vote_dues(facts: Iterable[Fact]) -> Iterator[Due]:
    """Yield what votes earn: each one cast gives points, and its withdrawal takes the same ones back."""
    votes = sorted((fact for fact in facts if fact.verb in VOTE_VERBS), key=_one_vote)
    for _vote, history in groupby(votes, key=lambda fact: (fact.idea_id, fact.actor_id)):
        yield from _on_and_off(history, RuleCode.VOTE_RECEIVED, lambda fact: fact.verb == Verb.VOTE_CAST)


def comment_dues(facts: Iterable[Fact]) -> Iterator[Due]:
    """Yield what comments earn: points while one is marked as helpful and not hidden."""
    about = sorted((fact for fact in facts if fact.verb in COMMENT_VERBS), key=lambda fact: (fact.comment_id, fact.id))
    for _comment, history in groupby(about, key=lambda fact: fact.comment_id):
        yield from _on_and_off(history, RuleCode.COMMENT_HELPFUL, _HelpfulAndVisible())


def answer_dues(facts: Iterable[Fact]) -> Iterator[Due]:
    """Yield what answers earn: each outcome once for an idea."""
    given: set[tuple[int | None, str]] = set()
    for fact in sorted(facts, key=lambda fact: fact.id):
        answer = (fact.idea_id, fact.outcome)
        if fact.verb == Verb.IDEA_ANSWERED and fact.outcome in OUTCOME_RULES and answer not in given:
            given.add(answer)
            yield Due(fact, OUTCOME_RULES[fact.outcome])


def publications(facts: Iterable[Fact]) -> Iterator[Publication]:
    """Yield the times in which each idea was published.

    One ends when the idea is taken down or its approval is undone, and another begins when taking it down is undone.
    Authors who withdraw a published idea keep what it earned.
    """
    about = sorted((fact for fact in facts if fact.verb in PUBLICATION_VERBS), key=lambda fact: (fact.idea_id, fact.id))
    for _idea, history in groupby(about, key=lambda fact: fact.idea_id):
        yield from _publications_of_one(history)


def _publications_of_one(history: Iterable[Fact]) -> Iterator[Publication]:
    since: Fact | None = None
    taken_down = False
    for fact in history:
        if since is None:
            if fact.verb == Verb.IDEA_PUBLISHED or (fact.verb == Verb.CASE_REOPENED and taken_down):
                since, taken_down = fact, False
        elif fact.verb == Verb.IDEA_REJECTED or (fact.verb == Verb.CASE_REOPENED and fact.case_kind == TRIAGE):
            yield Publication(since, fact)
            since, taken_down = None, fact.verb == Verb.IDEA_REJECTED
    if since is not None:
        yield Publication(since)


class _HelpfulAndVisible:
    """Remembers, over the facts of one comment, whether it is marked and whether it is hidden."""

    def __init__(self) -> None:
        self.marked = self.hidden = False

    def __call__(self, fact: Fact) -> bool:
        if fact.verb in {Verb.COMMENT_MARKED_HELPFUL, Verb.COMMENT_UNMARKED_HELPFUL}:
            self.marked = fact.verb == Verb.COMMENT_MARKED_HELPFUL
        else:
            self.hidden = fact.verb == Verb.COMMENT_HIDDEN
        return self.marked and not self.hidden


def _on_and_off(history: Iterable[Fact], code: RuleCode, is_on: Callable[[Fact], bool]) -> Iterator[Due]:
    """Yield points when something begins to deserve them, and their reversal when it ends."""
    earned_by: Fact | None = None
    for fact in history:
        on = is_on(fact)
        if on and earned_by is None:
            earned_by = fact
            yield Due(fact, code)
        elif not on and earned_by is not None:
            yield Due(fact, code, undoes=earned_by)
            earned_by = None


def _one_vote(fact: Fact) -> tuple[int, int, int]:
    return (fact.idea_id or 0, fact.actor_id or 0, fact.id)
