"""Writing ideas that were collected elsewhere, as a challenge with its discussion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from django.contrib.auth.hashers import make_password
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from challenges.enums import ChallengeState, PhaseKind, Visibility
from challenges.models import Challenge, ChallengeManager, Phase
from crowdhub.common.text import render_markdown
from crowdhub.people.enums import Kind
from crowdhub.people.models import Member
from ideas.domain.exposure import count_talk
from ideas.enums import IdeaState
from ideas.imports.rows import Record, Rows
from ideas.models import Comment, Contributor, Idea, Revision

NAMESPACE: Final = UUID("5a0f3c1e-7a54-4d0c-9b67-2f6f0f2f5d11")  # of the UUIDs that are made from ids of a source
OPEN_FOR: Final = timedelta(days=90)  # how long what was imported can be discussed and answered
BATCH: Final = 1000


@dataclass(frozen=True)
class ImportedChallenge:
    """The challenge that the ideas are imported into. `source` names where they come from, and keeps ids apart."""

    source: str
    title: str
    objective: str = ""
    success_measure: str = ""
    language: str = "en"


@dataclass(frozen=True)
class Imported:
    """What an import has added; what was there already is not counted.

    is_new: whether the challenge was made by this import, and not by one before.
    """

    challenge: Challenge
    is_new: bool
    members: int
    ideas: int
    comments: int


def import_ideas(about: ImportedChallenge, rows: Rows, *, manager: Member, now: datetime | None = None) -> Imported:
    """Write the records as published ideas with comments, in one transaction; a second time adds only what is new.

    They go into the challenge of an earlier import, which keeps its managers, or else into a new one of this manager's,
    never into one that was made in another way, whatever its title.
    The authors become members who cannot sign in. Nothing is recorded as an event: it did not happen here, so nobody
    gets points or notifications for it.
    """
    now = now or timezone.now()
    with transaction.atomic():
        _one_at_a_time(manager.organization_id, about.source)
        before = _challenge_before(about, rows)
        challenge = before or _new_challenge(about, rows, manager, now)
        import_ = _Import(about.source, challenge)
        everyone = [*rows.proposals.values(), *rows.comments.values()]
        members = import_.add_members(everyone)
        ideas = import_.add_ideas(rows.proposals)
        comments = import_.add_comments(rows.comments)
        count_talk()
    return Imported(challenge, before is None, members=members, ideas=ideas, comments=comments)


class _Import:
    """The ids of what is there, by the ids of the source."""

    def __init__(self, source: str, challenge: Challenge) -> None:
        self.source = source
        self.challenge = challenge
        self.organization_id = challenge.organization_id
        self.members: dict[str, int] = {}
        self.ideas: dict[str, int] = {}
        self.comments: dict[str, int] = {}

    def uuid(self, kind: str, external_id: str) -> UUID:
        return _uuid(self.source, kind, external_id)

    def email(self, author: str) -> str:
        # .invalid can never receive mail; the UUID keeps odd ids out of the address.
        return f"{self.uuid('author', author).hex}@import.invalid"

    def add_members(self, records: Iterable[Record]) -> int:
        names = {record.author: record.author_name for record in records}
        emails = {self.email(author): author for author in names}
        there = dict(Member.objects.filter(email__in=emails).values_list("email", "pk"))
        new = [self._member(email, names[author]) for email, author in emails.items() if email not in there]
        made = Member.objects.bulk_create(new, batch_size=BATCH)
        there |= {member.email: member.pk for member in made}
        self.members = {author: there[email] for email, author in emails.items()}
        return len(new)

    def _member(self, email: str, name: str) -> Member:
        return Member(
            organization_id=self.organization_id,
            login=f"{self.organization_id}:{email}",
            email=email,
            name=name,
            kind=Kind.GUEST,
            is_active=False,
            password=make_password(None),
        )

    def add_ideas(self, records: dict[str, Record]) -> int:
        uuids = {self.uuid("idea", external_id): external_id for external_id in records}
        there = dict(Idea.objects.filter(client_uuid__in=uuids).values_list("client_uuid", "pk"))
        new = [uuid for uuid in uuids if uuid not in there]
        made = Idea.objects.bulk_create([self._idea(uuid, records[uuids[uuid]]) for uuid in new], batch_size=BATCH)
        self._add_authors_and_revisions(made, [records[uuids[uuid]] for uuid in new])
        there |= {idea.client_uuid: idea.pk for idea in made}
        self.ideas = {external_id: there[uuid] for uuid, external_id in uuids.items()}
        return len(new)

    def _idea(self, uuid: UUID, record: Record) -> Idea:
        return Idea(
            organization_id=self.organization_id,
            challenge=self.challenge,
            state=IdeaState.PUBLISHED,
            title=record.title,
            body=record.body,
            body_html=render_markdown(record.body),
            language=record.language,
            revision_number=1,
            client_uuid=uuid,
            created_at=record.created_at,
            saved_at=record.created_at,
            submitted_at=record.created_at,
            published_at=record.created_at,
        )

    def _add_authors_and_revisions(self, ideas: list[Idea], records: list[Record]) -> None:
        pairs = list(zip(ideas, records, strict=True))
        Contributor.objects.bulk_create(
            Contributor(organization_id=self.organization_id, idea=idea, member_id=self.members[record.author])
            for idea, record in pairs
        )
        Revision.objects.bulk_create(
            Revision(
                organization_id=self.organization_id,
                idea=idea,
                number=1,
                title=record.title,
                body=record.body,
                author_id=self.members[record.author],
                created_at=record.created_at,
            )
            for idea, record in pairs
        )

    def add_comments(self, records: dict[str, Record]) -> int:
        uuids = {external_id: self.uuid("comment", external_id) for external_id in records}
        there = dict(Comment.objects.filter(client_uuid__in=uuids.values()).values_list("client_uuid", "pk"))
        self.comments = {external_id: there[uuid] for external_id, uuid in uuids.items() if uuid in there}
        new = [record for external_id, record in records.items() if external_id not in self.comments]
        for generation in _generations(new, set(self.comments)):
            made = Comment.objects.bulk_create(
                [self._comment(uuids[record.id], record) for record in generation], batch_size=BATCH
            )
            self.comments |= {record.id: comment.pk for record, comment in zip(generation, made, strict=True)}
        return len(new)

    def _comment(self, uuid: UUID, record: Record) -> Comment:
        return Comment(
            organization_id=self.organization_id,
            idea_id=self.ideas[record.idea],
            parent_id=self.comments[record.parent] if record.parent else None,
            author_id=self.members[record.author],
            body=record.body,
            body_html=render_markdown(record.body),
            language=record.language,
            client_uuid=uuid,
            created_at=record.created_at,
        )


def _generations(records: list[Record], there: set[str]) -> Iterator[list[Record]]:
    """Yield comments whose parents are written already, then their answers, and so on."""
    while records:
        ready = [record for record in records if not record.parent or record.parent in there]
        yield ready
        there |= {record.id for record in ready}
        records = [record for record in records if record.id not in there]


def _one_at_a_time(organization_id: int, source: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"import {organization_id} {source}"])


def _uuid(source: str, kind: str, external_id: str) -> UUID:
    return uuid5(NAMESPACE, f"{source}/{kind}/{external_id}")


def _challenge_before(about: ImportedChallenge, rows: Rows) -> Challenge | None:
    """Return the challenge that an import before has made: for this source and title, or for any of these ideas."""
    marked = Challenge.objects.filter(client_uuid=_uuid(about.source, "challenge", about.title))
    # Of another title, or from when no challenge was marked; one that was not imported is launched after it is created.
    uuids = [_uuid(about.source, "idea", external_id) for external_id in rows.proposals]
    imported = Challenge.objects.filter(created_at=F("launched_at"), ideas__client_uuid__in=uuids)
    found: Challenge | None = marked.order_by("pk").first() or imported.order_by("pk").first()
    return found


def _new_challenge(about: ImportedChallenge, rows: Rows, manager: Member, now: datetime) -> Challenge:
    times = [record.created_at for record in (*rows.proposals.values(), *rows.comments.values())] or [now]
    texts = {"objective": about.objective, "success_measure": about.success_measure}
    challenge: Challenge = Challenge.objects.create(
        organization_id=manager.organization_id,
        title=about.title,
        language=about.language,
        state=ChallengeState.LAUNCHED,
        visibility=Visibility.ORGANIZATION,
        brief_html={name: render_markdown(text) for name, text in texts.items()},
        created_by=manager,
        client_uuid=_uuid(about.source, "challenge", about.title),
        created_at=min(times),
        launched_at=min(times),
        invited_at=min(times),
        **texts,
    )
    ChallengeManager.objects.create(organization_id=manager.organization_id, challenge=challenge, member=manager)
    last = max(times) + timedelta(days=1)
    for kind, starts_at, ends_at in (
        (PhaseKind.SUBMISSION, min(times), last),
        (PhaseKind.REVIEW, last, max(now, last) + OPEN_FOR),
    ):
        Phase.objects.create(
            organization_id=manager.organization_id,
            challenge=challenge,
            kind=kind,
            starts_at=starts_at,
            ends_at=ends_at,
        )
    return challenge
