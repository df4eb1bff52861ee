"""Settings as they come out of an environment."""

import runpy
from pathlib import Path

import pytest
from django.core.mail import get_connection

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


def test_mail_goes_by_smtp_unless_a_provider_is_named(read):
    settings = read(EMAIL_URL="smtp+tls://me:secret@mail.example:587", EMAIL_BACKEND="", ANYMAIL="")

    assert settings["EMAIL_BACKEND"] == "django.core.mail.backends.smtp.EmailBackend"
    assert (settings["EMAIL_HOST"], settings["EMAIL_PORT"], settings["EMAIL_USE_TLS"]) == ("mail.example", 587, True)


def test_mail_goes_by_the_api_of_a_provider(read, settings):
    read_settings = read(
        EMAIL_BACKEND="anymail.backends.postmark.EmailBackend", ANYMAIL='{"POSTMARK_SERVER_TOKEN": "t"}'
    )
    settings.EMAIL_BACKEND, settings.ANYMAIL = read_settings["EMAIL_BACKEND"], read_settings["ANYMAIL"]

    backend = get_connection()

    assert type(backend).__module__ == "anymail.backends.postmark"
    assert backend.server_token == "t"


def test_sweeps_do_not_pile_up_while_no_worker_runs():
    sweep = app.conf.beat_schedule["sweep the outbox"]

    assert sweep["options"]["expires"] <= sweep["schedule"]
