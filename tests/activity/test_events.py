"""What an event holds: one subject, and the department in which its actor was then."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from crowdhub.activity.domain import record, record_for_members
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from tests import factories


def note_one(cast) -> None:
    record(Verb.MEMBER_CHANGED, subject=cast.ed, actor=cast.alice)


def note_many(cast) -> None:
    record_for_members(Verb.MEMBER_CHANGED, [cast.ed.pk], organization=cast.acme, actor=cast.alice)


@pytest.mark.parametrize("note", [note_one, note_many])
def test_an_event_keeps_its_version_and_where_its_actor_was(in_acme, note):
    note(in_acme)
    in_acme.alice.department = in_acme.sales
    in_acme.alice.save()
    note(in_acme)

    before, after = Event.objects.order_by("pk")
    assert (before.version, before.actor_department) == (1, in_acme.assembly)
    assert (after.version, after.actor_department) == (1, in_acme.sales)


@pytest.mark.parametrize("subjects", [(), ("challenge", "member")])
def test_an_event_is_about_one_thing(in_acme, subjects):
    things: dict[str, Any] = {"challenge": factories.challenge(in_acme.carol), "member": in_acme.ed}

    with pytest.raises(IntegrityError, match="event_one_subject"), transaction.atomic():
        Event.objects.create(
            organization=in_acme.acme, verb=Verb.MEMBER_CHANGED, **{name: things[name] for name in subjects}
        )
