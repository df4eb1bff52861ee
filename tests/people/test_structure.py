"""Whoever changes the structure of the organization, or their own settings, is on record."""

from __future__ import annotations

import pytest

from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.people.domain import directory, structure
from crowdhub.people.models import Department, Group, Location, Skill
from tests.harness.cast import Cast

DELETE = {
    Department: structure.delete_department,
    Location: structure.delete_location,
    Skill: structure.delete_skill,
    Group: structure.delete_group,
}


@pytest.mark.parametrize("kind", DELETE)
def test_adding_renaming_and_deleting_are_on_record(in_acme: Cast, kind) -> None:
    if kind is Department:
        thing = structure.create_department(in_acme.acme, "First", actor=in_acme.erin)
    else:
        thing = structure.create_named(kind, in_acme.acme, "First", actor=in_acme.erin)
    pk = thing.pk
    structure.rename(thing, "Second", actor=in_acme.erin)
    structure.rename(thing, " Second ", actor=in_acme.erin)
    DELETE[kind](thing, actor=in_acme.erin)

    about = {"kind": kind._meta.model_name, "id": pk}
    assert list(Event.objects.order_by("pk").values_list("verb", "actor", "member", "data")) == [
        (verb, in_acme.erin.pk, in_acme.erin.pk, about)
        for verb in (Verb.STRUCTURE_ADDED, Verb.STRUCTURE_RENAMED, Verb.STRUCTURE_DELETED)
    ]
    assert not kind.objects.filter(pk=pk).exists()


def test_what_is_refused_is_not_on_record(in_acme: Cast) -> None:
    with pytest.raises(structure.NameTaken):
        structure.create_department(in_acme.acme, "Sales", actor=in_acme.erin)
    with pytest.raises(structure.NameTaken):
        structure.rename(in_acme.operations, "Sales", actor=in_acme.erin)
    with pytest.raises(structure.InUse):
        structure.delete_department(in_acme.operations, actor=in_acme.erin)

    assert not Event.objects.exists()


def test_own_settings_are_on_record_by_what_changed(in_acme: Cast) -> None:
    zone = in_acme.ed.timezone
    directory.change_own_settings(in_acme.ed, language=in_acme.ed.language, timezone_name=zone)
    directory.change_own_settings(in_acme.ed, language="de", timezone_name=zone)

    event = Event.objects.get()
    assert (event.verb, event.member, event.actor) == (Verb.MEMBER_CHANGED, in_acme.ed, in_acme.ed)
    assert event.data == {"fields": ["language"]}
