"""Ways to break the second ring, for the tests of the tests."""

from __future__ import annotations

import django_scopes.manager
import pytest
from django.apps import apps
from django.db.models import QuerySet


def break_scopes(monkeypatch: pytest.MonkeyPatch, what: str) -> None:
    """Switch scopes off: "all" of them, or the manager of one model ("ideas.Idea"); "" leaves them on."""
    if what == "all":
        monkeypatch.setattr(django_scopes.manager, "get_scope", lambda: {"_enabled": False})
    elif what:
        model = apps.get_model(what)
        monkeypatch.setattr(
            type(model._default_manager), "get_queryset", lambda self: QuerySet(self.model, using=self._db)
        )
