"""What people announces, and the socket that the layer above plugs its recorder into.

People must not import the layer that keeps events, so it names its own facts and is handed the function that records
them. A fact that nobody would record is an error: nothing happens unseen.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from django.db import models

from crowdhub.people.models import Member


class Fact(models.TextChoices):
    """What can happen to a member; the texts are those of the verbs that are stored."""

    INVITED = "member.invited"
    CHANGED = "member.changed"
    SKILLS_CHANGED = "member.skills_changed"
    ROLE_GRANTED = "role.granted"
    ROLE_REVOKED = "role.revoked"


class Recorder(Protocol):
    def __call__(
        self, fact: Fact, members: Sequence[Member], *, actor: Member | None, data: dict[str, Any]
    ) -> None: ...


_recorder: Recorder | None = None


def record_with(recorder: Recorder) -> None:
    """Say who records facts; called once, when the layer above is ready."""
    global _recorder
    _recorder = recorder


def announce(fact: Fact, *members: Member, actor: Member | None, data: dict[str, Any] | None = None) -> None:
    """Record that the same thing happened to each of these members, in the caller's transaction.

    `data` holds ids and codes only: no text, no names.
    """
    if _recorder is None:
        raise RuntimeError("Nobody records what people announces.")
    _recorder(fact, members, actor=actor, data=data or {})
