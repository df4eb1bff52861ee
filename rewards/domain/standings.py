"""Standings: the sum of each member's ledger, and whether they want to be on the board."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.common.errors import Refusal
from crowdhub.people.models import Member
from crowdhub.tenancy.models import Organization
from rewards.models import LedgerEntry, Standing
from rewards.rules import has_leaderboard


class NoLeaderboard(Refusal):
    message = _("There is no leaderboard here: your organization has switched it off.")


def lock_standings(organization: Organization, members: Collection[int]) -> None:
    """Keep others from booking for these members until the commit; makes the standings that do not exist yet."""
    ordered = sorted(members)
    Standing.objects.bulk_create(
        [Standing(organization=organization, member_id=member) for member in ordered],
        ignore_conflicts=True,
        batch_size=5000,
    )
    # In one order, so that two bookings never wait for each other.
    locked = Standing.objects.select_for_update(of=("self",)).filter(member__in=ordered).order_by("member_id")
    list(locked.values_list("pk", flat=True))


def wrong_standings() -> QuerySet[Any]:
    """Return the standings that differ from the sum of their ledger, which is `due`."""
    entries = LedgerEntry.objects.filter(member=OuterRef("member")).order_by().values("member")
    total = Subquery(entries.annotate(total=Sum("points")).values("total"))
    return Standing.objects.annotate(due=Coalesce(total, 0)).exclude(points=F("due"))


def sum_up(members: Collection[int]) -> None:
    """Set the standings of members to the sum of their ledger, in one statement."""
    wrong = wrong_standings().filter(member__in=members)
    wrong.update(points=F("due"), updated_at=timezone.now())


def choose_listing(member: Member, *, listed: bool) -> bool:
    """Put oneself on the leaderboard, or take oneself off it; returns whether that changed anything.

    Whoever wants to leave always can. Raises NoLeaderboard.
    """
    if listed and not has_leaderboard(member):
        raise NoLeaderboard
    with transaction.atomic():
        lock_standings(member.organization, [member.pk])
        changed = Standing.objects.filter(member=member, is_listed=not listed).update(is_listed=listed)
        if changed:
            record(Verb.MEMBER_CHANGED, subject=member, actor=member, data={"fields": ["is_listed"]})
    return bool(changed)
