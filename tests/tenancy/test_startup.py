"""An installation that would not be safe does not start, however it is started."""

import pytest
from celery.signals import worker_init
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

from crowdhub.tenancy.backend import base
from crowdhub.tenancy.startup import refuse_unsafe_settings


def test_settings_of_the_tests_are_fine():
    refuse_unsafe_settings()


@pytest.mark.parametrize(
    ("unsafe", "reason"),
    [
        ({"DEMO": True, "SCHEME": "https"}, "CROWDHUB_DEMO"),
        ({"SECURE": True, "SECRET_KEY": "short"}, "SECRET_KEY"),
        ({"SECURE": True, "SECRET_KEY": "k" * 50, "DEBUG": True}, "DEBUG"),
    ],
)
def test_unsafe_settings_stop_web_and_workers(settings, unsafe, reason):
    for name, value in unsafe.items():
        setattr(settings, name, value)

    with pytest.raises(ImproperlyConfigured, match=reason):
        refuse_unsafe_settings()


@pytest.mark.parametrize(("alias", "what"), [("operator", "BYPASSRLS"), ("relay", "BYPASSRLS"), ("owner", "owns")])
def test_connection_as_a_role_that_policies_do_not_bind_is_refused(committed_db, monkeypatch, alias, what):
    """Gunicorn and Celery run no checks of Django's, so the connection itself refuses."""
    monkeypatch.setattr(base, "_bound_roles", set())
    wrapper = base.DatabaseWrapper({**connections[alias].settings_dict}, alias="default")

    try:
        with pytest.raises(ImproperlyConfigured, match=what):
            wrapper.connect()
        assert wrapper.connection is None
    finally:
        wrapper.close()


def test_worker_stops_before_it_takes_any_work(settings):
    """Celery goes on after any other error of a receiver."""
    settings.SECURE, settings.SECRET_KEY = True, "short"

    with pytest.raises(SystemExit, match="SECRET_KEY"):
        worker_init.send(sender=None)
