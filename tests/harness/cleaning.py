from __future__ import annotations

from django.apps import apps
from django.db import connections

KEPT = {"django_migrations", "django_content_type", "auth_permission"}


def truncate_everything() -> None:
    """Empty every table as *owner*, whom row-level security does not stop from truncating."""
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)} - KEPT
    with connections["owner"].cursor() as cursor:
        names = ", ".join(f'"{table}"' for table in sorted(tables))
        cursor.execute(f"TRUNCATE {names} RESTART IDENTITY CASCADE")
    connections["owner"].close()


def forget_what_is_gone() -> None:
    """Vacuum as *owner*: what thousands of tests have rolled back lies in the tables, and plans are made by it."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE)")
    connections["owner"].close()
