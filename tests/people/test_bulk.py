"""The same for many people: from the ticks to the result, what is refused, and who may."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.urls import reverse
from django.utils import translation

from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.people.domain import bulk, directory, structure
from crowdhub.people.domain.keeping import OutsideScope
from crowdhub.people.enums import BulkAction, Role
from crowdhub.people.models import BulkChange, DepartmentStay, Group, GroupMembership, Location, Member
from crowdhub.people.views import directory as views
from crowdhub.tenancy.context import tenant
from tests import factories
from tests.people.changes import LIST, confirm, page_of, post, prepared, reasons

pytestmark = pytest.mark.django_db


# From the list to the end


def test_from_the_ticks_to_the_result(cast, as_member, group):
    client = as_member(cast.erin)

    led = post(client, cast.alice, cast.ed, action="add_to_group", to_group=group.public_id)
    with tenant(cast.acme):
        change = BulkChange.objects.get()
        assert not GroupMembership.objects.exists()
    shown = page_of(client, change)
    done = client.post(reverse("people:bulk-confirm", args=[change.public_id]), follow=True).content.decode()

    assert led.url == reverse("people:bulk", args=[change.public_id])
    assert "2 people join the group “Green”" in shown
    assert "Alice" in shown
    assert "Do it for 2 people" in shown
    assert "Done for 2 people." in done
    with tenant(cast.acme):
        assert set(GroupMembership.objects.values_list("member__name", flat=True)) == {"Alice", "Ed"}
        joined = Event.objects.filter(verb=Verb.GROUP_JOINED)
        assert {(event.member, event.actor) for event in joined} == {(cast.alice, cast.erin), (cast.ed, cast.erin)}


def test_all_who_match_are_taken_and_nobody_else(cast, as_member):
    led = post(as_member(cast.erin), address=f"{LIST}?q=a&sort=-email", action="invite", everyone="1")

    assert led.status_code == 302
    with tenant(cast.acme):
        assert BulkChange.objects.get().member_ids == [cast.alice.pk]


@pytest.mark.parametrize(
    ("action", "field", "made"),
    [("move", "to_department", "sales"), ("place", "to_location", "berlin"), ("take_out", "to_group", "group")],
)
def test_each_target(cast, as_member, group, action, field, made):
    with tenant(cast.acme):
        target = {
            "sales": cast.sales,
            "berlin": Location.objects.create(organization=cast.acme, name="Berlin"),
            "group": group,
        }[made]
        structure.add_to_group(group, cast.alice, actor=cast.erin)
        directory.begin_stay(cast.alice, on=cast.alice.joined_on)
    client = as_member(cast.erin)

    post(client, cast.alice, action=action, **{field: target.public_id})
    with tenant(cast.acme):
        change = BulkChange.objects.get()
    confirm(client, change)

    with tenant(cast.acme):
        cast.alice.refresh_from_db()
        if action == "move":
            assert cast.alice.department == cast.sales
            assert DepartmentStay.objects.get(member=cast.alice, until=None).department == cast.sales
            assert Event.objects.get(verb=Verb.MEMBER_CHANGED).data == {"fields": ["department_id"]}
        elif action == "place":
            assert cast.alice.location == target
        else:
            assert not GroupMembership.objects.exists()


def test_every_refusal_is_listed_with_its_reason(cast, as_member):
    with tenant(cast.acme):
        Member.objects.filter(pk=cast.ed.pk).update(last_login="2026-01-01T00:00Z")
        Member.objects.filter(pk=cast.bob.pk).update(is_active=False)
    client = as_member(cast.erin)
    post(client, cast.alice, cast.ed, cast.bob, action="invite")
    with tenant(cast.acme):
        change = BulkChange.objects.get()
    confirm(client, change)

    page = page_of(client, change)

    assert "Done for 1 person." in page
    with tenant(cast.acme):
        assert set(reasons(change)) == {"Ed", "Bob"}
        for reason in reasons(change).values():
            assert reason in page
        assert [event.member for event in Event.objects.filter(verb=Verb.MEMBER_INVITED)] == [cast.alice]


def test_one_cannot_shut_oneself_out_nor_the_last_administrator(in_acme):
    change = prepared(in_acme, in_acme.alice, in_acme.erin)
    bulk.confirm_bulk_change(change, actor=in_acme.erin)

    assert set(reasons(change)) == {"Erin"}
    in_acme.alice.refresh_from_db()
    assert not in_acme.alice.is_active


def test_refusals_are_told_in_the_language_of_whoever_asked(in_acme):
    Member.objects.filter(pk=in_acme.erin.pk).update(language="de")
    change = prepared(in_acme, in_acme.erin)
    bulk.confirm_bulk_change(change, actor=in_acme.erin)

    with translation.override("de"):
        assert reasons(change) == {"Erin": str(directory.OwnAccount.message)}
    assert "You cannot" not in reasons(change)["Erin"]


# What is wrong with what was sent


@pytest.mark.parametrize(
    "fields", [{}, {"action": "erase"}, {"action": "add_to_group"}, {"action": "move", "to_department": "nonsense"}]
)
def test_what_is_not_said_is_asked_for_and_the_ticks_stay(cast, as_member, fields):
    response = post(as_member(cast.erin), cast.alice, **fields)

    assert response.status_code == 422
    assert f'value="{cast.alice.public_id}" checked' in response.content.decode()
    with tenant(cast.acme):
        assert not BulkChange.objects.exists()


@pytest.mark.parametrize(
    ("sent", "field", "said"),
    [
        ({}, "action", "Choose one."),
        ({"action": "add_to_group"}, "to_group", "Choose one."),
        ({"action": "move"}, "to_department", "Choose one."),
    ],
)
def test_what_is_asked_for_stands_beside_its_control_and_is_tied_to_it(cast, as_member, sent, field, said):
    page = post(as_member(cast.erin), cast.alice, **sent).content.decode()

    control = re.search(rf'<select name="{field}"[^>]*>', page)[0]
    assert f'aria-describedby="id_{field}_error"' in control
    assert 'aria-invalid="true"' in control
    assert re.search(rf'<p class="error" id="id_{field}_error">.*?{re.escape(said)}</span></p>', page, re.DOTALL)


def test_ticks_on_a_later_page_stay_when_the_action_was_forgotten(cast, as_member, monkeypatch):
    monkeypatch.setattr(views, "PER_PAGE", 3)
    client = as_member(cast.erin)
    second = client.get(LIST, {"after": client.get(LIST).context["page"].after, "sort": ""})
    ticked = [person.public_id for person in second.context["page"].rows][:2]
    address = re.search(r'<form id="bulk" method="post" action="([^"]+)"', second.content.decode())[1]

    refused = client.post(unescape(address), {"person": ticked})

    assert refused.status_code == 422
    assert all(f'value="{public_id}" checked' in refused.content.decode() for public_id in ticked)
    assert post(client, address=unescape(address), person=ticked, action="invite").status_code == 302


def test_nobody_ticked_is_refused(cast, as_member):
    response = post(as_member(cast.erin), action="invite")

    assert response.status_code == 422
    assert "Tick at least one person." in response.content.decode()


@pytest.mark.parametrize("parameter", ["department", "location", "skill", "group", "role", "state"])
def test_a_filter_that_names_nothing_here_does_not_mean_everyone(cast, as_member, parameter):
    with tenant(cast.globex):
        foreign = factories.department("Secret").public_id

    response = post(as_member(cast.erin), address=f"{LIST}?{parameter}={foreign}", action="deactivate", everyone="1")

    assert response.status_code == 422
    with tenant(cast.acme):
        assert not BulkChange.objects.exists()


def test_people_and_targets_of_others_are_not_taken(cast, as_member):
    with tenant(cast.globex):
        foreign = Group.objects.create(organization=cast.globex, name="Theirs")
    client = as_member(cast.erin)

    alone = post(client, cast.mallory, action="deactivate")
    mixed = post(client, cast.mallory, cast.alice, action="invite")
    target = post(client, cast.alice, action="add_to_group", to_group=foreign.public_id)

    assert (alone.status_code, mixed.status_code, target.status_code) == (422, 302, 422)
    with tenant(cast.acme):
        assert BulkChange.objects.get().member_ids == [cast.alice.pk]


# Who may


@pytest.mark.parametrize("name", ["alice", "bob", "carol", "dave", "frank"])
def test_changing_many_is_for_administrators(cast, as_member, name):
    assert post(as_member(getattr(cast, name)), cast.ed, action="invite").status_code == 403


def test_ticks_are_there_for_those_alone_who_may(cast, as_member):
    pages = {name: as_member(getattr(cast, name)).get(LIST).content.decode() for name in ("erin", "dave", "frank")}

    assert {name for name, page in pages.items() if 'name="person"' in page} == {"erin"}
    assert {name for name, page in pages.items() if "file_format" in page} == {"erin", "dave"}


def test_limited_administrators_reach_their_people_alone(cast, as_member, sue):
    client = as_member(sue)

    post(client, cast.alice, cast.ed, cast.bob, action="deactivate")
    with tenant(cast.acme):
        change = BulkChange.objects.get()
        assert set(change.member_ids) == {cast.alice.pk, cast.bob.pk}
    confirm(client, change)

    with tenant(cast.acme):
        assert set(reasons(change)) == {"Bob"}  # who holds a role
        assert not Member.objects.get(pk=cast.alice.pk).is_active
        assert Member.objects.get(pk=cast.ed.pk).is_active


def test_limited_administrators_move_nobody_out_of_their_departments_and_keep_no_groups(cast, as_member, sue, group):
    client = as_member(sue)

    moved = post(client, cast.alice, action="move", to_department=cast.sales.public_id)
    grouped = post(client, cast.alice, action="add_to_group", to_group=group.public_id)
    within = post(client, cast.alice, action="move", to_department=cast.operations.public_id)

    assert (moved.status_code, grouped.status_code, within.status_code) == (422, 422, 302)
    with tenant(cast.acme):
        with pytest.raises(bulk.NotForYou):
            prepared(cast, cast.alice, action=BulkAction.ADD_TO_GROUP, actor=sue, target=group)
        with pytest.raises(OutsideScope):
            prepared(cast, cast.alice, action=BulkAction.MOVE, actor=sue, target=cast.sales)


def test_changes_of_others_are_not_found_by_limited_administrators_nor_confirmed_by_anyone_else(cast, as_member, sue):
    with tenant(cast.acme):
        change = prepared(cast, cast.alice)
        frank = Member.objects.get(pk=cast.frank.pk)
        factories.grant(frank, Role.ADMINISTRATOR)

    address = reverse("people:bulk", args=[change.public_id])
    assert as_member(sue).get(address).status_code == 404
    assert as_member(sue).post(f"{address}stop/").status_code == 404
    assert as_member(cast.mallory).get(address).status_code == 404
    assert as_member(frank).get(address).status_code == 200
    assert confirm(as_member(frank), change).status_code == 404
