from __future__ import annotations

from argparse import ArgumentParser
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from challenges.rules import may_manage
from crowdhub.people.enums import Role
from crowdhub.people.models import Member
from crowdhub.tenancy.commands import add_organization, chosen_organization
from crowdhub.tenancy.context import tenant
from ideas.domain.importing import ImportedChallenge, import_ideas
from ideas.imports.mapping import TARGETS, Mapping, MappingError, read_mapping
from ideas.imports.rows import Rows, read_rows


class Command(BaseCommand):
    help = (
        "Load proposals and their threaded comments from CSV files into an organization, as a challenge of their own. "
        "Loading the same source again adds what is new to that challenge. A challenge that was made in another way is "
        "left alone, even one with the same title."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_organization(parser)
        parser.add_argument("--mapping", type=Path, required=True, help="see docs/examples/decide-madrid-mapping.csv")
        parser.add_argument("--proposals", type=Path, required=True)
        parser.add_argument("--comments", type=Path, required=True)
        parser.add_argument(
            "--manager",
            help="e-mail of who manages the new challenge (the first challenge manager if none); one that an earlier "
            "import has made keeps its managers",
        )
        parser.add_argument("--skip-bad", action="store_true", help="import the good rows although others are bad")

    def handle(self, *args: Any, **options: Any) -> None:
        organization = chosen_organization(options["organization"])
        with tenant(organization), transaction.atomic():
            manager = _manager(options["manager"])
            try:
                mapping = read_mapping(_lines(options["mapping"]))
            except MappingError as error:
                raise CommandError(f"{options['mapping']}: {error}") from error
            rows = read_rows(
                _lines(options["proposals"]), _lines(options["comments"]), mapping, timezone=organization.timezone
            )
            self._report(rows)
            if rows.problems and not options["skip_bad"]:
                raise CommandError(f"Nothing was imported: {len(rows.problems)} bad rows. --skip-bad leaves them out.")
            done = import_ideas(_about(mapping), rows, manager=manager)
            keeps_managers = not done.is_new and not done.challenge.managers.filter(member=manager).exists()
        if options["manager"] and keeps_managers:
            self.stderr.write(
                f"{options['manager']} was not made a manager: the challenge of the earlier import keeps those it has."
            )
        kind = "a new challenge" if done.is_new else "the challenge of an earlier import"
        self.stdout.write(
            f"{done.challenge.title} ({kind}): {done.ideas} ideas, {done.comments} comments and {done.members} authors "
            f"added; {len(rows.problems)} bad rows left out."
        )

    def _report(self, rows: Rows) -> None:
        for problem in rows.problems:
            self.stderr.write(f"{problem.file}, line {problem.line}: {problem.reason}")


def _lines(path: Path) -> StringIO:
    try:
        return StringIO(path.read_text(encoding="utf-8-sig"), newline="")
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise CommandError(f"{path}, line {line}: this is not UTF-8.") from error


def _manager(email: str | None) -> Member:
    if email:
        found: Member | None = Member.objects.filter(email__iexact=email).first()
    else:
        found = Member.objects.filter(grants__role=Role.MANAGER, is_active=True).order_by("pk").first()
    if found is None or not may_manage(found):
        raise CommandError("Nobody was found who could manage the challenge: name somebody with --manager.")
    return found


def _about(mapping: Mapping) -> ImportedChallenge:
    told = {target: mapping.value("challenge", target, {}) for target in TARGETS["challenge"]}
    return ImportedChallenge(**{name: value for name, value in told.items() if value})
