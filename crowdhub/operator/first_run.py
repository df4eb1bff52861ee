"""The first visitor of an empty installation founds its organization, with the code that its launcher printed."""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from typing import Unpack

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.common.errors import Refusal
from crowdhub.operator.founding import HOST, OrganizationFields, found_organization, wait_for_other_founders
from crowdhub.people.domain.directory import Entry
from crowdhub.people.models import Member
from crowdhub.tenancy.context import tenant
from crowdhub.tenancy.hosts import forget_hosts
from crowdhub.tenancy.models import Domain, Organization


class WrongCode(Refusal):
    message = _("This is not the set-up code. You find it in the console where CrowdHub was started.")


class AlreadyFounded(Refusal):
    message = _("Somebody has created the organization in the meantime.")


class WeakPassword(Refusal):
    """A password that the validators of the settings refuse, in their words."""


@dataclass(frozen=True, kw_only=True)
class Founder:
    """The first administrator, who needs no invitation because they choose their password at once."""

    name: str
    email: str
    password: str


def is_founded() -> bool:
    """Tell whether the installation has an organization; each has a host, which is seen without a tenant."""
    return Domain.objects.exists()


def code_is_right(code: str) -> bool:
    """Compare with the set-up code in constant time; case, spaces and hyphens do not count."""
    expected = _bare(settings.SETUP_CODE)
    return bool(expected) and hmac.compare_digest(_bare(code).encode(), expected.encode())


def found_first_organization(
    name: str, host: str, *, code: str, founder: Founder, came_by: str = "", **fields: Unpack[OrganizationFields]
) -> tuple[Organization, Member]:
    """Create the organization of an empty installation, with a first administrator who can sign in.

    `came_by` is the host name of the visit; where it is not the organization's, it goes on leading there, so that
    nobody is locked out by a web address that does not work yet. Raises WrongCode, AlreadyFounded, WeakPassword, and
    what found_organization raises.
    """
    if not code_is_right(code):
        raise WrongCode(field="code")
    _check_password(founder)
    entry = Entry(name=founder.name, email=founder.email, language=fields.get("language", settings.LANGUAGE_CODE))
    with transaction.atomic():
        wait_for_other_founders()
        if is_founded():
            raise AlreadyFounded
        organization, member = found_organization(
            _slug_of(name), name, host, administrator=entry, invite=False, **fields
        )
        with tenant(organization):
            _lead_here_too(organization, came_by)
            member.set_password(founder.password)
            member.save(update_fields=["password"])
            record(Verb.ORGANIZATION_FOUNDED, subject=member, actor=member)
    forget_hosts()
    return organization, member


def _bare(code: str) -> str:
    return "".join(character for character in code.lower() if character.isalnum())


def _slug_of(name: str) -> str:
    return slugify(name)[:40].strip("-") or "organization"


def _lead_here_too(organization: Organization, host: str) -> None:
    host = host.lower().rstrip(".")
    if HOST.fullmatch(host) and not Domain.objects.filter(host=host).exists():
        Domain.objects.create(host=host, organization=organization)


def _check_password(founder: Founder) -> None:
    try:
        validate_password(founder.password, Member(name=founder.name, email=founder.email))
    except ValidationError as error:
        raise WeakPassword(" ".join(error.messages), field="password") from error
