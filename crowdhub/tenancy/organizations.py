"""All organizations, seen from outside of any.

The application's role sees an organization only while it is open, so that neither their list nor a slug can be asked
for. Domain is the one tenant table that can be read before: it says which organizations there are. One without a host
is not among them, and nobody could reach it either.
"""

from __future__ import annotations

from collections.abc import Iterator

from django.db import transaction

from crowdhub.tenancy.context import tenant
from crowdhub.tenancy.models import Domain, Organization


def organization_ids() -> list[int]:
    """Return the ids of all organizations, the oldest first."""
    return list(Domain.objects.order_by("organization_id").values_list("organization_id", flat=True).distinct())


def every_organization() -> Iterator[Organization]:
    """Yield every organization, the oldest first, each read from inside; none is open while the caller has it."""
    for organization_id in organization_ids():
        with tenant(Organization(pk=organization_id)), transaction.atomic():
            organization = Organization.objects.get(pk=organization_id)
        yield organization


def organization_named(slug: str) -> Organization | None:
    """Return the organization with this slug, or None; it looks into one after the other."""
    return next((organization for organization in every_organization() if organization.slug == slug), None)
