"""What people announces, and the socket that the layer above plugs its recorder into.

People must not import the layer that keeps events, so it names its own facts and is handed what records
them. A fact that nobody would record is an error: nothing happens unseen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from django.db import models

from crowdhub.people.models import Member
from crowdhub.tenancy.models import Organization


class Fact(models.TextChoices):
    """What can happen to a member; the texts are those of the verbs that are stored."""

    INVITED = "member.invited"
    PASSWORD_LINK_ASKED = "member.password_link_asked"  # noqa: S105  a fact, not a secret
    CHANGED = "member.changed"
    IMPORT_UPLOADED = "member.import_uploaded"  # about the administrator; data names the import
    IMPORT_CONFIRMED = "member.import_confirmed"  # likewise
    IMPORT_DISCARDED = "member.import_discarded"  # likewise: the file was deleted unused
    BULK_CONFIRMED = "member.bulk_confirmed"  # about the administrator; data names the change
    BULK_CONTINUED = "member.bulk_continued"  # likewise: the next batch of it is due
    BULK_STOPPED = "member.bulk_stopped"  # about whoever asked for it; data says how it ended, and how many were done
    EXPORTED = "member.exported"  # about whoever took the list of people away; data says what it held
    SKILLS_CHANGED = "member.skills_changed"
    # Departments, locations, skills and groups are no members: these are about the administrator who did it, and data
    # names the kind and the id of the thing.
    STRUCTURE_ADDED = "structure.added"
    STRUCTURE_RENAMED = "structure.renamed"
    STRUCTURE_DELETED = "structure.deleted"
    GROUP_JOINED = "group.joined"  # data names the group
    GROUP_LEFT = "group.left"  # likewise
    SETTINGS_CHANGED = "settings.changed"  # about the administrator who did it; data names the version and the settings
    ROLE_GRANTED = "role.granted"
    ROLE_REVOKED = "role.revoked"


class Recorder(Protocol):
    """Writes down facts, for one member or for many at once."""

    def one(self, fact: Fact, member: Member, *, actor: Member | None, data: dict[str, Any]) -> None: ...

    def nobody(self, fact: Fact) -> None: ...

    def many(
        self,
        fact: Fact,
        member_ids: Sequence[int],
        *,
        organization: Organization,
        actor: Member | None,
        data: dict[str, Any],
    ) -> None: ...


_recorder: Recorder | None = None


def record_with(recorder: Recorder) -> None:
    """Say who records facts; called once, when the layer above is ready."""
    global _recorder
    _recorder = recorder


def announce(fact: Fact, member: Member, *, actor: Member | None, data: dict[str, Any] | None = None) -> None:
    """Record what happened to a member, in the caller's transaction.

    `data` holds ids and codes only: no text, no names.
    """
    _chosen().one(fact, member, actor=actor, data=data or {})


def announce_of_nobody(fact: Fact) -> None:
    """Take the time that `announce` takes, and record nothing: it must not tell whether there is such a member."""
    _chosen().nobody(fact)


def announce_for_many(
    fact: Fact, member_ids: Sequence[int], *, organization: Organization, actor: Member | None, data: dict[str, Any]
) -> None:
    """Record that the same thing happened to each of these members, by few statements however many they are."""
    if member_ids:
        _chosen().many(fact, member_ids, organization=organization, actor=actor, data=data)


def _chosen() -> Recorder:
    if _recorder is None:
        raise RuntimeError("Nobody records what people announces.")
    return _recorder
