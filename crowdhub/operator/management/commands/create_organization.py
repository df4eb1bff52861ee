from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from crowdhub.common.errors import Refusal
from crowdhub.operator.founding import found_organization
from crowdhub.people.domain.directory import Entry
from crowdhub.tenancy.hosts import organization_url


class Command(BaseCommand):
    help = "Create an organization with its host and its first administrator, who is invited by e-mail."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug")
        parser.add_argument("name")
        parser.add_argument("host", help="the canonical host, such as ideas.example.com")
        parser.add_argument("--admin-email", required=True)
        parser.add_argument("--admin-name", required=True)
        parser.add_argument("--language", default="en", choices=[code for code, _name in settings.LANGUAGES])
        parser.add_argument(
            "--operator", action="store_true", help="the one organization whose members operate this installation"
        )

    def handle(self, *args: Any, slug: str, name: str, host: str, **options: Any) -> None:
        administrator = Entry(name=options["admin_name"], email=options["admin_email"], language=options["language"])
        try:
            organization, member = found_organization(
                slug,
                name,
                host,
                administrator=administrator,
                is_operator=options["operator"],
                language=options["language"],
            )
        except Refusal as refusal:
            raise CommandError(str(refusal)) from refusal
        url = organization_url(organization.pk)
        self.stdout.write(f"{organization.name} is at {url}. An invitation is on its way to {member.email}.")
