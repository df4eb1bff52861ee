"""Metrics, for whoever holds the token: above all what an operator is woken for."""

import time
from datetime import timedelta

import pytest
import redis
from django.db import transaction
from django.test import Client
from django.utils import timezone
from prometheus_client.parser import text_string_to_metric_families

from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import OutboxRow
from crowdhub.operator import web_server
from crowdhub.operator.vitals import BEAT_KEY, WORKER_KEY
from crowdhub.tenancy.context import tenant
from tests import factories


@pytest.mark.django_db(databases=["default", "relay"])
def test_metrics_need_the_token(client, settings):
    settings.METRICS_TOKEN = "a-long-token"

    refused = [client.get("/metrics"), client.get("/metrics", headers={"authorization": "Bearer wrong"})]
    given = client.get("/metrics", headers={"authorization": "Bearer a-long-token"})

    assert [response.status_code for response in refused] == [404, 404]
    assert given.status_code == 200
    assert b"django_http_requests" in given.content


def test_metrics_without_a_token_configured_do_not_exist(client, settings):
    settings.METRICS_TOKEN = ""

    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


@pytest.fixture
def hearts(settings):
    client = redis.Redis.from_url(settings.REDIS_URL)
    client.delete(WORKER_KEY, BEAT_KEY)
    yield client
    client.delete(WORKER_KEY, BEAT_KEY)


@pytest.fixture
def collect(settings):
    """Return a function that collects what is the product's own: {(name, part): value}."""
    settings.METRICS_TOKEN = "a-long-token"

    def collected():
        page = Client().get("/metrics", headers={"authorization": "Bearer a-long-token"}).content.decode()
        samples = [sample for family in text_string_to_metric_families(page) for sample in family.samples]
        return {
            (sample.name.removeprefix("crowdhub_"), sample.labels.get("part")): sample.value
            for sample in samples
            if sample.name.startswith("crowdhub_")
        }

    return collected


def events_of(slug, count, *, age):
    """Commit events of an organization, each with one outbox row; return the rows."""
    organization = factories.organization(slug)
    with tenant(organization), transaction.atomic():
        member = factories.member("Alice")
        events = [
            record(Verb.MEMBER_CHANGED, subject=member, actor=None, now=timezone.now() - age) for _ in range(count)
        ]
        OutboxRow.objects.all().delete()
        return [OutboxRow.objects.create(organization=organization, event=event, consumer="inbox") for event in events]


def test_the_outbox_of_all_organizations_is_measured(committed_db, collect):
    events_of("acme", 2, age=timedelta(seconds=90))
    parked, done, waiting = events_of("globex", 3, age=timedelta(seconds=300))
    with tenant(waiting.organization), transaction.atomic():
        OutboxRow.objects.filter(pk=parked.pk).update(parked_at=timezone.now())
        OutboxRow.objects.filter(pk=done.pk).update(done_at=timezone.now())

    measured = collect()

    assert measured["outbox_open", None] == 3
    assert measured["outbox_parked", None] == 1
    assert 300 <= measured["outbox_lag_seconds", None] < 330


@pytest.mark.django_db(databases=["default", "relay"])
def test_hearts_are_measured(hearts, collect):
    hearts.set(WORKER_KEY, time.time() - 40)

    measured = collect()

    assert 40 <= measured["heartbeat_age_seconds", "worker"] < 60
    assert ("heartbeat_age_seconds", "beat") not in measured


@pytest.mark.django_db(databases=["default", "relay"])
def test_what_is_unknown_is_left_out(settings, collect, monkeypatch):
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    monkeypatch.setattr("crowdhub.operator.metrics.outbox", lambda: None)

    assert collect() == {}


class Worker:
    pid = 4242


def test_gauges_of_a_dead_process_are_taken_away(tmp_path, monkeypatch):
    monkeypatch.setenv("PROMETHEUS_MULTIPROC_DIR", str(tmp_path))
    gone, kept = tmp_path / "gauge_liveall_4242.db", tmp_path / "gauge_liveall_4243.db"
    for file in (gone, kept):
        file.touch()

    web_server.child_exit(None, Worker())

    assert list(tmp_path.iterdir()) == [kept]


def test_process_without_shared_metrics_may_die(monkeypatch):
    monkeypatch.delenv("PROMETHEUS_MULTIPROC_DIR", raising=False)

    web_server.child_exit(None, Worker())
