"""What beat starts, and how workers are told to treat what they were given."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone
from kombu.transport.redis import Channel

from crowdhub.celery import app
from crowdhub.inbox.models import Digest
from crowdhub.tenancy.context import tenant
from tests.harness import broker

app.loader.import_default_modules()  # as a worker does: a task that nobody imported is not registered

# What beat starts -> the task that it sends once for each organization.
FAN_OUTS = {
    "crowdhub.inbox.tasks.send_due_digests": "crowdhub.inbox.tasks.send_organization_digests",
    "crowdhub.people.tasks.discard_outdated_changes": "crowdhub.people.tasks.discard_outdated_changes_of",
    "ideas.tasks.count_exposures": "ideas.tasks.count_exposures_of",
    "ideas.tasks.forget_stray_files": "ideas.tasks.forget_stray_files_of",
}


def test_beat_names_tasks_that_there_are():
    named = {entry["task"] for entry in app.conf.beat_schedule.values()}

    assert len(named) == len(app.conf.beat_schedule)
    assert sorted(named - set(app.tasks)) == []


def test_beat_starts_every_fan_out():
    named = {entry["task"] for entry in app.conf.beat_schedule.values()}

    assert sorted(set(FAN_OUTS) - named) == []


@pytest.mark.parametrize("name", FAN_OUTS)
def test_a_fan_out_sends_its_task_once_for_each_organization(name: str, acme, globex, monkeypatch):
    sent: list[tuple[str, tuple[Any, ...]]] = []
    monkeypatch.setattr(
        "celery.app.task.Task.apply_async", lambda task, args=(), *more, **options: sent.append((task.name, args))
    )

    app.tasks[name]()

    assert sent == [(FAN_OUTS[name], (acme.pk,)), (FAN_OUTS[name], (globex.pk,))]


def test_the_fan_out_of_digests_leads_to_claimed_ones(cast, monkeypatch):
    monkeypatch.setattr("crowdhub.inbox.tasks.is_digest_time", lambda organization, now: True)
    monkeypatch.setattr("crowdhub.inbox.domain.digests.digest_day", lambda organization, now: timezone.now().date())
    broker.lose()

    app.tasks["crowdhub.inbox.tasks.send_due_digests"]()
    broker.deliver()

    for organization, member in ((cast.acme, cast.alice), (cast.globex, cast.mallory)):
        with tenant(organization):
            assert Digest.objects.filter(member=member).count() == 1


def test_work_of_a_worker_that_dies_is_given_to_another():
    assert app.conf.task_acks_late
    assert app.conf.task_reject_on_worker_lost
    assert app.conf.worker_prefetch_multiplier == 1


def test_a_task_that_runs_is_given_to_nobody_else_and_a_lost_one_soon():
    options = app.conf.broker_transport_options
    limits = [task.time_limit or app.conf.task_time_limit for task in app.tasks.values()]

    assert all(limits)
    assert options["visibility_timeout"] > max(limits)
    assert options["unacked_restore_interval"] < Channel.unacked_restore_interval
