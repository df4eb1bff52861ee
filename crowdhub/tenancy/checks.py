"""Start-up refusals: settings under which tenants would not be apart."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import Error, Tags, register
from django.db import connections


@register()
def check_demo_is_local(app_configs: Any, **kwargs: Any) -> list[Error]:
    """A demo signs people in by one click, so it must never stand behind a real address."""
    if settings.DEMO and settings.SCHEME == "https":
        return [Error("CROWDHUB_DEMO is on in an installation served by https.", id="crowdhub.E001")]
    return []


@register()
def check_secret_key(app_configs: Any, **kwargs: Any) -> list[Error]:
    if settings.SECURE and len(settings.SECRET_KEY) < 50:
        return [Error("SECRET_KEY must have 50 characters or more.", id="crowdhub.E002")]
    return []


@register(Tags.database)
def check_role_is_bound_by_policies(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[Error]:
    """The application's role must be bound by row-level security: no superuser, no BYPASSRLS, owner of nothing."""
    if "default" not in (databases or []):
        return []
    return role_errors()


def role_errors() -> list[Error]:
    """Return what makes the role of the default connection unsafe."""
    with connections["default"].cursor() as cursor:
        cursor.execute(
            "select rolsuper, rolbypassrls, exists(select from pg_class where relowner = pg_roles.oid "
            "and relnamespace = 'public'::regnamespace) from pg_roles where rolname = current_user"
        )
        superuser, bypasses, owns = cursor.fetchone()
    wrong = [
        text
        for found, text in (
            (superuser, "is a superuser"),
            (bypasses, "has BYPASSRLS"),
            (owns, "owns tables"),
        )
        if found
    ]
    return [Error(f"The role in DATABASE_URL {what}.", id="crowdhub.E003") for what in wrong]
