"""Print, as JSON, seconds to invite everyone of the large organization, and seconds of the bare INSERT ... SELECT."""

from __future__ import annotations

import json
import time

import django

django.setup()

from django.db import connection, transaction
from django.utils import timezone

from challenges.models import Challenge, ChallengeManager, Invitation
from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.activity.registry import consumer_named
from crowdhub.people.models import Member
from crowdhub.tenancy.context import tenant
from crowdhub.tenancy.models import Domain, Organization

BARE = """
    INSERT INTO challenges_invitation (organization_id, challenge_id, member_id, reason, created_at)
    SELECT organization_id, %s, id, '[["everyone"]]'::jsonb, now() FROM people_member WHERE organization_id = %s
"""
ROUNDS = 3


def measure() -> dict[str, object]:
    launches, bares, invited = [], [], 0
    for _round in range(ROUNDS):
        for times, work in ((launches, launch), (bares, bare)):
            with transaction.atomic():
                challenge = new_challenge()
                began = time.perf_counter()
                work(challenge)
                connection.check_constraints()  # deferred keys are checked at commit: part of both
                times.append(time.perf_counter() - began)
                invited = Invitation.objects.filter(challenge=challenge).count()
                transaction.set_rollback(True)
    return {"launch": launches, "bare": bares, "invited": invited}


def new_challenge() -> Challenge:
    manager = Member.objects.get(email="manager@big.example")
    challenge = Challenge.objects.create(
        organization=manager.organization,
        title="Measured",
        objective="To measure.",
        success_measure="Seconds.",
        state="launched",
        everyone=True,
        created_by=manager,
        launched_at=timezone.now(),
    )
    ChallengeManager.objects.create(organization=manager.organization, challenge=challenge, member=manager)
    return challenge


def launch(challenge: Challenge) -> None:
    event = record(Verb.CHALLENGE_LAUNCHED, subject=challenge, actor=challenge.created_by)
    consumer_named("challenges.invite")([event])


def bare(challenge: Challenge) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BARE, [challenge.pk, challenge.organization_id])


if __name__ == "__main__":
    domain = Domain.objects.get(host="big.localhost")
    with tenant(Organization(pk=domain.organization_id)):
        print(json.dumps(measure()))
