"""Start-up refusals: settings under which tenants would not be apart."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import OperationalError, connections

from crowdhub.tenancy import checks, startup
from crowdhub.tenancy.backend import base
from crowdhub.tenancy.checks import check_demo_is_local, check_role_is_bound_by_policies, check_secret_key


def ids(errors):
    return [error.id for error in errors]


def test_demo_behind_a_real_address_is_refused(settings):
    settings.DEMO, settings.SCHEME = True, "https"

    assert ids(check_demo_is_local(None)) == ["crowdhub.E001"]


def test_demo_on_this_machine_is_fine(settings):
    settings.DEMO, settings.SCHEME = True, "http"

    assert check_demo_is_local(None) == []


@pytest.mark.parametrize(("key", "expected"), [("short", ["crowdhub.E002"]), ("k" * 50, [])])
def test_short_secret_key_is_refused_under_https(settings, key, expected):
    settings.SECURE, settings.SECRET_KEY = True, key

    assert ids(check_secret_key(None)) == expected


@pytest.mark.django_db
def test_role_of_the_application_is_bound():
    assert check_role_is_bound_by_policies(None, databases=["default"]) == []


@pytest.mark.parametrize(("alias", "what"), [("operator", "has BYPASSRLS"), ("owner", "owns tables")])
def test_role_that_policies_do_not_bind_is_refused(committed_db, monkeypatch, alias, what):
    wrapper = base.DatabaseWrapper({**connections[alias].settings_dict}, alias="default")
    monkeypatch.setattr(base, "_bound_roles", set())
    monkeypatch.setattr(checks, "connections", {"default": wrapper})

    errors = check_role_is_bound_by_policies(None, databases=["default"])

    assert [error.msg for error in errors] == [f"The role in DATABASE_URL {what}."]


def test_checks_without_the_database_do_not_ask_it(monkeypatch):
    monkeypatch.setattr(checks, "connections", {})

    assert check_role_is_bound_by_policies(None, databases=[]) == []


class Database:
    """A database that is down for some attempts."""

    def __init__(self, down: int) -> None:
        self.down = down
        self.closed = False

    def ensure_connection(self) -> None:
        if self.down:
            self.down -= 1
            raise OperationalError("down")

    def close(self) -> None:
        self.closed = True


def test_start_waits_for_a_database_that_is_down(monkeypatch):
    database = Database(down=2)
    monkeypatch.setattr(startup, "connections", {"default": database})
    monkeypatch.setattr(startup, "PAUSE", 0)

    startup.refuse_unsafe_role()

    assert (database.down, database.closed) == (0, True)


def test_start_does_not_wait_for_ever(monkeypatch):
    database = Database(down=1)
    monkeypatch.setattr(startup, "connections", {"default": database})

    startup.refuse_unsafe_role(patience=0)

    assert (database.down, database.closed) == (0, False)


WEB = (
    "gunicorn",
    "crowdhub.wsgi",
    "--config",
    "python:crowdhub.operator.web_server",
    "--bind",
    "127.0.0.1:0",
    "--workers",
    "1",
)
WORKER = ("celery", "-A", "crowdhub.celery", "worker", "--pool", "solo")
BEAT = ("celery", "-A", "crowdhub.celery", "beat", "--pidfile", "", "--schedule", "{folder}/beat")
LIVE = {
    "CROWDHUB_DEMO": "",
    "CROWDHUB_SCHEME": "https",
    "SECRET_KEY": "only-for-a-test-abcdefghijklmnopqrstuvwxyz-0123456789",
}


@pytest.mark.parametrize("command", [WEB, WORKER, BEAT], ids=["web", "worker", "beat"])
def test_nothing_starts_as_a_role_that_sees_every_tenant(tmp_path, command):
    ended = start(command, tmp_path, LIVE | {"DATABASE_URL": os.environ["DATABASE_OPERATOR_URL"]})

    assert ended.returncode not in (0, None)
    assert "The role in DATABASE_URL has BYPASSRLS." in ended.stdout


@pytest.mark.slow
@pytest.mark.parametrize("command", [WEB, WORKER, BEAT], ids=["web", "worker", "beat"])
def test_nothing_starts_as_a_demo_behind_a_real_address(tmp_path, command):
    ended = start(command, tmp_path, LIVE | {"CROWDHUB_DEMO": "1"})

    assert ended.returncode not in (0, None)
    assert "CROWDHUB_DEMO is on" in ended.stdout


def start(command, folder, environment):
    """Run a command as an installation would, which ends by itself or fails the test."""
    return subprocess.run(
        [sys.executable, "-m", *(part.format(folder=folder) for part in command)],
        cwd=Path(__file__).resolve().parent.parent.parent,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=60,
        check=False,
    )
