"""Checking that the ledger follows from the events, the standings from the ledger, and what ideas store from rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction

from crowdhub.tenancy.models import Organization
from ideas.domain.exposure import count_exposures, count_talk, wrong_seen_counts, wrong_talk_counts
from ideas.domain.rechecking import WrongTime, recheck_times
from rewards.domain.booking import book, first_idea_spells
from rewards.domain.earning import Merit, merits
from rewards.domain.facts import Scope, earners_in, facts_in
from rewards.domain.standings import lock_standings, wrong_standings
from rewards.enums import EntryKind, RuleCode
from rewards.models import LedgerEntry


@dataclass(frozen=True)
class Differences:
    """What does not follow: entries that lack or cannot be explained, (member, stored, due) for standings,
    (idea, stored, due) for how many people saw it and how many talk about it, and times of ideas.
    """

    missing: tuple[LedgerEntry, ...]
    unexplained: tuple[LedgerEntry, ...]
    standings: tuple[tuple[int, int, int], ...]
    seen_counts: tuple[tuple[int, int, int], ...]
    talk_counts: tuple[tuple[int, int, int], ...]
    times: tuple[WrongTime, ...]

    def __bool__(self) -> bool:
        of_ideas = self.seen_counts or self.talk_counts or self.times
        return bool(self.missing or self.unexplained or self.standings or of_ideas)


def recompute(organization: Organization, *, fix: bool = False) -> Differences:
    """Compute the open organization's ledger, standings, and counts and times of ideas again; tell where they differ.

    `fix` adds what is missing and sets standings, counts and times right. An entry that no event explains is only
    reported: the ledger is never changed, and a person has to find out how it came about. Bookings wait meanwhile.
    """
    with transaction.atomic():
        lock_standings(organization, set(LedgerEntry.objects.values_list("member_id", flat=True)))
        standings = tuple(wrong_standings().order_by("member_id").values_list("member_id", "points", "due"))
        missing = tuple(book(organization, Scope()))
        added = {entry.pk for entry in missing}
        unexplained = tuple(entry for entry in _unexplained() if entry.pk not in added)
        seen_counts = tuple(wrong_seen_counts())
        if seen_counts:
            count_exposures()
        talk_counts = tuple(wrong_talk_counts())
        if talk_counts:
            count_talk()
        times = tuple(recheck_times(fix=fix))
        if not fix:
            transaction.set_rollback(True)
    return Differences(missing, unexplained, standings, seen_counts, talk_counts, times)


def _due() -> Iterator[tuple[int, str, str, int]]:
    """Yield event, rule, kind and member of every entry that can be explained."""
    earners = earners_in(Scope())
    all_merits = list(merits(facts_in(Scope()), earners.teams, earners.authors))
    for member, spells in first_idea_spells(None).items():
        all_merits += [Merit(member, RuleCode.FIRST_IDEA, spell.since, spell.until) for spell in spells]
    for merit in all_merits:
        yield merit.since.id, merit.code, EntryKind.EARNED, merit.member_id
        if merit.until is not None:
            yield merit.until.id, merit.code, EntryKind.REVERSED, merit.member_id


def _unexplained() -> Iterator[LedgerEntry]:
    """Yield the entries that no event earns, or with other points than their rule gives."""
    due = set(_due())
    entries = LedgerEntry.objects.exclude(kind=EntryKind.CAPPED).select_related("rule", "reverses").order_by("pk")
    for entry in entries.iterator(chunk_size=5000):
        origin = entry.reverses
        points = entry.rule.points if origin is None else -origin.points
        if (entry.event_id, entry.rule.code, entry.kind, entry.member_id) not in due or entry.points != points:
            yield entry
