"""Every function that writes for the domains records what happened, or says here why nobody needs to know."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator

import pytest

PACKAGES = ("ideas.domain", "moderation.domain", "rewards.domain", "crowdhub.inbox.domain")

# What writes and records nothing, and why that is right.
SILENT = {
    "ideas.domain.writing.save_draft": "a draft is nobody's business but its authors', until it is handed in",
    "ideas.domain.writing.save_text": "the same; handing in writes the revision and the event",
    "ideas.domain.writing.begin_draft": "the same, before its first word",
    "ideas.domain.files.forget_attachments": "a part of withdrawing, which records",
    "ideas.domain.files.forget_stray_files": "they belong to nothing that could be named",
    "ideas.domain.publishing.return_to_queue": "the case that is open again is the fact",
    "ideas.domain.importing.import_ideas": "it did not happen here",
    "ideas.domain.exposure.note_exposure": "reading is counted, not told",
    "ideas.domain.exposure.note_exposures": "the same",
    "ideas.domain.exposure.count_exposures": "a counter, computed from the rows",
    "ideas.domain.once.insert_once": "a part of voting and following, which record",
    "ideas.domain.promise.start_promise": "a part of handing in, which records",
    "ideas.domain.promise.pause_promise": "a part of asking for changes, which records",
    "ideas.domain.promise.resume_promise": "a part of handing in and withdrawing, which record",
    "ideas.domain.promise.forget_pause": "a part of undoing a decision, which records",
    "ideas.domain.joining.accept_join": "adding the contributor records",
    "ideas.domain.joining.accept_invitation": "the same",
    "moderation.domain.claiming.claim_case": "a lease that runs out by itself",
    "moderation.domain.opening.open_triage": "the idea that was handed in is the fact",
    "moderation.domain.opening.cancel_cases": "the idea that was withdrawn is the fact",
    "rewards.domain.booking.book_events": "the ledger is the record, and each entry names its event",
    "rewards.domain.booking.book": "the same",
    "rewards.domain.recomputing.recompute": "the same",
    "rewards.domain.standings.lock_standings": "an empty row to lock",
    "rewards.domain.standings.sum_up": "a sum of the ledger",
    "rewards.domain.point_rules.ensure_rules": "the rules that everyone starts with",
    "crowdhub.inbox.domain.reading.mark_read": "what somebody has read is nobody's business",
    "crowdhub.inbox.domain.reading.mark_unread": "the same",
    "crowdhub.inbox.domain.reading.mark_all_read": "the same",
    "crowdhub.inbox.domain.notifying.notify": "notifications are made of events, and each names its own",
    "crowdhub.inbox.domain.notifying.notify_invited": "the same",
    "crowdhub.inbox.domain.notifying.notify_reported": "the same",
    "crowdhub.inbox.domain.notifying.take_back": "the same",
    "crowdhub.inbox.domain.notifying.forget_uninvited": "the same",
    "crowdhub.inbox.domain.digests.claim_digests": "the digest's row is the record",
    "crowdhub.inbox.domain.sending.send_digests": "the same",
}
# Reads, sums and locks that stand beside the writes.
READS = {
    "ideas.domain.locking.lock",
    "ideas.domain.locking.hold",
    "ideas.domain.locking.lock_comment",
    "ideas.domain.answering.possible_outcomes",
    "ideas.domain.answering.why_not_to_answer",
    "ideas.domain.teams.check_can_be_added",
    "ideas.domain.writing.check_lengths",
    "ideas.domain.writing.is_contributor",
    "moderation.domain.claiming.held_by_another",
    "rewards.domain.booking.first_idea_spells",
    "rewards.domain.standings.wrong_standings",
    "crowdhub.inbox.domain.digests.is_digest_time",
}
PURE = ("rewards.domain.earning", "rewards.domain.facts")


def functions() -> Iterator[tuple[str, bool]]:
    """Yield each public function of the domains, and whether it or a private one that it calls records."""
    for package in PACKAGES:
        for found in pkgutil.iter_modules(importlib.import_module(package).__path__, f"{package}."):
            if not found.name.startswith(PURE):
                yield from _functions_of(found.name)


def _functions_of(name: str) -> Iterator[tuple[str, bool]]:
    tree = ast.parse(inspect.getsource(importlib.import_module(name)))
    calls = {node.name: _called_in(node) for node in tree.body if isinstance(node, ast.FunctionDef)}
    for function in calls:
        if not function.startswith("_"):
            yield f"{name}.{function}", _records(function, calls, frozenset())


def _called_in(function: ast.FunctionDef) -> set[str]:
    return {
        node.func.id for node in ast.walk(function) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


def _records(function: str, calls: dict[str, set[str]], seen: frozenset[str]) -> bool:
    called = calls.get(function, set())
    return "record" in called or any(
        _records(inner, calls, seen | {function}) for inner in called - seen if inner.startswith("_")
    )


def test_every_write_is_recorded_or_has_a_reason_not_to_be():
    silent = {name for name, records in functions() if not records}

    assert sorted(silent - SILENT.keys() - READS) == []


@pytest.mark.parametrize("names", [SILENT.keys(), READS])
def test_the_lists_name_what_there_is(names):
    silent = {name for name, records in functions() if not records}

    assert sorted(set(names) - silent) == []
