"""What is earned, from the facts alone: pure functions of events, in the order in which they happened.

They are given every event of an idea, a comment or a vote that there is, and say which points are due. So it
does not matter in which order, or how often, the events reach the worker.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from crowdhub.activity.enums import Verb
from rewards.enums import RuleCode

VOTE_VERBS = frozenset({Verb.VOTE_CAST, Verb.VOTE_WITHDRAWN})
COMMENT_VERBS = frozenset(
    {Verb.COMMENT_MARKED_HELPFUL, Verb.COMMENT_UNMARKED_HELPFUL, Verb.COMMENT_HIDDEN, Verb.COMMENT_RESTORED}
)
PUBLICATION_VERBS = frozenset({Verb.IDEA_PUBLISHED, Verb.IDEA_REJECTED, Verb.CASE_REOPENED})
TEAM_VERBS = frozenset({Verb.CONTRIBUTOR_ADDED, Verb.CONTRIBUTOR_REMOVED})
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
    member_id: int | None = None  # who joined or left a team


@dataclass(frozen=True, slots=True)
class Spell:
    """A time in which something deserves points: since a fact, and until one when it ended."""

    since: Fact
    until: Fact | None = None


@dataclass(frozen=True, slots=True)
class Membership:
    """A time in which a member wrote an idea with others. The ends are None for "from the start" and "to this day"."""

    since: Fact | None = None
    until: Fact | None = None


@dataclass(frozen=True, slots=True)
class Merit:
    """Points that a fact gives a member, until another one takes them back."""

    member_id: int
    code: RuleCode
    since: Fact
    until: Fact | None = None


# Idea -> member -> when they wrote it, oldest first.
Teams = Mapping[int, Mapping[int, list[Membership]]]


def vote_spells(facts: Iterable[Fact]) -> Iterator[Spell]:
    """Yield the time in which each vote stood."""
    votes = sorted((fact for fact in facts if fact.verb in VOTE_VERBS), key=_one_vote)
    for _vote, history in groupby(votes, key=lambda fact: (fact.idea_id, fact.actor_id)):
        yield from _on_and_off(history, lambda fact: fact.verb == Verb.VOTE_CAST)


def comment_spells(facts: Iterable[Fact]) -> Iterator[Spell]:
    """Yield the times in which a comment was marked as helpful and not hidden."""
    about = sorted((fact for fact in facts if fact.verb in COMMENT_VERBS), key=lambda fact: (fact.comment_id, fact.id))
    for _comment, history in groupby(about, key=lambda fact: fact.comment_id):
        yield from _on_and_off(history, _HelpfulAndVisible())


def first_answers(facts: Iterable[Fact]) -> Iterator[Spell]:
    """Yield the answers that earn: each outcome once for an idea, and for good."""
    given: set[tuple[int | None, str]] = set()
    for fact in sorted(facts, key=lambda fact: fact.id):
        answer = (fact.idea_id, fact.outcome)
        if fact.verb == Verb.IDEA_ANSWERED and fact.outcome in OUTCOME_RULES and answer not in given:
            given.add(answer)
            yield Spell(fact)


def publications(facts: Iterable[Fact]) -> Iterator[Spell]:
    """Yield the times in which each idea was published.

    One ends when the idea is taken down or its approval is undone, and another begins when taking it down is undone.
    Authors who withdraw a published idea keep what it earned.
    """
    about = sorted((fact for fact in facts if fact.verb in PUBLICATION_VERBS), key=lambda fact: (fact.idea_id, fact.id))
    for _idea, history in groupby(about, key=lambda fact: fact.idea_id):
        yield from _publications_of_one(history)


def memberships(facts: Iterable[Fact], present: Iterable[tuple[int, int]]) -> dict[int, dict[int, list[Membership]]]:
    """Return who wrote which idea when, from the facts about teams and the pairs of idea and member of today.

    Who is there and never joined has been there from the start, and so has who left without having joined.
    """
    joined: dict[tuple[int, int], Fact | None] = {}
    found: dict[int, dict[int, list[Membership]]] = defaultdict(lambda: defaultdict(list))
    for fact in sorted((fact for fact in facts if fact.verb in TEAM_VERBS), key=lambda fact: fact.id):
        place = (fact.idea_id or 0, fact.member_id or 0)
        if fact.verb == Verb.CONTRIBUTOR_ADDED:
            joined[place] = fact
        else:
            found[place[0]][place[1]].append(Membership(joined.pop(place, None), fact))
    for idea, member in sorted(present):
        found[idea][member].append(Membership(joined.get((idea, member))))
    return found


def merits(facts: Iterable[Fact], teams: Teams, authors: Mapping[int, int]) -> Iterator[Merit]:
    """Yield what votes, answers and comments earn for whom; nobody earns by what they do themselves.

    An idea earns for those who wrote it at that moment, and until they leave. `authors` are those of comments.
    """
    facts = list(facts)
    for vote in vote_spells(facts):
        yield from _merits_of_team(vote, RuleCode.VOTE_RECEIVED, teams, leave_out=vote.since.actor_id)
    for answer in first_answers(facts):
        yield from _merits_of_team(answer, OUTCOME_RULES[answer.since.outcome], teams)
    for helpful in comment_spells(facts):
        author = authors.get(helpful.since.comment_id or 0)
        if author is not None and author != helpful.since.actor_id:
            yield Merit(author, RuleCode.COMMENT_HELPFUL, helpful.since, helpful.until)


def published_while(membership: Membership, publication: Spell) -> Spell | None:
    """Return the time in which an idea was published and the member wrote it, if there is one."""
    since = publication.since if membership.since is None else _later(publication.since, membership.since)
    until = _earlier(publication.until, membership.until)
    return Spell(since, until) if until is None or since.id < until.id else None


def _merits_of_team(spell: Spell, code: RuleCode, teams: Teams, leave_out: int | None = None) -> Iterator[Merit]:
    for member, times in teams.get(spell.since.idea_id or 0, {}).items():
        then = next((each for each in times if _covers(each, spell.since)), None)
        if then is not None and member != leave_out:
            yield Merit(member, code, spell.since, _earlier(spell.until, then.until))


def _covers(membership: Membership, fact: Fact) -> bool:
    has_begun = membership.since is None or membership.since.id < fact.id
    return has_begun and (membership.until is None or fact.id < membership.until.id)


def _later(one: Fact, other: Fact) -> Fact:
    return max(one, other, key=lambda fact: fact.id)


def _earlier(one: Fact | None, other: Fact | None) -> Fact | None:
    ends = [fact for fact in (one, other) if fact is not None]
    return min(ends, key=lambda fact: fact.id, default=None)


def _publications_of_one(history: Iterable[Fact]) -> Iterator[Spell]:
    since: Fact | None = None
    taken_down = False
    for fact in history:
        if since is None:
            if fact.verb == Verb.IDEA_PUBLISHED or (fact.verb == Verb.CASE_REOPENED and taken_down):
                since, taken_down = fact, False
        elif fact.verb == Verb.IDEA_REJECTED or (fact.verb == Verb.CASE_REOPENED and fact.case_kind == TRIAGE):
            yield Spell(since, fact)
            since, taken_down = None, fact.verb == Verb.IDEA_REJECTED
    if since is not None:
        yield Spell(since)


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


def _on_and_off(history: Iterable[Fact], is_on: Callable[[Fact], bool]) -> Iterator[Spell]:
    """Yield the times between something beginning to deserve points and its end."""
    since: Fact | None = None
    for fact in history:
        on = is_on(fact)
        if on and since is None:
            since = fact
        elif not on and since is not None:
            yield Spell(since, fact)
            since = None
    if since is not None:
        yield Spell(since)


def _one_vote(fact: Fact) -> tuple[int, int, int]:
    return (fact.idea_id or 0, fact.actor_id or 0, fact.id)
