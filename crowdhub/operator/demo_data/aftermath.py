"""What the workers would have done since: points, notifications, an export, and an outbox that is empty by now."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event, OutboxRow
from crowdhub.activity.registry import consumer_named, consumers_of
from crowdhub.inbox.enums import Frequency
from crowdhub.inbox.models import Digest, Preference
from crowdhub.operator.demo_data.world import Person, World
from crowdhub.people.enums import Role
from crowdhub.reports.domain.exports import download_export, request_export
from crowdhub.reports.domain.running import run_export
from crowdhub.reports.enums import ExportFormat, ExportKind
from crowdhub.reports.models import Export
from crowdhub.reports.months import last_full_month
from rewards.domain.booking import book
from rewards.domain.facts import Scope
from rewards.domain.standings import lock_standings
from rewards.models import Standing

LISTED_SHARE = 0.55  # of those who have points: who wants to be on the leaderboard
FREQUENCIES = {Frequency.WEEKLY: 0.45, Frequency.NEVER: 0.3}  # the others have a digest on every working day
UNREAD_FOR = timedelta(days=10)
REPORTED_DAYS = 150

# Nobody's last visit is before something that they did.
_VISITED: Final = """
    UPDATE people_member
    SET last_visit_at = greatest(last_visit_at, acted.at), last_login = greatest(last_login, acted.at)
    FROM (SELECT actor_id, max(occurred_at) AS at FROM activity_event GROUP BY actor_id) acted
    WHERE acted.actor_id = people_member.id AND people_member.organization_id = %(organization)s
"""
# Notifications came when what they tell of happened, and not all of them today.
_WRITTEN: Final = """
    UPDATE inbox_notification SET written_at = created_at WHERE organization_id = %(organization)s
"""
# What was there at somebody's last visit has been read, and so has everything older.
_READ: Final = """
    UPDATE inbox_notification SET read_at =
        CASE WHEN inbox_notification.created_at < %(since)s
            THEN inbox_notification.created_at + (1 + inbox_notification.id %% 30) * interval '1 hour'
            ELSE member.last_visit_at END
    FROM people_member member
    WHERE member.id = inbox_notification.member_id AND inbox_notification.organization_id = %(organization)s
        AND inbox_notification.created_at < greatest(%(since)s, member.last_visit_at)
"""
# Whoever signs in as one of the cast finds something new, whenever that person's last visit happened to be.
_NEWS_FOR_THE_CAST: Final = """
    UPDATE inbox_notification SET read_at = NULL FROM (
        SELECT member_id, max(id) AS latest FROM inbox_notification
        WHERE reason <> 'invited' AND created_at > %(since)s GROUP BY member_id
    ) news
    WHERE inbox_notification.id = news.latest AND news.member_id = ANY(%(cast)s)
        AND inbox_notification.organization_id = %(organization)s
"""


def finish(world: World) -> None:
    """Bring everything that follows from events up to date, and leave the workers nothing to do."""
    book(world.organization, Scope())
    _opt_in(world)
    _notify(world)
    _choose_digests(world)
    _export(world)
    close_outbox()


def close_outbox() -> None:
    """Close every row of the open organization: what they would have led to is there."""
    OutboxRow.objects.filter(done_at=None).update(done_at=timezone.now())
    # Every event has asked for a nudge of the workers after the commit; there is nothing left to nudge them for.
    connection.run_on_commit.clear()


def _opt_in(world: World) -> None:
    with_points = set(Standing.objects.filter(points__gt=0).values_list("member_id", flat=True))
    listed = [
        person.member.pk
        for person in world.people
        if person.member.pk in with_points and (person.cast or world.random.random() < LISTED_SHARE)
    ]
    lock_standings(world.organization, listed)
    Standing.objects.filter(member__in=listed).update(is_listed=True)


def _notify(world: World) -> None:
    verbs = [verb for verb in Verb if "inbox" in consumers_of(verb)]
    consumer_named("inbox")(list(Event.objects.filter(verb__in=verbs).order_by("pk")))
    parameters: dict[str, Any] = {"organization": world.organization.pk, "since": world.clock.now - UNREAD_FOR}
    with connection.cursor() as cursor:
        cursor.execute(_WRITTEN, parameters)
        cursor.execute(_VISITED, parameters)
        cursor.execute(_READ, parameters)
        cursor.execute(_NEWS_FOR_THE_CAST, parameters | {"cast": [one.member.pk for one in world.people if one.cast]})


def _choose_digests(world: World) -> None:
    """Let most people have few mails and, outside of the cast, the past digest: nobody is told old news."""
    others = [person for person in world.people if not person.cast]
    chosen = {person: _frequency(world) for person in others}
    sent_at = world.clock.at(-1, 7)
    Preference.objects.bulk_create(
        Preference(organization=world.organization, member=person.member, digest=frequency, updated_at=sent_at)
        for person, frequency in chosen.items()
        if frequency is not None
    )
    Digest.objects.bulk_create(
        Digest(
            organization=world.organization,
            member=person.member,
            day=sent_at.date(),
            covers_since=sent_at - timedelta(days=1),
            created_at=sent_at,
            sent_at=sent_at,
        )
        for person, frequency in chosen.items()
        if frequency != Frequency.NEVER
    )


def _frequency(world: World) -> Frequency | None:
    drawn = world.random.random()
    for frequency, share in FREQUENCIES.items():
        if drawn < share:
            return frequency
        drawn -= share
    return None


def _export(world: World) -> None:
    """Let HR have asked for a report and taken it, so that both are on record."""
    analyst = _holder_of(world, Role.HR)
    if analyst is None:
        return
    now = world.clock.now
    last_month = last_full_month(world.organization, now)
    export: Export = request_export(
        ExportKind.ENGAGEMENT,
        ExportFormat.XLSX,
        last_month - timedelta(days=REPORTED_DAYS),
        last_month,
        actor=analyst.member,
        now=now - timedelta(minutes=2),
    )
    run_export(world.organization, export.pk)
    export.refresh_from_db()
    download_export(export, actor=analyst.member)


def _holder_of(world: World, role: Role) -> Person | None:
    holders = {entry["key"] for entry in world.content["cast"] if role in entry["roles"]}
    return next((person for person in world.people if person.cast in holders), None)
