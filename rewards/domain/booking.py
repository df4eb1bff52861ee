"""Booking what is due: the one place that writes the ledger.

A booking locks the standings of the members it concerns, reads the facts afterwards, and adds what the ledger
lacks. It can be repeated, and two of them can run at once.

Every contributor of an idea earns the full points, whatever their share: writing together must not cost anyone
anything. Who contributes is asked once, when something is booked for the first time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date

from django.db import transaction
from django.db.models import Q, Sum

from crowdhub.activity.models import Event
from crowdhub.tenancy.context import current_organization
from crowdhub.tenancy.models import Organization
from ideas.models import Contributor
from rewards.domain.earning import Due, Fact, Publication, answer_dues, comment_dues, publications, vote_dues
from rewards.domain.facts import Scope, earners_in, facts_in, members_concerned, publication_facts
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
    earners = earners_in(scope)
    members = members_concerned(scope, earners)
    lock_standings(organization, members)
    facts = facts_in(scope)
    dues = [*vote_dues(facts), *comment_dues(facts), *answer_dues(facts)]
    booking = _Booking(organization, dues, everything=scope.ideas is None)
    for due in dues:
        booking.add(due, earners.for_fact(due.fact))
    booking.save()
    _FirstIdeas(booking, members, everything=scope.ideas is None).add()
    booking.save()
    _keep_to_daily_limit(booking, everything=scope.ideas is None)
    sum_up(members)
    return booking.added


class _Booking:
    """The ledger as far as it matters here: what it has of the dues, and what is added."""

    def __init__(self, organization: Organization, dues: list[Due], *, everything: bool) -> None:
        self.organization = organization
        self.rules = RuleBook(organization)
        self.added: list[LedgerEntry] = []
        self._unsaved: list[LedgerEntry] = []
        self._known: dict[tuple[int, str, str], list[LedgerEntry]] = defaultdict(list)
        events = {due.fact.id for due in dues} | {due.undoes.id for due in dues if due.undoes}
        entries = LedgerEntry.objects.exclude(kind=EntryKind.CAPPED).select_related("rule")
        for entry in entries if everything else entries.filter(event__in=events):
            self._known[entry.event_id, entry.rule.code, entry.kind].append(entry)

    def add(self, due: Due, earners: list[int]) -> None:
        """Add the entries of a due that has none yet."""
        if self._known[due.fact.id, due.code, due.kind]:
            return
        if due.undoes is None:
            self.earn(due.fact, due.code, earners)
        else:
            for entry in list(self._known[due.undoes.id, due.code, EntryKind.EARNED]):
                self.reverse(due.fact, entry)

    def earn(self, fact: Fact, code: RuleCode, members: list[int]) -> None:
        rule = self.rules.in_force(code, fact.occurred_at)
        if rule is None:
            return
        for member in members:
            entry = self._entry(fact, EntryKind.EARNED, member_id=member, rule=rule, points=rule.points)
            if code == RuleCode.VOTE_RECEIVED:
                entry.counts_on = self.rules.day_of(fact.occurred_at)

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
        self._known[fact.id, entry.rule.code, kind].append(entry)
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
        contributions = Contributor.objects.filter(member__in=members)
        self._ideas: dict[int, set[int]] = defaultdict(set)
        for member, idea in contributions.values_list("member_id", "idea_id"):
            self._ideas[member].add(idea)
        self._published = self._read_publications(everything)

    def _read_publications(self, everything: bool) -> dict[int, list[Publication]]:
        ideas = {idea for group in self._ideas.values() for idea in group}
        # An idea whose author has left it still says whether it is published.
        ideas |= {_idea_of(entry) for entry in self._held.values()}
        found: dict[int, list[Publication]] = defaultdict(list)
        for publication in publications(publication_facts(None if everything else ideas)):
            found[publication.since.idea_id or 0].append(publication)
        return found

    def add(self) -> None:
        for member in sorted(self._members):
            held = self._held.get(member)
            undone = None if held is None else self._end_of(held)
            if held is not None and undone is not None:
                self._booking.reverse(undone, held)
            if held is None or undone is not None:
                self._earn(member)

    def _end_of(self, entry: LedgerEntry) -> Fact | None:
        """Return the fact that undid the publication by which points were earned, if one has."""
        published = self._published[_idea_of(entry)]
        return next((each.until for each in published if each.since.id == entry.event_id), None)

    def _earn(self, member: int) -> None:
        standing = [each.since for idea in self._ideas[member] for each in self._published[idea] if each.until is None]
        if standing:
            first = min(standing, key=lambda fact: (fact.occurred_at, fact.id))
            self._booking.earn(first, RuleCode.FIRST_IDEA, [member])


def _idea_of(entry: LedgerEntry) -> int:
    """Return the idea whose publication earned an entry; after a reopened case it is the idea of the case."""
    event = entry.event
    case = event.case
    idea = event.idea_id if case is None else case.idea_id
    assert idea is not None  # noqa: S101  publications are facts about ideas, and nothing else earns this rule
    return idea


def _keep_to_daily_limit(booking: _Booking, *, everything: bool) -> None:
    """Bring every member's points from votes for one day to min(limit, what the standing votes give).

    The difference is one entry, by the last event that changed the day: a vote above the limit, or a withdrawal that
    makes room again.
    """
    changed = {_day(entry): entry for entry in sorted(booking.added, key=lambda entry: entry.event_id)}
    changed.pop(None, None)
    limits = [
        LedgerEntry(
            organization=booking.organization,
            member_id=member,
            rule_id=last.rule_id,
            event_id=last.event_id,
            kind=EntryKind.CAPPED,
            points=points,
            occurred_at=last.occurred_at,
            counts_on=day,
        )
        for (member, day), points in _beyond_limit(None if everything else changed.keys()).items()
        if (last := changed.get((member, day)) or _last_entry_without_limit(member, day))
    ]
    LedgerEntry.objects.bulk_create(limits)
    booking.added += limits


def _day(entry: LedgerEntry) -> tuple[int, date] | None:
    return None if entry.counts_on is None else (entry.member_id, entry.counts_on)


def _beyond_limit(days: Iterable[tuple[int, date] | None] | None) -> dict[tuple[int, date], int]:
    """Return by how many points each member's day has to be corrected; days that are right are left out."""
    entries = LedgerEntry.objects.filter(counts_on__isnull=False)
    if days is not None:
        pairs = [pair for pair in days if pair]
        entries = entries.filter(
            member__in={member for member, _day in pairs}, counts_on__in={day for _member, day in pairs}
        )
    by_vote = ~Q(kind=EntryKind.CAPPED)
    sums = (
        entries.order_by()
        .values_list("member_id", "counts_on")
        .annotate(votes=Sum("points", filter=by_vote, default=0), limits=Sum("points", filter=~by_vote, default=0))
    )
    wanted = {(member, day): min(DAILY_VOTE_LIMIT, votes) - votes - limits for member, day, votes, limits in sums}
    return {pair: points for pair, points in wanted.items() if points}


def _last_entry_without_limit(member: int, day: date) -> LedgerEntry | None:
    """Return the latest entry of a day whose event has not corrected it yet: for repairs of a damaged ledger."""
    entries = LedgerEntry.objects.filter(member=member, counts_on=day)
    taken = entries.filter(kind=EntryKind.CAPPED).values("event")
    return entries.exclude(event__in=taken).order_by("-event_id").first()
