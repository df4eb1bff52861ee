"""The same for many people: prepared, shown, confirmed once, worked off in batches that survive, refusals told."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import translation

from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event, OutboxRow
from crowdhub.people.domain import bulk, directory, roles, structure
from crowdhub.people.domain.keeping import OutsideScope
from crowdhub.people.enums import BulkAction, BulkState, Role
from crowdhub.people.models import (
    BulkChange,
    BulkRefusal,
    DepartmentStay,
    Group,
    GroupMembership,
    Location,
    Member,
    RoleGrant,
)
from crowdhub.people.queries import directory_of
from crowdhub.tenancy.context import tenant
from tests import factories
from tests.harness.outbox import run_consumers
from tests.harness.queries import page_and_queries

pytestmark = pytest.mark.django_db
LIST = reverse("people:list")


@pytest.fixture
def group(cast):
    with tenant(cast.acme):
        return Group.objects.create(organization=cast.acme, name="Green")


@pytest.fixture
def sue(cast):
    """In Sales, and administrator of Operations alone."""
    with tenant(cast.acme):
        sue = factories.member("Sue", department=cast.sales)
        roles.grant_role(sue, Role.ADMINISTRATOR, actor=cast.erin, department=cast.operations)
        return Member.objects.select_related("department", "organization").get(pk=sue.pk)


def post(client, *people: Member, address: str = LIST, **fields):
    return client.post(address, {"person": [person.public_id for person in people], **fields})


def prepared(cast, *people: Member, action=BulkAction.DEACTIVATE, actor=None, target=None) -> BulkChange:
    chosen = Member.objects.filter(pk__in=[person.pk for person in people])
    return bulk.prepare_bulk_change(chosen, action, actor=actor or cast.erin, target=target)


def page_of(client, change: BulkChange) -> str:
    return client.get(reverse("people:bulk", args=[change.public_id])).content.decode()


def confirm(client, change: BulkChange):
    return client.post(reverse("people:bulk-confirm", args=[change.public_id]))


def reasons(change: BulkChange) -> dict[str, str]:
    return dict(BulkRefusal.objects.filter(change=change).values_list("member__name", "reason"))


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


# Once, and to the end


def test_pressing_twice_does_it_once(cast, as_member, group):
    client = as_member(cast.erin)
    with tenant(cast.acme):
        change = prepared(cast, cast.alice, action=BulkAction.ADD_TO_GROUP, target=group)

    first, second = confirm(client, change), confirm(client, change)

    assert first.url == second.url
    with tenant(cast.acme):
        run_consumers()
        assert Event.objects.filter(verb=Verb.GROUP_JOINED).count() == 1
        assert Event.objects.filter(verb=Verb.MEMBER_BULK_CONFIRMED).count() == 1
        change.refresh_from_db()
        assert (change.done_count, change.changed_count, change.state) == (1, 1, BulkState.DONE)


@pytest.fixture
def crowd(in_acme, monkeypatch) -> list[Member]:
    """Seven people, in batches of three."""
    monkeypatch.setattr(bulk, "BATCH", 3)
    return [factories.member(f"Person {number}", department=in_acme.sales) for number in range(7)]


def test_many_are_left_to_the_workers_batch_by_batch(in_acme, crowd, as_member):
    change = prepared(in_acme, *crowd)
    bulk.confirm_bulk_change(change, actor=in_acme.erin)
    change.refresh_from_db()
    assert (change.state, change.done_count) == (BulkState.RUNNING, 0)

    counts = []
    while bulk.work_off(change.pk):
        change.refresh_from_db()
        counts.append((change.done_count, change.state))

    assert counts == [(3, "running"), (6, "running"), (7, "done")]
    assert change.member_ids == []
    assert not Member.objects.filter(pk__in=[one.pk for one in crowd], is_active=True).exists()


def test_workers_do_all_of_it_and_late_messages_do_nothing_more(in_acme, crowd):
    change = prepared(in_acme, *crowd)
    bulk.confirm_bulk_change(change, actor=in_acme.erin)

    run_consumers()
    OutboxRow.objects.filter(consumer="member_bulk").update(done_at=None)
    run_consumers()

    change.refresh_from_db()
    assert (change.state, change.done_count, change.changed_count) == (BulkState.DONE, 7, 7)
    assert Event.objects.filter(verb=Verb.MEMBER_CHANGED, data__fields=["is_active"]).count() == 7


def test_a_worker_that_dies_leaves_whole_batches_and_the_next_one_goes_on(in_acme, crowd, monkeypatch):
    change = prepared(in_acme, *crowd)
    bulk.confirm_bulk_change(change, actor=in_acme.erin)
    deaths = iter([False, False, False, False, True])
    deactivate = bulk.deactivate_member

    def dying(person, *, actor):
        if next(deaths, False):
            raise KeyboardInterrupt
        deactivate(person, actor=actor)

    monkeypatch.setattr(bulk, "deactivate_member", dying)
    with pytest.raises(KeyboardInterrupt):
        run_consumers()
    change.refresh_from_db()
    assert (change.done_count, Member.objects.filter(name__startswith="Person", is_active=False).count()) == (3, 3)

    run_consumers()

    change.refresh_from_db()
    assert (change.state, change.changed_count) == (BulkState.DONE, 7)
    assert Event.objects.filter(verb=Verb.MEMBER_CHANGED, data__fields=["is_active"]).count() == 7


def test_stopping_leaves_what_was_done(in_acme, crowd, as_member):
    change = prepared(in_acme, *crowd)
    bulk.confirm_bulk_change(change, actor=in_acme.erin)
    bulk.work_off(change.pk)

    bulk.stop_bulk_change(change, actor=in_acme.erin)
    run_consumers()

    change.refresh_from_db()
    assert (change.state, change.done_count) == (BulkState.STOPPED, 3)
    event = Event.objects.get(verb=Verb.MEMBER_BULK_STOPPED)
    assert (event.actor_id, event.data["bulk"], event.data["done"]) == (in_acme.erin.pk, change.pk, 3)
    assert "It was stopped when 3 of 7 were done" in page_of(as_member(in_acme.erin), change)
    with pytest.raises(bulk.ChangeOver):
        bulk.stop_bulk_change(change, actor=in_acme.erin)


@pytest.mark.parametrize("loss", ["role", "account"])
def test_whoever_may_no_longer_does_no_more(in_acme, crowd, loss):
    change = prepared(in_acme, *crowd)
    bulk.confirm_bulk_change(change, actor=in_acme.erin)
    if loss == "role":
        RoleGrant.objects.filter(member=in_acme.erin).delete()
    else:
        Member.objects.filter(pk=in_acme.erin.pk).update(is_active=False)

    run_consumers()

    change.refresh_from_db()
    assert (change.state, change.done_count) == (BulkState.STOPPED, 0)
    assert change.error == str(bulk.NO_LONGER)


def test_a_group_can_be_deleted_although_a_change_was_about_it(in_acme, crowd):
    group = Group.objects.create(organization=in_acme.acme, name="Green")
    change = prepared(in_acme, *crowd, action=BulkAction.ADD_TO_GROUP, target=group)
    bulk.confirm_bulk_change(change, actor=in_acme.erin)

    structure.delete_group(group, actor=in_acme.erin)
    run_consumers()

    change.refresh_from_db()
    assert (change.group, change.state, change.error) == (None, BulkState.STOPPED, str(bulk.TARGET_GONE))


def test_an_erased_person_is_left_alone(in_acme, crowd):
    change = prepared(in_acme, *crowd[:2])
    Member.objects.filter(pk=crowd[0].pk).update(erased_at="2026-01-01T00:00Z")

    bulk.confirm_bulk_change(change, actor=in_acme.erin)

    assert list(reasons(change).values()) == [str(bulk.Gone.message)]


def test_discarding_changes_nothing(cast, as_member):
    client = as_member(cast.erin)
    with tenant(cast.acme):
        change = prepared(cast, cast.alice)

    led = client.post(reverse("people:bulk-stop", args=[change.public_id]))
    again = confirm(client, change)

    assert led.url == LIST
    assert again.status_code == 302
    with tenant(cast.acme):
        change.refresh_from_db()
        assert (change.state, change.member_ids) == (BulkState.DISCARDED, [])
        assert Member.objects.get(pk=cast.alice.pk).is_active


def test_progress_is_polled_and_then_the_whole_page_is_read(cast, as_member, monkeypatch):
    monkeypatch.setattr(bulk, "BATCH", 1)
    client = as_member(cast.erin)
    with tenant(cast.acme):
        change = prepared(cast, cast.alice, cast.ed)
        bulk.confirm_bulk_change(change, actor=cast.erin)
        bulk.work_off(change.pk)
    address = reverse("people:bulk", args=[change.public_id])

    whole = client.get(address).content.decode()
    polled = client.get(address, headers={"hx-request": "true"})
    with tenant(cast.acme):
        run_consumers()
    over = client.get(address, headers={"hx-request": "true"})

    assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in whole
    assert polled.content.decode().strip().startswith('<div id="progress"')
    assert 'value="1" max="2"' in polled.content.decode()
    assert over.headers["HX-Refresh"] == "true"


@pytest.mark.parametrize("count", [1, 30])
def test_pages_of_changes_need_few_queries(cast, as_member, count):
    client = as_member(cast.erin)
    with tenant(cast.acme):
        people = [factories.member(last_login="2026-01-01T00:00Z") for _number in range(count)]
        for _number in range(count):
            change = prepared(cast, *people, action=BulkAction.INVITE)
    address = reverse("people:bulk", args=[change.public_id])

    shown = page_and_queries(client, address)[1]
    confirm(client, change)
    over = page_and_queries(client, address)[1]
    listed = page_and_queries(client, reverse("people:bulk-changes"))[1]

    assert max(len(shown), len(over), len(listed)) <= 8


def test_the_directory_of_the_one_who_asks_is_what_counts(cast, sue):
    with tenant(cast.acme):
        assert set(directory_of(sue).values_list("name", flat=True)) >= {"Alice", "Bob"}
        assert not directory_of(sue).filter(pk=cast.ed.pk).exists()
