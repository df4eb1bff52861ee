"""What the workers would have done since: points, notifications, and the outbox that is empty by now."""

from __future__ import annotations

from django.db import connection
from django.utils import timezone

from crowdhub.activity.models import OutboxRow
from crowdhub.operator.demo_data.world import World
from rewards.domain.recomputing import recompute
from rewards.domain.standings import lock_standings
from rewards.models import Standing

LISTED_SHARE = 0.55  # of those who have points: who wants to be on the leaderboard


def finish(world: World) -> None:
    """Bring everything that follows from events up to date, and leave the workers nothing to do."""
    recompute(world.organization, fix=True)
    _opt_in(world)
    close_outbox()


def _opt_in(world: World) -> None:
    with_points = set(Standing.objects.filter(points__gt=0).values_list("member_id", flat=True))
    listed = [
        person.member.pk
        for person in world.people
        if person.member.pk in with_points and (person.cast or world.random.random() < LISTED_SHARE)
    ]
    lock_standings(world.organization, listed)
    Standing.objects.filter(member__in=listed).update(is_listed=True)


def close_outbox() -> None:
    OutboxRow.objects.filter(done_at=None).update(done_at=timezone.now())
    # Every event has asked for a nudge of the workers after the commit; there is nothing left to nudge them for.
    connection.run_on_commit.clear()
