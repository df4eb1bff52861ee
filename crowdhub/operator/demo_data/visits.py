"""Who came to look at a challenge, and what they saw, voted for and followed.

There are thousands of these, so they are written a day at a time, as the domain calls would have written them.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import partial
from typing import Final

from django.db import connection

from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.common.working_days import is_working_day
from crowdhub.operator.demo_data.challenges import ChallengeStory
from crowdhub.operator.demo_data.ideas import IdeaStory
from crowdhub.operator.demo_data.timeline import Timeline
from crowdhub.operator.demo_data.world import Person, World
from ideas.domain.exposure import count_exposures, count_talk
from ideas.models import Exposure, Follow, Vote

READERS, VOTERS = 0.35, 0.5  # shares of those who may, for a phase that is over
SEEN_AT_ONCE = 0.6  # of the ideas that are there
EAGERNESS = 0.85  # of voters: what an idea's popularity is multiplied by
FOLLOWERS = 0.03  # of those who see an idea
FIRST_HOUR, LAST_HOUR = 6, 19
MOST_AT_ONCE = 2_000  # rows in one INSERT

_SEEN_BY_COMMENTING: Final = """
    INSERT INTO ideas_exposure (organization_id, idea_id, member_id, created_at)
    SELECT comment.organization_id, comment.idea_id, comment.author_id, min(comment.created_at)
    FROM ideas_comment comment
    WHERE comment.organization_id = %s AND NOT EXISTS (
        SELECT FROM ideas_contributor author
        WHERE author.idea_id = comment.idea_id AND author.member_id = comment.author_id
    )
    GROUP BY 1, 2, 3
    ON CONFLICT (idea_id, member_id) DO UPDATE SET created_at = least(ideas_exposure.created_at, excluded.created_at)
"""
_INVITATIONS_SEEN: Final = """
    UPDATE challenges_invitation SET seen_at = came.first_at
    FROM (
        SELECT challenge_id, member_id, min(at) AS first_at FROM (
            SELECT idea.challenge_id, exposure.member_id, exposure.created_at AS at
            FROM ideas_exposure exposure JOIN ideas_idea idea ON idea.id = exposure.idea_id
            UNION ALL
            SELECT idea.challenge_id, author.member_id, idea.created_at
            FROM ideas_contributor author JOIN ideas_idea idea ON idea.id = author.idea_id
        ) visit GROUP BY challenge_id, member_id
    ) came
    WHERE came.challenge_id = challenges_invitation.challenge_id
        AND came.member_id = challenges_invitation.member_id AND challenges_invitation.organization_id = %s
"""


@dataclass
class Visit:
    """Somebody reads ideas of a challenge for a few minutes."""

    person: Person
    at: datetime
    seen: list[str] = field(default_factory=list)  # keys of ideas
    voted: list[str] = field(default_factory=list)
    followed: list[str] = field(default_factory=list)


def plan_visits(world: World, timeline: Timeline, challenge: ChallengeStory, ideas: list[IdeaStory]) -> None:
    """Plan visits to a challenge in its submission and its voting phase, as far as these have come."""
    dates = challenge.dates
    days: dict[date, list[Visit]] = defaultdict(list)
    followed: set[tuple[Person, str]] = set()
    for person in filter(challenge.admits, world.people):
        reading = _visit(world, dates.opens, dates.submissions_close, person, READERS)
        voting = _visit(world, dates.submissions_close, dates.voting_closes, person, VOTERS)
        for visit in filter(None, [reading, voting]):
            _read(world, visit, ideas, votes=visit is voting)
            visit.followed = [key for key in visit.followed if (person, key) not in followed]
            followed.update((person, key) for key in visit.followed)
            days[visit.at.date()].append(visit)
    for visits_of_day in days.values():
        latest = max(visit.at for visit in visits_of_day)
        timeline.add(latest, partial(_write, world, visits_of_day))


def finish_visits(world: World) -> None:
    """Note who saw ideas and invitations because of what they did there, and count who saw and talked about what."""
    with connection.cursor() as cursor:
        cursor.execute(_SEEN_BY_COMMENTING, [world.organization.pk])
        cursor.execute(_INVITATIONS_SEEN, [world.organization.pk])
    count_exposures()
    count_talk()


def _visit(world: World, begins: datetime, ends: datetime, person: Person, share: float) -> Visit | None:
    """Return the visit of somebody between two times, or None when they stay away or would come in the future."""
    random = world.random
    comes, moment = random.random() < share, begins + random.random() * (ends - begins)
    moment = moment.replace(hour=random.randint(FIRST_HOUR, LAST_HOUR), minute=random.randint(0, 59))
    if not comes or not is_working_day(moment.date(), world.clock.region):
        return None
    return Visit(person, moment) if begins < moment < min(ends, world.clock.now) else None


def _read(world: World, visit: Visit, ideas: list[IdeaStory], *, votes: bool) -> None:
    random = world.random
    for idea in ideas:
        if idea.published_at is None or idea.published_at >= visit.at:
            continue
        likes = votes and random.random() < idea.entry["popularity"] * EAGERNESS and not idea.is_by(visit.person)
        if likes or random.random() < SEEN_AT_ONCE:
            visit.seen.append(idea.key)
        if likes:
            visit.voted.append(idea.key)
        elif visit.seen[-1:] == [idea.key] and random.random() < FOLLOWERS:
            visit.followed.append(idea.key)


def _write(world: World, visits: list[Visit]) -> None:
    visits.sort(key=lambda visit: visit.at)
    Exposure.objects.bulk_create(
        (
            Exposure(
                organization=world.organization, idea=world.ideas[key], member=visit.person.member, created_at=visit.at
            )
            for visit in visits
            for key in visit.seen
        ),
        batch_size=MOST_AT_ONCE,
        ignore_conflicts=True,  # seen in both phases
    )
    _write_once(world, Vote, Verb.VOTE_CAST, [(visit, key) for visit in visits for key in visit.voted])
    _write_once(world, Follow, Verb.IDEA_FOLLOWED, [(visit, key) for visit in visits for key in visit.followed])


def _write_once(world: World, model: type[Vote | Follow], verb: Verb, chosen: list[tuple[Visit, str]]) -> None:
    """Write votes or follows with their events, as cast_vote and follow_idea do for one."""
    rows, events = [], []
    for visit, key in chosen:
        idea, member = world.ideas[key], visit.person.at(visit.at)
        rows.append(model(organization=world.organization, idea=idea, member=member, created_at=visit.at))
        events.append(
            Event(
                organization=world.organization,
                verb=verb,
                occurred_at=visit.at,
                actor=member,
                actor_department_id=member.department_id,
                idea=idea,
            )
        )
    model.objects.bulk_create(rows, batch_size=MOST_AT_ONCE)
    Event.objects.bulk_create(events, batch_size=MOST_AT_ONCE)
