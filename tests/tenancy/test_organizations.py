"""All organizations, as the application's role finds them while none is open."""

from __future__ import annotations

from crowdhub.tenancy.context import current_organization_id
from crowdhub.tenancy.models import Domain
from crowdhub.tenancy.organizations import every_organization, organization_ids, organization_named


def test_an_organization_with_two_hosts_is_one(cast):
    Domain.objects.create(host="second.acme.localhost", organization=cast.acme)

    assert organization_ids() == sorted([cast.acme.pk, cast.globex.pk])


def test_each_is_read_from_inside_and_handed_over_outside(cast):
    found = [(organization.name, current_organization_id()) for organization in every_organization()]

    assert found == [("Acme", None), ("Globex", None)]


def test_an_organization_is_found_by_its_slug(cast):
    assert organization_named("globex") == cast.globex
    assert organization_named("initech") is None
