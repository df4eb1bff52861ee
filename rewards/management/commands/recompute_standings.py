from __future__ import annotations

from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from crowdhub.tenancy.commands import add_organization, chosen_organization
from crowdhub.tenancy.context import tenant
from crowdhub.tenancy.models import Organization
from crowdhub.tenancy.organizations import every_organization
from rewards.domain.recomputing import Differences, recompute


class Command(BaseCommand):
    help = "Compute ledger, standings, and counts and times of ideas again from events and rows; report differences."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_organization(parser, nargs="?")
        parser.add_argument("--all", action="store_true", help="every organization")
        parser.add_argument("--fix", action="store_true", help="add what is missing and set the others right")

    def handle(self, *args: Any, **options: Any) -> None:
        slug, everyone = options["organization"], options["all"]
        if bool(slug) == everyone:
            raise CommandError("Name one organization by its slug, or give --all.")
        chosen = every_organization() if everyone else [chosen_organization(slug)]
        wrong = [self._check(organization, fix=options["fix"]) for organization in chosen]
        if any(wrong):
            raise CommandError("There are differences that were not put right.")

    def _check(self, organization: Organization, *, fix: bool) -> bool:
        """Report on one organization and return whether differences remain."""
        with tenant(organization):
            found = recompute(organization, fix=fix)
        for line in _lines(found, fixed=fix):
            self.stdout.write(f"{organization.slug}: {line}")
        return bool(found.unexplained) or (bool(found) and not fix)


def _lines(found: Differences, *, fixed: bool) -> Iterator[str]:
    if not found:
        yield "no differences"
    done = " (added)" if fixed else ""
    for entry in found.missing:
        yield f"missing: {entry.points:+d} {entry.kind} for member {entry.member_id} by event {entry.event_id}{done}"
    for entry in found.unexplained:
        yield f"no event explains entry {entry.pk}: {entry.points:+d} for member {entry.member_id}"
    done = " (set)" if fixed else ""
    for member, stored, due in found.standings:
        yield f"standing of member {member} is {stored}, its ledger gives {due}{done}"
    for idea, stored, due in found.seen_counts:
        yield f"idea {idea} counts as seen by {stored}, its exposures give {due}{done}"
    for idea, stored, due in found.talk_counts:
        yield f"idea {idea} counts as talked about by {stored}, its comments give {due}{done}"
    for wrong in found.times:
        stored_at, due_at = _moment(wrong.stored), _moment(wrong.due)
        yield f"idea {wrong.idea_id} has {wrong.field} {stored_at}, what it went through gives {due_at}{done}"


def _moment(at: datetime | None) -> str:
    return "none" if at is None else at.astimezone(UTC).isoformat()
