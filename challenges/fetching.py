"""Permission is the fetch: not visible is 404, visible but not allowed is 403 with the reason."""

from __future__ import annotations

from django.db.models import OuterRef
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from challenges import rules
from challenges.models import Challenge, ChallengeManager, Phase
from challenges.queries import challenges_visible_to
from crowdhub.common.http import refuse_unless
from crowdhub.common.nested import attach, rows_of
from crowdhub.people.models import Member
from crowdhub.people.request import member_of


def visible_challenge(request: HttpRequest, public_id: str) -> tuple[Member, Challenge]:
    """Return the signed-in member and a challenge that they may know of, with its managers and phases; 404 otherwise.

    Takes one query.
    """
    member = member_of(request)
    managers = ChallengeManager.objects.filter(challenge=OuterRef("pk")).order_by("pk")
    phases = Phase.objects.filter(challenge=OuterRef("pk")).order_by("starts_at", "ends_at")
    visible = challenges_visible_to(member).annotate(
        manager_rows=rows_of(managers, "id", "member_id", "part", "member__id", "member__is_active"),
        phase_rows=rows_of(phases, "id", "challenge_id", "kind", "starts_at", "ends_at"),
    )
    challenge = get_object_or_404(visible.select_related("terms"), public_id=public_id)
    attach(challenge, "managers", challenge.manager_rows)  # type: ignore[attr-defined]  # annotated above
    attach(challenge, "phases", challenge.phase_rows)  # type: ignore[attr-defined]
    return member, challenge


def managed_challenge(request: HttpRequest, public_id: str) -> tuple[Member, Challenge]:
    """Return the signed-in member and a challenge that they manage; 404 unless visible, 403 unless theirs."""
    member, challenge = visible_challenge(request, public_id)
    refuse_unless(rules.edit_challenge, member, challenge, rules.WHO_MANAGES)
    return member, challenge
