"""Every task of a tenant, called with the organization of one and the ids of another."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.core import mail
from django.utils import timezone

from crowdhub.activity.models import OutboxRow
from crowdhub.celery import app
from crowdhub.inbox.domain.digests import digest_day
from crowdhub.inbox.models import Digest
from crowdhub.people.models import BulkChange
from crowdhub.reports.enums import ExportState
from crowdhub.reports.models import Export
from crowdhub.tenancy.context import tenant
from crowdhub.tenancy.tasks import TENANT_TASKS
from ideas.models import Attachment, Exposure, Idea
from tests.harness import uploads
from tests.tenancy.rows import changed, rows_of
from tests.tenancy.scenario import Scenario

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stored")]
app.loader.import_default_modules()  # as a worker does: a task that nobody imported is not registered
Arguments = tuple[Any, ...]


def _outbox_rows(acme: Scenario) -> Arguments:
    rows = list(OutboxRow.objects.filter(done_at=None).order_by("event_id"))
    consumer = rows[0].consumer
    return consumer, [row.pk for row in rows if row.consumer == consumer]


def _waiting_export(acme: Scenario) -> Arguments:
    export = Export.objects.create(
        organization=acme.cast.acme,
        requested_by=acme.cast.dave,
        first_month=date(2026, 1, 1),
        last_month=date(2026, 1, 1),
        state=ExportState.WAITING,
        file_format="csv",
    )
    return (export.pk,)


def _claimed_digest(acme: Scenario) -> Arguments:
    now = timezone.now()
    day = digest_day(acme.cast.acme, now)
    digest = Digest.objects.create(
        organization=acme.cast.acme, member=acme.cast.alice, day=day, covers_since=now - timedelta(days=7)
    )
    return ([digest.pk],)


def _nothing_but_exposures(acme: Scenario) -> Arguments:
    idea = Idea.objects.get(public_id=acme.ids["idea"])
    Exposure.objects.create(organization=acme.cast.acme, idea=idea, member=acme.cast.ed)
    return ()


def _stray_file(acme: Scenario) -> Arguments:
    two_days_ago = (timezone.now() - timedelta(days=2)).timestamp()
    for path in uploads.stored():
        os.utime(path, (two_days_ago, two_days_ago))
    Attachment.objects.filter(idea__public_id=acme.ids["idea"]).delete()
    return ()


def _outdated_change(acme: Scenario) -> Arguments:
    BulkChange.objects.update(created_at=timezone.now() - timedelta(days=2))
    return ()


# Task -> what makes acme's arguments for it, with work left to do.
ARGUMENTS: dict[str, Callable[[Scenario], Arguments]] = {
    "crowdhub.activity.tasks.consume_events": _outbox_rows,
    "crowdhub.reports.tasks.run_export": _waiting_export,
    "crowdhub.inbox.tasks.send_organization_digests": lambda acme: (),
    "crowdhub.inbox.tasks.send_digest_batch": _claimed_digest,
    "crowdhub.people.tasks.discard_outdated_changes_of": _outdated_change,
    "ideas.tasks.count_exposures_of": _nothing_but_exposures,
    "ideas.tasks.forget_stray_files_of": _stray_file,
}


@pytest.fixture
def sent(monkeypatch) -> list[Arguments]:
    """What a task hands on to others goes here, and is not done."""
    handed_on: list[Arguments] = []
    monkeypatch.setattr(
        "celery.app.task.Task.apply_async", lambda task, args=(), *more, **options: handed_on.append(args)
    )
    return handed_on


@pytest.fixture(autouse=True)
def _it_is_seven(monkeypatch):
    monkeypatch.setattr("crowdhub.inbox.tasks.is_digest_time", lambda organization, now: True)


def test_every_task_of_a_tenant_is_here():
    app.loader.import_default_modules()

    assert set(TENANT_TASKS) == set(ARGUMENTS)


@pytest.mark.parametrize("name", ARGUMENTS)
def test_a_task_works_on_its_own_organization(name: str, scenario: Scenario, sent):
    """With the right organization the same arguments do something; or the next test would prove nothing."""
    arguments, before = arguments_for(name, scenario)

    app.tasks[name](scenario.cast.acme.pk, *arguments)

    assert changed(before, rows_of(scenario.cast.acme)) or mail.outbox


@pytest.mark.parametrize("name", ARGUMENTS)
def test_a_task_with_another_organization_does_nothing_to_what_its_arguments_name(name: str, scenario: Scenario, sent):
    arguments, before = arguments_for(name, scenario)
    globex = scenario.cast.globex

    app.tasks[name](globex.pk, *arguments)

    assert changed(before, rows_of(scenario.cast.acme)) == []
    assert [message.to for message in mail.outbox] == []
    assert all(handed_on[0] == globex.pk for handed_on in sent)


def arguments_for(name: str, scenario: Scenario) -> tuple[Arguments, dict[str, str]]:
    with tenant(scenario.cast.acme):
        arguments = ARGUMENTS[name](scenario)
    return arguments, rows_of(scenario.cast.acme)
