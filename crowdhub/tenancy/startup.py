"""What web and worker processes refuse to start with; Gunicorn and Celery run no checks of Django's."""

from __future__ import annotations

from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured

from crowdhub.tenancy.checks import SAFETY


def refuse_unsafe_settings() -> None:
    """Raise ImproperlyConfigured for settings under which accounts or tenants would not be safe.

    The database's role is looked at by the connection itself: see crowdhub.tenancy.backend.
    """
    errors = run_checks(tags=[SAFETY])
    if errors:
        raise ImproperlyConfigured(" ".join(error.msg for error in errors))
