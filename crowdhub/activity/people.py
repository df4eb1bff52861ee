"""Joins people, which stands below and cannot call, to the record of events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from crowdhub.activity.domain import record, record_for_each
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.activity.registry import after_commit
from crowdhub.people.domain import joining
from crowdhub.people.facts import Fact, record_with
from crowdhub.people.models import Member


def record_fact(fact: Fact, members: Sequence[Member], *, actor: Member | None, data: dict[str, Any]) -> None:
    """Write an event for each member to whom it happened."""
    verb = Verb(fact.value)
    if len(members) == 1:
        record(verb, subject=members[0], actor=actor, data=data)
    else:
        record_for_each(verb, subjects=members, actor=actor, data=data)


record_with(record_fact)


@after_commit("invitation_mail", Verb.MEMBER_INVITED)
def mail_invitations(events: list[Event]) -> None:
    """Mail the link to those who were invited to join; a mail may come twice, never not at all."""
    joining.mail_invitations({event.member_id for event in events if event.member_id is not None})
