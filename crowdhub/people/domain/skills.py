"""What members can do: their own word, and its confirmation by others.

A confirmed level that its member raises stays confirmed, and what is above it is their own word (`claimed_level`)
until somebody confirms that as well. So nobody loses a confirmation by being honest about having learned, and
nobody lets himself into anything.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crowdhub.common.errors import About, Refusal
from crowdhub.people.enums import SkillLevel, SkillSource
from crowdhub.people.facts import Fact, announce
from crowdhub.people.models import Member, MemberSkill, Skill
from crowdhub.people.rules import is_hr

MAX_SKILLS = 60  # of one member; a list that is longer says nothing any more


class TooManySkills(Refusal):
    message = _("That is more than 60 skills. Remove one that matters less first.")


class SkillNotStated(Refusal):
    message = _("This skill is no longer on the list.")


class OwnSkill(Refusal):
    about = About.WHO_ASKS
    message = _("Nobody confirms their own skills.")


class WrongLevel(Refusal):
    about = About.INPUT
    message = _("A level is a number from 1 to 5.")


@transaction.atomic
def state_skill(member: Member, skill: Skill, level: int, *, now: datetime | None = None) -> MemberSkill:
    """Note at which level (1 to 5) a member says to have a skill. For the member alone.

    Up to the confirmed level the confirmation holds, above it this is the member's own word.
    Raises TooManySkills, WrongLevel.
    """
    _check_level(level)
    _lock(member)
    stated: MemberSkill | None = MemberSkill.objects.filter(member=member, skill=skill).first()
    if stated is None:
        if MemberSkill.objects.filter(member=member).count() >= MAX_SKILLS:
            raise TooManySkills
        stated = MemberSkill(organization_id=member.organization_id, member=member, skill=skill, level=level)
    elif stated.stated_level == level:
        return stated
    elif stated.is_confirmed and level > stated.level:
        stated.claimed_level = level
    else:
        stated.level, stated.claimed_level = level, None
    stated.updated_at = now or timezone.now()
    stated.save()
    announce(Fact.SKILLS_CHANGED, member, actor=member, data={"skills": [skill.pk]})
    return stated


@transaction.atomic
def remove_skill(member: Member, skill: Skill) -> None:
    """Take a skill off the member's list, confirmed or not. For the member alone. Raises SkillNotStated."""
    _lock(member)
    deleted, _rows = MemberSkill.objects.filter(member=member, skill=skill).delete()
    if not deleted:
        raise SkillNotStated
    announce(Fact.SKILLS_CHANGED, member, actor=member, data={"skills": [skill.pk]})


@transaction.atomic
def confirm_skill(
    person: Member, skill: Skill, level: int, *, actor: Member, now: datetime | None = None
) -> MemberSkill:
    """Confirm that a person has a skill that they state, at a level; a claim above that level stays a claim.

    For HR, and for the person's manager. Raises OwnSkill, SkillNotStated, WrongLevel.
    """
    _check_level(level)
    if actor.pk == person.pk:
        raise OwnSkill
    stated: MemberSkill | None = MemberSkill.objects.select_for_update().filter(member=person, skill=skill).first()
    if stated is None:
        raise SkillNotStated
    claim = stated.stated_level
    stated.level = level
    stated.claimed_level = claim if claim > level else None
    stated.source = SkillSource.HR if is_hr(actor) else SkillSource.MANAGER
    stated.updated_at = now or timezone.now()
    stated.save()
    announce(Fact.SKILLS_CHANGED, person, actor=actor, data={"skills": [skill.pk]})
    return stated


def _check_level(level: int) -> None:
    if level not in SkillLevel.values:
        raise WrongLevel


def _lock(member: Member) -> None:
    """Let one change of a member's list wait for the other."""
    Member.objects.select_for_update(of=("self",)).filter(pk=member.pk).values_list("pk").first()
