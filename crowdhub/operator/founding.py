"""How an organization comes to be: with a host, a first administrator and their invitation."""

from __future__ import annotations

import re
from typing import TypedDict, Unpack

from django.core.exceptions import ValidationError
from django.core.validators import validate_slug
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from crowdhub.common.errors import Refusal
from crowdhub.people.domain.directory import Entry, create_member
from crowdhub.people.domain.roles import grant_role
from crowdhub.people.enums import Role
from crowdhub.people.models import Member
from crowdhub.tenancy.context import tenant
from crowdhub.tenancy.hosts import forget_hosts
from crowdhub.tenancy.models import Domain, Organization

ONE_AT_A_TIME = 4_611_232  # the key of the lock that founders take, chosen at random
HOST = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)(\.(?!-)[a-z0-9-]{1,63}(?<!-))*")


class SlugTaken(Refusal):
    message = _("There is already an organization with this slug.")


class BadSlug(Refusal):
    message = _("A slug has letters, digits and hyphens only, at most 40.")


class HostTaken(Refusal):
    message = _("This host already leads to an organization.")


class BadHost(Refusal):
    message = _("This is not a host name.")


class OperatorExists(Refusal):
    message = _("There is already an organization of operators.")


class OrganizationFields(TypedDict, total=False):
    """How an organization looks and reckons; what is left out is as the model has it."""

    language: str
    timezone: str
    holiday_region: str
    accent_colour: str


def found_organization(
    slug: str,
    name: str,
    host: str,
    *,
    administrator: Entry,
    is_operator: bool = False,
    invite: bool = True,
    **fields: Unpack[OrganizationFields],
) -> tuple[Organization, Member]:
    """Create an organization with its canonical host and its first administrator, who is invited unless told not to.

    Raises SlugTaken, BadSlug, HostTaken, BadHost, OperatorExists, and what create_member raises. For operators, from
    the command line; the first of an installation may be founded by whoever has its set-up code.
    """
    host = host.strip().lower().rstrip(".")
    organization = Organization(slug=slug, name=name, is_operator=is_operator, **fields)
    with transaction.atomic():
        wait_for_other_founders()
        _check(slug, host, is_operator=is_operator)
        organization.pk = _next_id()
        with tenant(organization):
            organization.save(force_insert=True)
            Domain.objects.create(host=host, organization=organization, is_canonical=True)
            member = create_member(organization, administrator, actor=None, invite=invite)
            grant_role(member, Role.ADMINISTRATOR, actor=None)
    forget_hosts()
    return organization, member


def wait_for_other_founders() -> None:
    """Let whoever founds at the same time finish first: what is checked next holds until the commit."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [ONE_AT_A_TIME])


def _check(slug: str, host: str, *, is_operator: bool) -> None:
    try:
        validate_slug(slug)
    except ValidationError as error:
        raise BadSlug from error
    if len(slug) > 40:
        raise BadSlug
    if not HOST.fullmatch(host) or len(host) > 253:
        raise BadHost
    everywhere = Organization.objects.using("operator")
    if everywhere.filter(slug=slug).exists():
        raise SlugTaken
    if is_operator and everywhere.filter(is_operator=True).exists():
        raise OperatorExists
    if Domain.objects.filter(host=host).exists():
        raise HostTaken


def _next_id() -> int:
    """Draw the id before the row: a row may only be written by the organization that it is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('tenancy_organization', 'id'))")
        return int(cursor.fetchone()[0])
