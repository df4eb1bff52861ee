"""Administrators of single departments make nobody up whom they then let into something: who leads whom is not theirs
to say, because a manager's word counts for skills."""

from __future__ import annotations

import pytest
from django.urls import reverse

from crowdhub.people.domain import directory
from crowdhub.people.domain.keeping import NotYoursToSay
from crowdhub.people.enums import Role
from crowdhub.people.models import Member, MemberSkill
from crowdhub.tenancy.context import tenant
from tests import factories
from tests.people.test_scopes import entry, filled, limit

NEW = {"name": "Puppet", "email": "puppet@acme.example", "kind": "employee", "language": "en"}


@pytest.fixture
def sue(cast) -> Member:
    """Administrator of Operations, where she works."""
    with tenant(cast.acme):
        sue = factories.member("Sue", department=cast.operations)
    return limit(cast, sue, cast.operations)


def test_nobody_confirms_the_skills_of_somebody_they_made_up(cast, as_member, sue):
    client = as_member(sue)
    client.post(reverse("people:create"), NEW | {"department": cast.assembly.public_id, "manager": sue.email})
    with tenant(cast.acme):
        puppet = Member.objects.get(email="puppet@acme.example")
        factories.has_skill(puppet, cast.welding, 5, source="own_word")

    confirmed = client.post(
        reverse("people:confirm-skill", args=[puppet.public_id, cast.welding.public_id]), {"level": "5"}
    )

    with tenant(cast.acme):
        assert Member.objects.get(pk=puppet.pk).manager is None
        assert confirmed.status_code == 403
        assert not MemberSkill.objects.get(member=puppet).is_confirmed


def test_they_change_somebody_whose_manager_stays(cast, as_member, sue):
    with tenant(cast.acme):
        Member.objects.filter(pk=cast.alice.pk).update(manager=cast.carol)
    url = reverse("people:edit", args=[cast.alice.public_id])
    client = as_member(sue)

    done = client.post(url, filled(cast.alice, name="Alicia", department=cast.assembly.public_id, manager=sue.email))

    assert done.status_code == 302
    assert b"id_manager" not in client.get(url).content
    with tenant(cast.acme):
        assert Member.objects.values_list("name", "manager__name").get(pk=cast.alice.pk) == ("Alicia", "Carol")


@pytest.mark.parametrize("who", ["themselves", "one of theirs", "somebody else", "nobody"])
def test_the_domain_refuses_whomever_they_name(cast, sue, who):
    with tenant(cast.acme):
        cast.alice.manager = cast.carol
        cast.alice.save()
        alice = Member.objects.select_related("manager").get(pk=cast.alice.pk)
        named = {"themselves": sue, "one of theirs": factories.member("Ann", department=cast.assembly)}.get(who)
        named = cast.ed if who == "somebody else" else named

        with pytest.raises(NotYoursToSay):
            directory.change_member(alice, entry(alice, manager=named), actor=sue)
        if named is not None:
            made_up = directory.Entry(name="P", email="p@acme.example", department=cast.assembly, manager=named)
            with pytest.raises(NotYoursToSay):
                directory.create_member(cast.acme, made_up, actor=sue)


def test_administrators_of_everything_name_managers_also_where_they_are_limited_besides(cast, as_member, sue):
    with tenant(cast.acme):
        factories.grant(sue, Role.ADMINISTRATOR)
    new = NEW | {"manager": cast.carol.email}

    as_member(sue).post(reverse("people:create"), new)

    with tenant(cast.acme):
        assert Member.objects.get(email="puppet@acme.example").manager == cast.carol
