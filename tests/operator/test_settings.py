"""Settings as they come out of an environment."""

import runpy
from pathlib import Path

import pytest

from crowdhub.celery import app

SETTINGS = Path(__file__).resolve().parent.parent.parent / "crowdhub" / "settings.py"


@pytest.fixture
def read(monkeypatch):
    """Return a function that reads the settings from an environment."""

    def read(**environment):
        for name, value in environment.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(SETTINGS))

    return read


def strict_transport(settings):
    names = ("SECURE_HSTS_SECONDS", "SECURE_HSTS_INCLUDE_SUBDOMAINS", "SECURE_HSTS_PRELOAD")
    return tuple(settings[name] for name in names)


YEAR = 365 * 24 * 3600


@pytest.mark.parametrize(
    ("environment", "expected"),
    [
        ({"CROWDHUB_SCHEME": "http"}, (0, False, False)),
        ({"CROWDHUB_SCHEME": "https"}, (YEAR, False, False)),
        ({"CROWDHUB_SCHEME": "https", "CROWDHUB_HSTS_SUBDOMAINS": "true"}, (YEAR, True, False)),
        (
            {"CROWDHUB_SCHEME": "https", "CROWDHUB_HSTS_SUBDOMAINS": "true", "CROWDHUB_HSTS_PRELOAD": "true"},
            (YEAR, True, True),
        ),
    ],
)
def test_other_hosts_are_bound_to_https_only_where_that_is_asked_for(read, environment, expected):
    assert strict_transport(read(**environment)) == expected


def test_sweeps_do_not_pile_up_while_no_worker_runs():
    sweep = app.conf.beat_schedule["sweep the outbox"]

    assert sweep["options"]["expires"] <= sweep["schedule"]
