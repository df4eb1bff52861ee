from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils import timezone

from crowdhub.inbox.domain.digests import claim_digests, is_digest_time
from crowdhub.inbox.domain.sending import BATCH, send_digests
from crowdhub.people.models import Member
from crowdhub.tenancy.commands import add_organization, chosen_organization
from crowdhub.tenancy.context import tenant


class Command(BaseCommand):
    help = "Send the digests of an organization that are due today. Nobody gets a second one on the same day."

    def add_arguments(self, parser: ArgumentParser) -> None:
        add_organization(parser)
        parser.add_argument("--to", metavar="EMAIL", help="only to this member")
        parser.add_argument("--now", action="store_true", help="whatever hour and day it is there")

    def handle(self, *args: Any, **options: Any) -> None:
        organization = chosen_organization(options["organization"])
        now = timezone.now()
        with tenant(organization):
            if not options["now"] and not is_digest_time(organization, now):
                raise CommandError("Digests go out from 07:00 to 10:00 on working days; use --now to send them anyway.")
            with transaction.atomic():
                members = Member.objects.all()
                if options["to"]:
                    members = members.filter(email__iexact=options["to"])
                    if not members.exists():
                        raise CommandError(f"Nobody in {organization.slug} has the address {options['to']}.")
                ids = claim_digests(organization, now=now, members=members)
            sent = sum(
                send_digests(organization, ids[start : start + BATCH], now=now) for start in range(0, len(ids), BATCH)
            )
        self.stdout.write(f"{sent} sent, {len(ids) - sent} had nothing to say or were refused.")
