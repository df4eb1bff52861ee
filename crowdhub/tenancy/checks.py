"""Start-up refusals: settings under which tenants would not be apart."""

from __future__ import annotations

from typing import Any, Final

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import connections

# Checks of settings alone with this tag also stop web and worker processes from starting.
SAFETY: Final = "safety"


@register(SAFETY)
def check_demo_is_local(app_configs: Any, **kwargs: Any) -> list[Error]:
    """A demo signs people in by one click, so it must never stand behind a real address."""
    if settings.DEMO and settings.SCHEME == "https":
        return [Error("CROWDHUB_DEMO is on in an installation served by https.", id="crowdhub.E001")]
    return []


@register(SAFETY)
def check_secret_key(app_configs: Any, **kwargs: Any) -> list[Error]:
    if settings.SECURE and len(settings.SECRET_KEY) < 50:
        return [Error("SECRET_KEY must have 50 characters or more.", id="crowdhub.E002")]
    return []


@register(SAFETY)
def check_debug(app_configs: Any, **kwargs: Any) -> list[Error]:
    """Pages about errors show settings and data to whoever provokes one."""
    if settings.SECURE and settings.DEBUG:
        return [Error("DEBUG is on in an installation served by https.", id="crowdhub.E005")]
    return []


@register(Tags.database)
def check_role_is_bound_by_policies(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[Error]:
    """The application's role must be bound by row-level security: no superuser, no BYPASSRLS, owner of nothing."""
    if "default" not in (databases or []):
        return []
    return role_errors()


def role_errors() -> list[Error]:
    """Return what makes the role of the default connection unsafe, which the connection itself refuses."""
    try:
        connections["default"].ensure_connection()
    except ImproperlyConfigured as problem:
        return [Error(str(problem), id="crowdhub.E003")]
    return []
