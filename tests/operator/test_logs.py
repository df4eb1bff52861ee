"""Logs: one JSON object a line, tracebacks in it, with the ids of request, organization and task."""

import io
import json
import logging
import os
import subprocess
import sys
from pathlib import Path

import pytest
from celery.app.trace import build_tracer
from celery.signals import before_task_publish
from django.test import Client
from django_structlog.celery.steps import DjangoStructLogInitStep
from structlog.contextvars import bound_contextvars, clear_contextvars

from crowdhub.activity.tasks import consume_events
from crowdhub.celery import app
from crowdhub.common.logs import logging_config
from crowdhub.tenancy import middleware

LOGGERS = ("", "django", "celery", "crowdhub")
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def lines():
    """Return a function that reads what was logged, as the installation's format writes it."""
    formatter = logging.config.DictConfigurator(logging_config(level="INFO")).configure_formatter(
        logging_config(level="INFO")["formatters"]["json"]
    )
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(formatter)
    before = {name: logging.getLogger(name).level for name in LOGGERS}
    for name in LOGGERS:
        logging.getLogger(name).setLevel(logging.INFO)
    logging.getLogger().addHandler(handler)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    logging.getLogger().removeHandler(handler)
    for name, level in before.items():
        logging.getLogger(name).setLevel(level)
    clear_contextvars()


def the_line(lines, event):
    (found,) = [line for line in lines() if line["event"] == event]
    return found


def test_request_is_one_line_with_its_ids(cast, as_member, lines):
    response = as_member(cast.alice).get("/inbox/", {"page": "1"})

    assert response.status_code == 200
    (line,) = lines()
    assert len(line.pop("request_id")) == 36
    assert line.pop("milliseconds") >= 0
    del line["timestamp"]
    assert line == {
        "event": "request_finished",
        "request": "GET /inbox/",
        "code": 200,
        "organization_id": cast.acme.pk,
        "user_id": cast.alice.public_id,
        "level": "info",
        "logger": "crowdhub.common.logs",
    }


def test_requests_have_ids_of_their_own(cast, visitor, lines):
    visitor.get("/accounts/login/")
    visitor.get("/accounts/login/")

    first, second = lines()
    assert first["request_id"] != second["request_id"]
    assert "user_id" not in first


@pytest.mark.django_db
def test_request_that_finds_no_organization_has_an_id(lines):
    Client(headers={"host": "nowhere.example"}).get("/ideas/")

    assert the_line(lines, "request_finished")["code"] == 404
    assert the_line(lines, "Not Found: /ideas/")["request_id"] == the_line(lines, "request_finished")["request_id"]


def test_request_that_fails_tells_where(acme, lines, monkeypatch):
    def fail(*args):
        raise RuntimeError("broken on purpose")

    monkeypatch.setattr(middleware, "find_host", fail)
    Client(headers={"host": "acme.localhost"}, raise_request_exception=False).get("/ideas/")

    line = the_line(lines, "Internal Server Error: /ideas/")
    assert line["exception"].startswith("Traceback (most recent call last)")
    assert "RuntimeError: broken on purpose" in line["exception"]
    assert "request_id" in line


def test_keys_are_taken_out_of_tracebacks(lines):
    try:
        raise RuntimeError("cannot open /inbox/unsubscribe/dif0ja-ff7ea4fe8aa/")
    except RuntimeError:
        logging.getLogger("celery.app.trace").error("failed", exc_info=True)

    assert "RuntimeError: cannot open /inbox/unsubscribe/…/" in the_line(lines, "failed")["exception"]


@pytest.fixture
def worker_signals():
    """Connect what a worker connects when it starts; weakly, so that it ends with this."""
    (step,) = [step for step in app.steps["worker"] if step is DjangoStructLogInitStep]
    return step(None)


@pytest.mark.django_db
def test_failing_task_tells_request_organization_and_where(lines, worker_signals):
    request = {
        "id": "task-1",
        "args": [999_999, "inbox", [1]],
        "kwargs": {},
        "__django_structlog__": {"request_id": "r1"},
    }
    trace = build_tracer(consume_events.name, consume_events, app=consume_events.app)

    trace("task-1", request["args"], {}, request)

    (line,) = [line for line in lines() if line["logger"] == "celery.app.trace"]
    assert (line["request_id"], line["organization_id"], line["task_id"]) == ("r1", 999_999, "task-1")
    assert "Organization matching query does not exist" in line["exception"]
    assert line["exception"].startswith("Traceback (most recent call last)")


def test_task_carries_the_request_that_asked_for_it():
    headers = {}

    with bound_contextvars(request_id="r1"):
        before_task_publish.send(sender="a.task", headers=headers, body=(), properties={}, routing_key="")

    assert headers["__django_structlog__"]["request_id"] == "r1"


def test_the_web_server_speaks_json_too():
    ended = subprocess.run(
        [sys.executable, "-m", "gunicorn", "--config", "python:crowdhub.operator.web_server", "no.such:application"],
        cwd=ROOT,
        env=os.environ | {"LOG_LEVEL": "INFO"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    said = [line for line in ended.stderr.splitlines() if line.startswith("{")]
    assert [line for line in ended.stderr.splitlines() if line not in said] == ["No module named 'no'"]
    assert any(json.loads(line)["event"].startswith("Starting gunicorn") for line in said)
    assert ended.stdout == ""
