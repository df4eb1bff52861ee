"""Changes of many people are done once, in batches that survive whatever dies, and can be stopped."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event, OutboxRow
from crowdhub.people.domain import bulk, structure
from crowdhub.people.enums import BulkAction, BulkState
from crowdhub.people.models import BulkChange, Group, Member, RoleGrant
from crowdhub.people.queries import directory_of
from crowdhub.people.views import bulk as views
from crowdhub.tenancy.context import tenant
from tests import factories
from tests.harness.outbox import run_consumers
from tests.harness.queries import page_and_queries
from tests.people.changes import LIST, confirm, page_of, prepared, reasons

pytestmark = pytest.mark.django_db


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

    assert bulk.stop_bulk_change(change, actor=in_acme.erin) == BulkState.STOPPED
    run_consumers()

    change.refresh_from_db()
    assert (change.state, change.done_count) == (BulkState.STOPPED, 3)
    assert "It was stopped when 3 of 7 were done" in page_of(as_member(in_acme.erin), change)
    with pytest.raises(bulk.ChangeOver):
        bulk.stop_bulk_change(change, actor=in_acme.erin)


@pytest.mark.parametrize(
    ("done", "said"), [(1, "when 1 of 70,000 was done; that one"), (1_500, "when 1,500 of 70,000 were done; those")]
)
def test_it_says_how_far_it_came_and_refused_ones_were_come_to_as_well(cast, as_member, done, said):
    with tenant(cast.acme):
        change = prepared(cast, cast.alice)
        stopped = BulkChange.objects.filter(pk=change.pk)
        stopped.update(state=BulkState.STOPPED, count=70_000, done_count=done, changed_count=0, member_ids=[])

    assert f"It was stopped {said}" in page_of(as_member(cast.erin), change)


@pytest.mark.parametrize("number", [1, 70_000])
def test_numbers_of_people_are_set_apart(cast, as_member, number):
    with tenant(cast.acme):
        change = prepared(cast, cast.alice)
        done = BulkChange.objects.filter(pk=change.pk)
        done.update(state=BulkState.DONE, count=number, done_count=number, changed_count=number, member_ids=[])

    words = "1 person" if number == 1 else "70,000 people"
    assert f"Done for {words}." in page_of(as_member(cast.erin), change)


@pytest.mark.parametrize(("confirmed", "state"), [(True, BulkState.STOPPED), (False, BulkState.DISCARDED)])
def test_who_stopped_it_is_on_record(in_acme, crowd, confirmed, state):
    change = prepared(in_acme, *crowd)
    if confirmed:
        bulk.confirm_bulk_change(change, actor=in_acme.erin)

    bulk.stop_bulk_change(change, actor=in_acme.frank)

    event = Event.objects.get(verb=Verb.MEMBER_BULK_STOPPED)
    assert (event.actor, event.member) == (in_acme.frank, in_acme.erin)
    assert event.data == {"bulk": change.pk, "action": "deactivate", "state": state, "done": 0}


def test_discarding_what_was_confirmed_meanwhile_does_not_say_that_nothing_was_changed(
    cast, as_member, crowd, monkeypatch
):
    client = as_member(cast.erin)
    change = prepared(cast, *crowd)
    stop = bulk.stop_bulk_change

    def confirmed_first(change, *, actor):
        bulk.confirm_bulk_change(change, actor=cast.erin)
        bulk.work_off(change.pk)
        return stop(change, actor=actor)

    monkeypatch.setattr(views, "stop_bulk_change", confirmed_first)
    page = client.post(reverse("people:bulk-stop", args=[change.public_id]), follow=True).content.decode()

    assert "Nothing was changed." not in page
    assert "It was stopped when 3 of 7 were done" in page


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
    event = Event.objects.get(verb=Verb.MEMBER_BULK_STOPPED)
    assert (event.actor, event.data["state"]) == (None, "stopped")


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


def made_long_ago(change: BulkChange) -> None:
    BulkChange.objects.filter(pk=change.pk).update(created_at=timezone.now() - timedelta(hours=25))


def test_what_was_prepared_yesterday_is_not_done_today_for_others(cast, as_member):
    client = as_member(cast.erin)
    with tenant(cast.acme):
        change = prepared(cast, cast.alice)
        made_long_ago(change)

    refused = client.post(reverse("people:bulk-confirm", args=[change.public_id]), follow=True).content.decode()

    assert "This was prepared more than a day ago" in refused
    assert "Do it for" not in refused
    with tenant(cast.acme):
        change.refresh_from_db()
        assert change.state == BulkState.PREVIEW
        assert Member.objects.get(pk=cast.alice.pk).is_active
        with pytest.raises(bulk.PreviewOutdated):
            bulk.confirm_bulk_change(change, actor=cast.erin)


def test_a_preview_lasts_a_day(in_acme):
    change = prepared(in_acme, in_acme.alice)

    bulk.confirm_bulk_change(change, actor=in_acme.erin, now=change.created_at + timedelta(hours=23))

    in_acme.alice.refresh_from_db()
    assert not in_acme.alice.is_active


def test_workers_forget_whom_an_outdated_preview_was_about(in_acme, crowd):
    old, new, running = (prepared(in_acme, *crowd) for _number in range(3))
    bulk.confirm_bulk_change(running, actor=in_acme.erin)
    for change in (old, running):
        made_long_ago(change)

    assert bulk.discard_outdated_changes(now=timezone.now()) == 1

    states = [BulkChange.objects.get(pk=change.pk) for change in (old, new, running)]
    assert [(change.state, len(change.member_ids)) for change in states] == [
        (BulkState.DISCARDED, 0),
        (BulkState.PREVIEW, 7),
        (BulkState.RUNNING, 7),
    ]
    event = Event.objects.get(verb=Verb.MEMBER_BULK_STOPPED)
    assert (event.member, event.actor, event.data["bulk"]) == (in_acme.erin, None, old.pk)


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
