"""Print, as JSON, the seconds that a launch takes in the large organization, and those of the bare INSERT ... SELECT.

For each audience: from the manager's click until the workers have invited it (`launch`), the same rows by one bare
statement (`bare`), and how long it then takes until everyone has it in the inbox (`told`).
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import django

django.setup()

from django.db import connection, transaction
from django.utils import timezone

from challenges.domain.audience import AudienceChoice, set_audience
from challenges.domain.drafting import create_challenge, set_dates
from challenges.domain.launching import launch_challenge
from challenges.enums import PhaseKind
from challenges.models import Challenge, Invitation
from challenges.queries import newest_terms
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.activity.registry import consumer_named
from crowdhub.people.models import Department, Location, Member, Skill
from crowdhub.tenancy.context import tenant
from crowdhub.tenancy.models import Domain, Organization

BARE = """
    INSERT INTO challenges_invitation (organization_id, challenge_id, member_id, reason, created_at)
    SELECT organization_id, %s, id, '[["everyone"]]'::jsonb, now() FROM people_member WHERE id IN (
        SELECT member_id FROM challenges_invitation WHERE challenge_id = %s)
"""
ROUNDS = 3


def measure() -> dict[str, dict[str, object]]:
    return {name: measure_audience(choice) for name, choice in audiences().items()}


@transaction.atomic
def audiences() -> dict[str, AudienceChoice]:
    first, second = Skill.objects.order_by("pk")[:2]
    places = tuple(Location.objects.order_by("pk")[:6])
    departments = tuple(Department.objects.exclude(parent=None).order_by("pk")[:10])
    return {
        "everyone": AudienceChoice(everyone=True),
        "two skills in ten departments or at six sites": AudienceChoice(
            skills=((first, 1), (second, 2)), departments=departments, locations=places
        ),
    }


def measure_audience(choice: AudienceChoice) -> dict[str, object]:
    """Launch a challenge and write the same invitations to a second one, over and over; nothing of it stays."""
    found: dict[str, list[float]] = {"launch": [], "bare": [], "told": []}
    invited = 0
    for _round in range(ROUNDS):
        with transaction.atomic():
            challenge, other = new_draft(choice), new_draft(choice)
            with timed(found["launch"]):
                launch(challenge)
            with timed(found["bare"]):
                bare(other, like=challenge)
            with timed(found["told"]):
                tell(challenge)
            invited = Invitation.objects.filter(challenge=challenge).count()
            if Invitation.objects.filter(challenge=other).count() != invited:
                raise RuntimeError("The bare statement wrote something else.")
            transaction.set_rollback(True)
    return {**found, "invited": invited}


@contextmanager
def timed(seconds: list[float]) -> Iterator[None]:
    began = time.perf_counter()
    yield
    connection.check_constraints()  # deferred keys are checked at commit: part of everything
    seconds.append(time.perf_counter() - began)


def new_draft(choice: AudienceChoice) -> Challenge:
    manager, now = Member.objects.get(email="manager@big.example"), timezone.now()
    challenge = create_challenge(
        actor=manager,
        title="Measured",
        objective="To measure.",
        success_measure="Seconds.",
        answer_within_days=20,
        terms=newest_terms(),
    )
    phases = {
        kind: (now + timedelta(days=first), now + timedelta(days=last))
        for kind, first, last in ((PhaseKind.SUBMISSION, 1, 10), (PhaseKind.VOTING, 1, 10), (PhaseKind.REVIEW, 10, 20))
    }
    set_dates(challenge, actor=manager, dates=phases)
    set_audience(challenge, actor=manager, choice=choice)
    return challenge


def launch(challenge: Challenge) -> None:
    launch_challenge(challenge, actor=challenge.created_by)
    consume(challenge, Verb.CHALLENGE_LAUNCHED, consumer_named("challenges.invite"))


def tell(challenge: Challenge) -> None:
    consume(challenge, Verb.CHALLENGE_INVITED, consumer_named("inbox"))


def consume(challenge: Challenge, verb: Verb, consumer: Callable[[list[Event]], object]) -> None:
    consumer(list(Event.objects.filter(challenge=challenge, verb=verb)))


def bare(challenge: Challenge, *, like: Challenge) -> None:
    with connection.cursor() as cursor:
        cursor.execute(BARE, [challenge.pk, like.pk])


if __name__ == "__main__":
    domain = Domain.objects.get(host="big.localhost")
    with tenant(Organization(pk=domain.organization_id)):
        print(json.dumps(measure()))
