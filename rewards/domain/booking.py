"""Booking what is due: the one place that writes the ledger.

A booking locks the standings of the members it concerns, reads the facts afterwards, and adds what the ledger
lacks. It can be repeated, and two of them can run at once.

Every contributor of an idea earns the full points, whatever their share: writing together must not cost anyone
anything. Who joins earns from then on, and the points for a first idea at once; who leaves gives back what the idea
gave them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import NamedTuple

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, Sum

from crowdhub.activity.models import Event
from crowdhub.tenancy.context import current_organization
from crowdhub.tenancy.models import Organization
from ideas.models import Contributor
from rewards.domain.earning import Fact, Merit, Spell, merits, publications, published_while
from rewards.domain.facts import Scope, earners_in, facts_in, members_concerned, publication_facts, teams_of
from rewards.domain.point_rules import RuleBook
from rewards.domain.standings import lock_standings, sum_up
from rewards.enums import DAILY_VOTE_LIMIT, EntryKind, RuleCode
from rewards.models import LedgerEntry


def book_events(events: Iterable[Event]) -> None:
    """Add to the ledger what these events earn or take back, and bring the standings up to date."""
    book(current_organization(), Scope.of(events))


@transaction.atomic
def book(organization: Organization, scope: Scope) -> list[LedgerEntry]:
    """Add what the ledger lacks within a scope and sum up the members concerned; returns the new entries."""
    everything = scope.ideas is None
    members = members_concerned(scope, earners_in(scope))
    lock_standings(organization, members)
    # Read once more: a team may have changed while this waited. Who has joined since has a booking of their own.
    earners = earners_in(scope)
    due = [each for each in merits(facts_in(scope), earners.teams, earners.authors) if each.member_id in members]
    booking = _Booking(organization, due, everything=everything)
    for merit in due:
        booking.add(merit)
    booking.save()
    _FirstIdeas(booking, members, everything=everything).add()
    booking.save()
    _keep_to_daily_limit(booking, everything=everything)
    sum_up(members)
    return booking.added


class _Booking:
    """The ledger as far as it matters here: what it has of the merits, and what is added."""

    def __init__(self, organization: Organization, due: list[Merit], *, everything: bool) -> None:
        self.organization = organization
        self.rules = RuleBook(organization)
        self.added: list[LedgerEntry] = []
        self._unsaved: list[LedgerEntry] = []
        earned = LedgerEntry.objects.filter(kind=EntryKind.EARNED).select_related("rule")
        if not everything:
            earned = earned.filter(event__in={merit.since.id for merit in due})
        taken_back = Exists(LedgerEntry.objects.filter(reverses=OuterRef("pk")))
        found = list(earned.annotate(is_taken_back=taken_back))
        self._known = {(entry.event_id, entry.rule.code, entry.member_id): entry for entry in found}
        self._taken_back = {entry.pk for entry in found if entry.is_taken_back}

    def add(self, merit: Merit) -> None:
        """Add what the ledger lacks of a merit: the points, and their return when it has ended."""
        entry = self._known.get((merit.since.id, merit.code, merit.member_id))
        if entry is None:
            entry = self.earn(merit.since, merit.code, merit.member_id)
        if merit.until is not None and entry is not None and entry.pk not in self._taken_back:
            self.reverse(merit.until, entry)

    def earn(self, fact: Fact, code: RuleCode, member: int) -> LedgerEntry | None:
        """Give a member the points of the rule in force then; nothing from before there was one."""
        rule = self.rules.in_force(code, fact.occurred_at)
        if rule is None:
            return None
        entry = self._entry(fact, EntryKind.EARNED, member_id=member, rule=rule, points=rule.points)
        if code == RuleCode.VOTE_RECEIVED:
            entry.counts_on = self.rules.day_of(fact.occurred_at)
        return entry

    def reverse(self, fact: Fact, entry: LedgerEntry) -> None:
        """Take back exactly what an entry gave, under the version of the rule that it was given by."""
        back = self._entry(
            fact, EntryKind.REVERSED, member_id=entry.member_id, rule=entry.rule, points=-entry.points, reverses=entry
        )
        back.counts_on = entry.counts_on

    def _entry(self, fact: Fact, kind: EntryKind, **fields: object) -> LedgerEntry:
        entry = LedgerEntry(
            organization=self.organization, event_id=fact.id, kind=kind, occurred_at=fact.occurred_at, **fields
        )
        self._unsaved.append(entry)
        return entry

    def save(self) -> None:
        """Write what was added: points first, because reversals point at them."""
        for kind in (EntryKind.EARNED, EntryKind.REVERSED):
            LedgerEntry.objects.bulk_create([entry for entry in self._unsaved if entry.kind == kind])
        self.added += self._unsaved
        self._unsaved = []


class _FirstIdeas:
    """Gives every member the points for a first idea once: while at least one idea of theirs is published."""

    def __init__(self, booking: _Booking, members: frozenset[int], *, everything: bool) -> None:
        self._booking = booking
        self._members = members
        held = LedgerEntry.objects.filter(
            rule__code=RuleCode.FIRST_IDEA, kind=EntryKind.EARNED, reversals=None, member__in=members
        )
        self._held = {entry.member_id: entry for entry in held.select_related("rule", "event__case")}
        ideas = set(Contributor.objects.filter(member__in=members).values_list("idea_id", flat=True))
        # An idea whose author has left it still says why its points have to go.
        ideas |= {_idea_of(entry) for entry in self._held.values()}
        self._spells = first_idea_spells(None if everything else ideas)

    def add(self) -> None:
        for member in sorted(self._members):
            held = self._held.get(member)
            undone = None if held is None else self._end_of(held)
            if held is not None and undone is not None:
                self._booking.reverse(undone, held)
            if held is None or undone is not None:
                self._earn(member)

    def _end_of(self, entry: LedgerEntry) -> Fact | None:
        """Return the fact that took the idea of an entry off the page, or its author off the idea, if one has."""
        spells = self._spells[entry.member_id]
        return next((each.until for each in spells if each.since.id == entry.event_id), None)

    def _earn(self, member: int) -> None:
        standing = [each.since for each in self._spells[member] if each.until is None]
        if standing:
            first = min(standing, key=lambda fact: (fact.occurred_at, fact.id))
            self._booking.earn(first, RuleCode.FIRST_IDEA, member)


def first_idea_spells(ideas: Iterable[int] | None) -> dict[int, list[Spell]]:
    """Return for each member the times in which one of these ideas, or of all, was theirs and published."""
    chosen = None if ideas is None else frozenset(ideas)
    teams = teams_of(chosen)
    found: dict[int, list[Spell]] = defaultdict(list)
    for publication in publications(publication_facts(chosen)):
        for member, times in teams.get(publication.since.idea_id or 0, {}).items():
            both = (published_while(membership, publication) for membership in times)
            found[member] += [spell for spell in both if spell is not None]
    return found


def _idea_of(entry: LedgerEntry) -> int:
    """Return the idea whose publication earned an entry; after a reopened case it is the idea of the case."""
    event = entry.event
    case = event.case
    idea = event.idea_id if case is None else case.idea_id
    assert idea is not None  # noqa: S101  publications are facts about ideas, and nothing else earns this rule
    return idea


def _keep_to_daily_limit(booking: _Booking, *, everything: bool) -> None:
    """Bring what votes of one day give a member in one challenge to min(limit, what the standing votes give).

    The difference is one entry, by the last event that changed the day: a vote above the limit, or a withdrawal that
    makes room again.

    The limit is 40 points a day in each challenge, not 40 a day over all of them. One over all leaked secret votes: an
    author saw from the cap in a challenge whose counts are public how many votes they had got on that day in another,
    whose counts are still hidden. No entry of one challenge may depend on the votes of another.
    """
    changed = _changed_days(booking.added)
    wrong = _beyond_limit(None if everything else changed.keys())
    limits = [
        LedgerEntry(
            organization=booking.organization,
            member_id=day.member,
            rule_id=last.rule_id,
            event_id=last.event_id,
            kind=EntryKind.CAPPED,
            points=points,
            occurred_at=last.occurred_at,
            counts_on=day.date,
        )
        for day, points in wrong.items()
        if (last := _last_entry_without_limit(day, changed.get(day, [])))
    ]
    LedgerEntry.objects.bulk_create(limits)
    booking.added += limits


class _Day(NamedTuple):
    """What a limit is on."""

    member: int
    date: date
    challenge: int


def _changed_days(added: list[LedgerEntry]) -> dict[_Day, list[LedgerEntry]]:
    """Return the new entries that limits are on, by what the limit is on, the latest event first."""
    votes = [entry for entry in added if entry.counts_on is not None]
    events = Event.objects.filter(pk__in={entry.event_id for entry in votes})
    challenges = dict(events.values_list("pk", "idea__challenge_id"))
    days: dict[_Day, list[LedgerEntry]] = defaultdict(list)
    for entry in sorted(votes, key=lambda entry: -entry.event_id):
        assert entry.counts_on is not None  # noqa: S101  filtered above
        days[_Day(entry.member_id, entry.counts_on, challenges[entry.event_id])].append(entry)
    return days


def _beyond_limit(days: Collection[_Day] | None) -> dict[_Day, int]:
    """Return by how many points each member's day in a challenge has to be corrected; what is right is left out."""
    entries = LedgerEntry.objects.filter(counts_on__isnull=False)
    if days is not None:
        entries = entries.filter(
            member__in={day.member for day in days},
            counts_on__in={day.date for day in days},
            event__idea__challenge__in={day.challenge for day in days},
        )
    by_vote = ~Q(kind=EntryKind.CAPPED)
    sums = (
        entries.order_by()
        .values_list("member_id", "counts_on", "event__idea__challenge_id")
        .annotate(votes=Sum("points", filter=by_vote, default=0), limits=Sum("points", filter=~by_vote, default=0))
    )
    wanted = {_Day(*day): min(DAILY_VOTE_LIMIT, votes) - votes - limits for *day, votes, limits in sums}
    return {day: points for day, points in wanted.items() if points}


def _last_entry_without_limit(day: _Day, changed: list[LedgerEntry]) -> LedgerEntry | None:
    """Return the latest entry of a day whose event has not corrected it yet, of the new ones if there is one.

    Old ones serve to repair a damaged ledger.
    """
    entries = LedgerEntry.objects.filter(
        member=day.member, counts_on=day.date, event__idea__challenge=day.challenge
    ).order_by("-event_id", "-pk")
    taken = set(entries.filter(kind=EntryKind.CAPPED).values_list("event_id", flat=True))
    new = next((entry for entry in changed if entry.event_id not in taken), None)
    return new or entries.exclude(event__in=taken).first()
