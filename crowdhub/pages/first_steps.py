"""The steps from an empty organization to its first challenge, each done or not as the data says."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Exists, OuterRef, Subquery
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from challenges.enums import ChallengeState
from challenges.models import Challenge
from crowdhub.people.domain.importing import UNDER_WAY
from crowdhub.people.enums import ImportState, Role
from crowdhub.people.models import Member, MemberImport, RoleGrant, Skill
from crowdhub.people.rules import is_administrator
from crowdhub.tenancy.context import current_organization
from crowdhub.tenancy.models import Organization

Facts = dict[str, Any]
# An import that an administrator has begun and that is not at its end.
BEGUN = (*UNDER_WAY, ImportState.PREVIEW)


@dataclass(frozen=True)
class Step:
    """One thing to do: whether it is done, where to do it, and that something was begun there and left."""

    label: str | Promise
    why: str | Promise
    url: str
    action: str | Promise
    is_done: bool
    is_next: bool = False
    begun: str | Promise = ""


def first_steps(member: Member) -> list[Step]:
    """Return the steps in their order, of which the first that is not done is the next one. Takes one query."""
    return steps_of(facts_of(member, step_facts(member)))


def steps_of(facts: Facts) -> list[Step]:
    """Return the same for whoever has asked for `step_facts` already."""
    steps = [_people(facts), _skills(facts), _moderator(facts), _challenge(facts)]
    undone = next((number for number, step in enumerate(steps) if not step.is_done), None)
    return [replace(step, is_next=number == undone) for number, step in enumerate(steps)]


def has_first_steps_on_home(member: Member) -> bool:
    """Tell whether home shows the member the steps: to administrators, until somebody hid them."""
    return bool(is_administrator(member)) and current_organization().first_steps_hidden_at is None


def facts_of(member: Member, wanted: Facts) -> Facts:
    """Ask for what is wanted of the member's organization, whatever that is, in one query."""
    facts: Facts = Organization.objects.filter(pk=member.organization_id).annotate(**wanted).values(*wanted).get()
    return facts


def step_facts(member: Member) -> Facts:
    """Return what the steps want to know of the organization."""
    there = Member.objects.filter(is_active=True, erased_at=None)
    granted = RoleGrant.objects.filter(member=OuterRef("pk"))
    moderating = RoleGrant.objects.filter(role=Role.MODERATOR, member__is_active=True, member__erased_at=None)
    imports = MemberImport.objects.filter(state__in=BEGUN).order_by("-pk").values("public_id")
    mine = Challenge.objects.filter(state=ChallengeState.DRAFT, managers__member=member)
    return {
        # Those who look after the organization are not the ones that it asks.
        "has_people": Exists(there.exclude(Exists(granted))),
        "has_skills": Exists(Skill.objects.all()),
        "has_moderator": Exists(moderating),
        "has_challenge": Exists(Challenge.objects.exclude(state=ChallengeState.DRAFT)),
        "import_id": Subquery(imports[:1]),
        "draft_id": Subquery(mine.order_by("-pk").values("public_id")[:1]),
    }


def _people(facts: Facts) -> Step:
    is_done, begun = bool(facts["has_people"]), facts["import_id"]
    url = reverse("people:import", args=[begun]) if begun and not is_done else reverse("people:imports")
    return Step(
        label=_("Import people"),
        why=_("From a CSV file with names and e-mail addresses. You see what would change before anything does."),
        url=reverse("people:list") if is_done else url,
        action=_("See the people") if is_done else _("Continue") if begun else _("Import people"),
        is_done=is_done,
        begun=_("A file is uploaded and waits for you.") if begun and not is_done else "",
    )


def _skills(facts: Facts) -> Step:
    is_done = bool(facts["has_skills"])
    return Step(
        label=_("Name skills"),
        why=_("What people can do, so that challenges reach those who know. Ten words are a good beginning."),
        url=reverse("people:skills" if is_done else "pages:name-skills"),
        action=_("See the skills") if is_done else _("Name skills"),
        is_done=is_done,
    )


def _moderator(facts: Facts) -> Step:
    is_done = bool(facts["has_moderator"])
    return Step(
        label=_("Invite a moderator"),
        why=_("Somebody who reads every idea before others see it, and gives reasons. It may be you."),
        url=reverse("people:roles" if is_done else "pages:invite-moderator"),
        action=_("See who holds which role") if is_done else _("Invite a moderator"),
        is_done=is_done,
    )


def _challenge(facts: Facts) -> Step:
    is_done, draft = bool(facts["has_challenge"]), facts["draft_id"]
    url = reverse("challenges:edit", args=[draft]) if draft and not is_done else reverse("challenges:templates")
    return Step(
        label=_("Launch a first challenge"),
        why=_("Choose one of four templates, make it yours, say until when, and launch it."),
        url=f"{reverse('challenges:list')}?show=open" if is_done else url,
        action=_("See the challenges") if is_done else _("Continue") if draft else _("Choose a template"),
        is_done=is_done,
        begun=_("Your draft is saved.") if draft and not is_done else "",
    )
