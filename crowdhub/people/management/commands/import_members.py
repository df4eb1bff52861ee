from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction

from crowdhub.common.errors import Refusal
from crowdhub.people.domain.import_plan import Plan
from crowdhub.people.domain.import_writing import HasProblems, apply_plan
from crowdhub.people.domain.importing import plan_file
from crowdhub.tenancy.commands import add_organization, chosen_organization
from crowdhub.tenancy.context import tenant
from crowdhub.tenancy.models import Organization


class Command(BaseCommand):
    help = (
        "Import members into an organization from a CSV file (UTF-8; columns name, email and optionally department, "
        "location, skills, manager, language, kind). Every bad row is reported with its line; all rows or none."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        add_organization(parser)
        parser.add_argument("file", type=Path)
        parser.add_argument("--dry-run", action="store_true", help="say what would change and change nothing")
        parser.add_argument("--invite", action="store_true", help="send an invitation to every new member")

    def handle(self, *args: Any, organization: str, file: Path, dry_run: bool, invite: bool, **options: Any) -> None:
        chosen = chosen_organization(organization)
        try:
            content = file.read_bytes()
        except OSError as error:
            raise CommandError(str(error)) from error
        with tenant(chosen), transaction.atomic():
            self._import(chosen, content, dry_run=dry_run, invite=invite)

    def _import(self, organization: Organization, content: bytes, *, dry_run: bool, invite: bool) -> None:
        try:
            plan = plan_file(organization, content)
            self._say(plan)
            if plan.problems:
                raise HasProblems
            if not dry_run and not plan.changes_nothing:
                apply_plan(plan, organization, actor=None, invite=invite)
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        self.stdout.write("Nothing was changed." if dry_run or plan.changes_nothing else "Imported.")

    def _say(self, plan: Plan) -> None:
        for problem in plan.problems:
            self.stderr.write(
                f"line {problem.line}: {problem.column + ': ' if problem.column else ''}{problem.message}"
            )
        self.stdout.write(
            f"{len(plan.new)} new, {len(plan.changed)} changed, {plan.unchanged_count} unchanged; to be created: "
            f"{len(plan.departments)} departments, {len(plan.locations)} locations, {len(plan.skills)} skills."
        )
