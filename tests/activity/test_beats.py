"""Every function that writes for the domains records what happened, or says here why nobody needs to know."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from tests.harness.services import ROOT

TOP = ("challenges", "ideas", "moderation", "rewards", "crowdhub")
ALONE = ("crowdhub.api.tokens",)
RECORD = {"record", "record_for_each", "record_for_members", "announce", "announce_for_many"}

# What writes and records nothing, and why that is right.
SILENT = {
    "challenges.domain.drafting.create_challenge": "a draft is its managers' business until it is launched",
    "challenges.domain.drafting.save_draft": "the same; saves are counted",
    "challenges.domain.drafting.set_dates": "the same",
    "challenges.domain.drafting.discard_draft": "the same, and an event would keep what is to be deleted",
    "challenges.domain.audience.set_audience": "the same: nothing but a draft has an audience that can be replaced",
    "challenges.domain.audience.write_audience": "a part of saving a draft",
    "challenges.domain.phases.write_phase": "the same; moving the dates of a running challenge records",
    "challenges.domain.saving.count_save": "the same",
    "challenges.domain.reporting_back.save_report": "a draft, until it is sent, which records",
    "challenges.domain.invitations.mark_seen": "what somebody has read is nobody's business",
    "crowdhub.api.tokens.note_use": "what a script reads is nobody's business; its writes record",
    "crowdhub.people.domain.bulk.prepare_bulk_change": "nothing is done before confirming, which records",
    "crowdhub.people.domain.directory.begin_stay": "a part of moving and of deactivating, which record",
    "crowdhub.people.domain.importing.read_import": "the file that was uploaded is the fact; reading it changes nobody",
    "crowdhub.people.domain.importing.note_progress": "a number that is forgotten within the hour",
    "crowdhub.people.domain.import_writing.analyze_people": "statistics for the planner",
    "crowdhub.people.domain.joining.mail_invitations": "the invitation is the fact, and it records",
    "crowdhub.people.domain.joining.mail_password_links": "the same",
    "crowdhub.reports.domain.freezing.freeze_month": "counted from events, and the row is the record",
    "crowdhub.reports.domain.freezing.frozen_months": "the same",
    "ideas.domain.writing.save_draft": "a draft is nobody's business but its authors', until it is handed in",
    "ideas.domain.writing.save_text": "the same; handing in writes the revision and the event",
    "ideas.domain.writing.begin_draft": "the same, before its first word",
    "ideas.domain.writing.write_revision": "a part of handing in and of changing, which record",
    "ideas.domain.files.forget_attachments": "a part of withdrawing, which records",
    "ideas.domain.files.forget_stray_files": "they belong to nothing that could be named",
    "ideas.domain.publishing.return_to_queue": "the case that is open again is the fact",
    "ideas.domain.importing.import_ideas": "it did not happen here",
    "ideas.domain.exposure.note_exposure": "reading is counted, not told",
    "ideas.domain.exposure.note_exposures": "the same",
    "ideas.domain.exposure.count_exposures": "a counter, computed from the rows",
    "ideas.domain.exposure.count_talk": "the same",
    "ideas.domain.rechecking.recheck_times": "what was recorded decides what is stored",
    "ideas.domain.once.insert_once": "a part of voting and following, which record",
    "ideas.domain.promise.start_promise": "a part of handing in, which records",
    "ideas.domain.promise.pause_promise": "a part of asking for changes, which records",
    "ideas.domain.promise.resume_promise": "a part of handing in and withdrawing, which record",
    "ideas.domain.promise.forget_pause": "a part of undoing a decision, which records",
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
    "crowdhub.inbox.domain.muting.mute": "what somebody does not want to hear of is nobody's business",
    "crowdhub.inbox.domain.muting.unmute": "the same",
    "crowdhub.inbox.domain.notifying.notify": "notifications are made of events, and each names its own",
    "crowdhub.inbox.domain.notifying.notify_invited": "the same",
    "crowdhub.inbox.domain.notifying.notify_reported": "the same",
    "crowdhub.inbox.domain.notifying.take_back": "the same",
    "crowdhub.inbox.domain.notifying.forget_uninvited": "the same",
    "crowdhub.inbox.domain.notifying.settle_hidden": "the same",
    "crowdhub.inbox.domain.digests.claim_digests": "the digest's row is the record",
    "crowdhub.inbox.domain.sending.send_digests": "the same",
}
# Reads, sums and locks that stand beside the writes.
READS = {
    "crowdhub.inbox.domain.digests.database_time",
    "crowdhub.inbox.domain.digests.hold_claims",
    "challenges.domain.audience.audience_differs",
    "challenges.domain.audience.clauses_for",
    "challenges.domain.launching.problems_of",
    "challenges.domain.phases.changed_phases",
    "challenges.domain.phases.checked_dates",
    "challenges.domain.phases.checked_moment",
    "challenges.domain.phases.problems_of_order",
    "crowdhub.api.tokens.digest_of",
    "crowdhub.api.tokens.find_token",
    "crowdhub.api.tokens.tokens_of",
    "crowdhub.api.tokens.usable_tokens",
    "crowdhub.people.domain.bulk.is_outdated",
    "crowdhub.people.domain.bulk.may_do",
    "crowdhub.people.domain.exporting.csv_lines",
    "crowdhub.people.domain.exporting.write_workbook",
    "crowdhub.people.domain.importing.csv_of_problems",
    "crowdhub.people.domain.importing.plan_file",
    "crowdhub.people.domain.importing.plan_of",
    "crowdhub.people.domain.importing.progress_of",
    "crowdhub.people.domain.roles.ensure_administrator_besides",
    "crowdhub.people.domain.roles.forget_roles",
    "crowdhub.people.domain.settings.ensure_unseen",
    "crowdhub.people.domain.settings.latest_version",
    "crowdhub.people.domain.settings.lock_settings",
    "crowdhub.people.domain.structure.depth_of",
    "crowdhub.reports.domain.freezing.rows_to_show",
    "crowdhub.reports.domain.running.exports_left",
    "ideas.domain.locking.lock",
    "ideas.domain.locking.hold",
    "ideas.domain.locking.lock_comment",
    "ideas.domain.answering.possible_outcomes",
    "ideas.domain.answering.why_not_to_answer",
    "ideas.domain.teams.check_can_be_added",
    "ideas.domain.quotas.ensure_room_for_draft",
    "ideas.domain.quotas.ensure_room_for_file",
    "ideas.domain.quotas.has_room_for_draft",
    "ideas.domain.quotas.room_for_files",
    "ideas.domain.writing.check_changeable",
    "ideas.domain.writing.check_lengths",
    "ideas.domain.exposure.wrong_seen_counts",
    "ideas.domain.exposure.wrong_talk_counts",
    "ideas.domain.writing.is_contributor",
    "moderation.domain.claiming.held_by_another",
    "rewards.domain.booking.first_idea_spells",
    "rewards.domain.standings.wrong_standings",
    "crowdhub.inbox.domain.digests.digest_day",
    "crowdhub.inbox.domain.digests.is_digest_time",
}
# Modules that write nothing at all.
PURE = (
    "challenges.domain.emptiness",
    "challenges.domain.locks",
    "crowdhub.people.domain.import_file",
    "crowdhub.people.domain.import_plan",
    "crowdhub.people.domain.import_preview",
    "crowdhub.people.domain.keeping",
    "rewards.domain.earning",
    "rewards.domain.facts",
)


@dataclass(frozen=True)
class Function:
    """What a function calls: names, and the functions of the domains that these names stand for."""

    called: frozenset[str]
    calls: frozenset[str]


def modules() -> Iterator[str]:
    """Yield the modules that write for the domains: all in packages named `domain`, and a few that stand alone."""
    for package in sorted(path for top in TOP for path in (ROOT / top).rglob("domain") if path.is_dir()):
        name = ".".join(package.relative_to(ROOT).parts)
        for found in pkgutil.iter_modules([str(package)], f"{name}."):
            if not found.name.startswith(PURE):
                yield found.name
    yield from ALONE


def functions() -> dict[str, Function]:
    return {name: function for module in modules() for name, function in _functions_of(module)}


def _functions_of(module: str) -> Iterator[tuple[str, Function]]:
    tree = ast.parse(inspect.getsource(importlib.import_module(module)))
    known = {node.name: f"{module}.{node.name}" for node in tree.body if isinstance(node, ast.FunctionDef)}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom):
            known |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            called = frozenset(_called_in(node))
            yield known[node.name], Function(called, frozenset(known[name] for name in called & known.keys()))


def _called_in(function: ast.FunctionDef) -> Iterator[str]:
    for node in ast.walk(function):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield node.func.id
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in RECORD:
            yield node.func.attr


def silent_functions() -> list[str]:
    """Return the public functions that record nothing, neither themselves nor by another one that they call."""
    known = functions()
    return sorted(name for name in known if not _is_private(name) and not _records(name, known, frozenset()))


def _is_private(name: str) -> bool:
    return name.rpartition(".")[2].startswith("_")


def _records(name: str, known: dict[str, Function], seen: frozenset[str]) -> bool:
    function = known.get(name)
    if function is None:
        return False
    return bool(function.called & RECORD) or any(
        _records(inner, known, seen | {name}) for inner in function.calls - seen
    )


def test_every_write_is_recorded_or_has_a_reason_not_to_be():
    assert sorted(set(silent_functions()) - SILENT.keys() - READS) == []


@pytest.mark.parametrize("names", [SILENT.keys(), READS])
def test_the_lists_name_what_there_is(names):
    assert sorted(set(names) - set(silent_functions())) == []


def test_every_domain_is_read():
    assert {module.partition(".domain")[0] for module in modules()} == {
        "challenges",
        "ideas",
        "moderation",
        "rewards",
        "crowdhub.people",
        "crowdhub.inbox",
        "crowdhub.reports",
        "crowdhub.pages",
        "crowdhub.api.tokens",
    }
