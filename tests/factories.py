"""Objects for tests. Each function makes what it names and nothing that a reader would not expect."""

from __future__ import annotations

import itertools
import struct
import zlib
from datetime import timedelta
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from challenges.enums import ChallengeState, PhaseKind, Visibility
from challenges.models import Challenge, ChallengeManager, ChallengeModerator, Invitation, Phase
from crowdhub.people.enums import Role, SkillSource
from crowdhub.people.models import Department, Member, MemberSkill, RoleGrant, Skill
from crowdhub.tenancy.context import current_organization, tenant
from crowdhub.tenancy.models import Domain, Organization
from ideas.enums import IdeaState
from ideas.models import Comment, Contributor, Idea

_numbers = itertools.count(1)


def organization(slug: str, **fields: Any) -> Organization:
    """Make an organization with its canonical domain <slug>.localhost."""
    with connection.cursor() as cursor:
        cursor.execute("select nextval(pg_get_serial_sequence('tenancy_organization', 'id'))")
        new = Organization(pk=cursor.fetchone()[0], slug=slug, name=slug.capitalize(), **fields)
    with tenant(new), transaction.atomic():
        new.save(force_insert=True)
        Domain.objects.create(host=f"{slug}.localhost", organization=new, is_canonical=True)
    return new


def png(width: int = 3, height: int = 2, *, text: str = "") -> bytes:
    """Return a whole picture, black, in whose comment the text stands."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    lines = (b"\0" + bytes((width + 7) // 8)) * height
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    comment = chunk(b"tEXt", b"Comment\0" + text.encode()) if text else b""
    pixels = chunk(b"IDAT", zlib.compress(lines))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + comment + pixels + chunk(b"IEND", b"")


def department(name: str, parent: Department | None = None) -> Department:
    new = Department.objects.create(organization=current_organization(), name=name, parent=parent)
    new.path = f"{parent.path if parent else '/'}{new.pk}/"
    new.save(update_fields=["path"])
    return new


def skill(name: str) -> Skill:
    return Skill.objects.create(organization=current_organization(), name=name)


def member(name: str = "", **fields: Any) -> Member:
    """Make an active employee; the password is unusable."""
    new = unsaved_member(name, **fields)
    new.save()
    return new


def unsaved_member(name: str = "", **fields: Any) -> Member:
    number = next(_numbers)
    organization = current_organization()
    name = name or f"Member {number}"
    local_part = name.lower().replace(" ", ".")
    fields.setdefault("email", f"{local_part}{'' if local_part.isalpha() else number}@{organization.slug}.example")
    new = Member(organization=organization, name=name, **fields)
    new.set_unusable_password()
    return new


def grant(to: Member, role: Role) -> None:
    RoleGrant.objects.create(organization=to.organization, member=to, role=role)


def has_skill(member: Member, skill: Skill, level: int = 3, source: SkillSource = SkillSource.IMPORT) -> MemberSkill:
    return MemberSkill.objects.create(
        organization=member.organization, member=member, skill=skill, level=level, source=source
    )


def challenge(manager: Member, **fields: Any) -> Challenge:
    """Make a launched challenge that everyone sees, in which submission and voting are open now.

    Whoever manages it gets the role for it, unless they have it.
    """
    if not manager.roles & {Role.MANAGER, Role.ADMINISTRATOR}:
        grant(manager, Role.MANAGER)
        manager.__dict__.pop("roles", None)
    fields.setdefault("title", f"Challenge {next(_numbers)}")
    fields.setdefault("state", ChallengeState.LAUNCHED)
    fields.setdefault("visibility", Visibility.ORGANIZATION)
    fields.setdefault("objective", "Save energy.")
    fields.setdefault("success_measure", "Five per cent less.")
    fields.setdefault("launched_at", timezone.now())
    new = Challenge.objects.create(organization=manager.organization, created_by=manager, **fields)
    ChallengeManager.objects.create(organization=manager.organization, challenge=new, member=manager)
    for kind in PhaseKind:
        phase(new, kind)
    return new


def moderator(challenge: Challenge, member: Member) -> ChallengeModerator:
    """Make somebody moderator of this challenge and no other."""
    return ChallengeModerator.objects.create(organization=challenge.organization, challenge=challenge, member=member)


def phase(challenge: Challenge, kind: PhaseKind, *, starts_in: int = -1, ends_in: int = 20) -> Phase:
    """Make or move a phase; days from now."""
    now = timezone.now()
    return Phase.objects.update_or_create(
        challenge=challenge,
        kind=kind,
        defaults={
            "organization": challenge.organization,
            "starts_at": now + timedelta(days=starts_in),
            "ends_at": now + timedelta(days=ends_in),
        },
    )[0]


def invitation(challenge: Challenge, member: Member) -> Invitation:
    return Invitation.objects.create(
        organization=challenge.organization, challenge=challenge, member=member, reason=[["everyone"]]
    )


def idea(challenge: Challenge, author: Member, *, state: IdeaState = IdeaState.PUBLISHED, **fields: Any) -> Idea:
    """Make an idea without any event, case or notification; use the domain calls for those."""
    fields.setdefault("title", f"Idea {next(_numbers)}")
    fields.setdefault("body", "Turn it off at night.")
    fields.setdefault("body_html", "<p>Turn it off at night.</p>")
    if state != IdeaState.DRAFT:
        fields.setdefault("submitted_at", timezone.now())
        fields.setdefault("revision_number", 1)
    if state == IdeaState.PUBLISHED:
        fields.setdefault("published_at", timezone.now())
    new = Idea.objects.create(organization=challenge.organization, challenge=challenge, state=state, **fields)
    Contributor.objects.create(organization=challenge.organization, idea=new, member=author)
    return new


def comment(idea: Idea, author: Member, *, parent: Comment | None = None, body: str = "Good point.") -> Comment:
    return Comment.objects.create(
        organization=idea.organization, idea=idea, author=author, parent=parent, body=body, body_html=f"<p>{body}</p>"
    )
