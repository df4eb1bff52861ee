"""How management commands are told for which organization they are."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import CommandError

from crowdhub.tenancy.models import Organization
from crowdhub.tenancy.organizations import organization_named


def add_organization(parser: ArgumentParser, **options: Any) -> None:
    """Add the argument "organization", which the command hands to `chosen_organization`."""
    parser.add_argument("organization", help="the organization's slug, such as acme", **options)


def chosen_organization(slug: str) -> Organization:
    """Return the organization that was named; raises CommandError."""
    organization = organization_named(slug)
    if organization is None:
        raise CommandError(f"There is no organization {slug!r}.")
    return organization
