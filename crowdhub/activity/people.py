"""Joins people, which stands below and cannot call, to the record of events."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from crowdhub.activity.domain import nudge_on_commit, record, record_for_members
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.activity.registry import after_commit
from crowdhub.people.domain import bulk, importing, joining
from crowdhub.people.facts import Fact, record_with
from crowdhub.people.models import Member
from crowdhub.tenancy.models import Organization


class EventRecorder:
    """Writes an event for each member to whom something happened."""

    def one(self, fact: Fact, member: Member, *, actor: Member | None, data: dict[str, Any]) -> None:
        record(Verb(fact.value), subject=member, actor=actor, data=data)

    def nobody(self, fact: Fact) -> None:
        # The same statements about somebody else, undone, and the same call of the broker after the commit.
        if somebody := Member.objects.order_by("pk").first():
            with transaction.atomic():
                record(Verb(fact.value), subject=somebody, actor=None)
                transaction.set_rollback(True)
        nudge_on_commit()

    def many(
        self,
        fact: Fact,
        member_ids: Sequence[int],
        *,
        organization: Organization,
        actor: Member | None,
        data: dict[str, Any],
    ) -> None:
        record_for_members(Verb(fact.value), member_ids, organization=organization, actor=actor, data=data)


record_with(EventRecorder())


@after_commit("invitation_mail", Verb.MEMBER_INVITED)
def mail_invitations(events: list[Event]) -> None:
    """Mail the link to those who were invited to join; a mail may come twice, never not at all."""
    joining.mail_invitations(_latest_of_each(events))


@after_commit("password_mail", Verb.MEMBER_PASSWORD_LINK_ASKED)
def mail_password_links(events: list[Event]) -> None:
    """Mail a link to a new password to those who asked for one; a mail may come twice, never not at all."""
    joining.mail_password_links(_latest_of_each(events))


@after_commit("member_import_reading", Verb.MEMBER_IMPORT_UPLOADED)
def read_imports(events: list[Event]) -> None:
    """Read files of members that were uploaded; one that was read or discarded meanwhile is left alone."""
    for event in events:
        importing.read_import(event.data["import"])


@after_commit("member_import", Verb.MEMBER_IMPORT_CONFIRMED)
def import_members(events: list[Event]) -> None:
    """Do imports that were confirmed; one that is refused says why on its page, and one that was done is left alone."""
    for event in events:
        importing.finish_import(event.data["import"])


@after_commit("member_bulk", Verb.MEMBER_BULK_CONFIRMED, Verb.MEMBER_BULK_CONTINUED)
def work_off_bulk_changes(events: list[Event]) -> None:
    """Do the next batch of changes of many people; one that is over or was stopped is left alone."""
    for event in events:
        bulk.work_off(event.data["bulk"])


def _latest_of_each(events: list[Event]) -> dict[int, int]:
    """Return the id of each member whom these events are about, and of the latest event about them."""
    ids = sorted((event.pk, event.member_id) for event in events if event.member_id is not None)
    return {member_id: event_id for event_id, member_id in ids}
