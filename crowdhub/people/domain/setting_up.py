"""What the first administrator of an organization does by the handful: name its skills, and bring in a moderator."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crowdhub.common.errors import Refusal
from crowdhub.people.domain.directory import Entry, create_member
from crowdhub.people.domain.joining import invite_member
from crowdhub.people.domain.roles import grant_role
from crowdhub.people.domain.structure import create_named
from crowdhub.people.enums import Role
from crowdhub.people.models import Member, Skill
from crowdhub.tenancy.context import current_organization

MOST_SKILLS = 200  # at once; a longer list comes from the file that people are imported from
LONGEST_NAME = 120


class NoSkills(Refusal):
    message = _("Write at least one skill.")


class TooManyNames(Refusal):
    message = _("These are more than 200 skills. Import them with the people who have them.")


class NameTooLong(Refusal):
    message = _("A name of a skill has at most 120 characters. Write each skill on a line of its own.")


class NoNameForAddress(Refusal):
    message = _("Nobody in the directory has this address yet, so a name is needed.")


@transaction.atomic
def name_skills(names: Iterable[str], *, actor: Member) -> list[Skill]:
    """Add skills to the organization's list and return those that are new; one that is there already stays as it is.

    For administrators. Raises NoSkills, TooManyNames, NameTooLong.
    """
    wanted = {" ".join(name.split()).lower(): " ".join(name.split()) for name in names if name.strip()}
    if not wanted:
        raise NoSkills(field="names")
    if len(wanted) > MOST_SKILLS:
        raise TooManyNames(field="names")
    if any(len(name) > LONGEST_NAME for name in wanted.values()):
        raise NameTooLong(field="names")
    present = {name.lower() for name in Skill.objects.values_list("name", flat=True)}
    new = [name for key, name in wanted.items() if key not in present]
    return [create_named(Skill, current_organization(), name, actor=actor) for name in new]


@transaction.atomic
def invite_moderator(email: str, name: str, *, actor: Member) -> Member:
    """Give the role of a moderator to whoever has this address, and invite them if they have not signed in yet.

    Who is not in the directory is added, under this name. For administrators. Raises NoNameForAddress, BadAddress,
    NotActive.
    """
    member: Member | None = Member.objects.filter(email__iexact=email.strip(), erased_at=None).first()
    if member is None:
        if not name.strip():
            raise NoNameForAddress(field="name")
        organization = current_organization()
        member = create_member(organization, Entry(name=name, email=email, language=organization.language), actor=actor)
    grant_role(member, Role.MODERATOR, actor=actor)
    if member.last_login is None:
        invite_member(member, actor=actor)
    return member
