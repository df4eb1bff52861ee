"""Short lists that belong to one row, read in that row's own query.

A page may ask the database eight times; a prefetch for each of five short lists would take five of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TypeVar

from django.contrib.postgres.expressions import ArraySubquery
from django.db import DEFAULT_DB_ALIAS
from django.db.models import Model, QuerySet
from django.db.models.functions import JSONObject

Row = TypeVar("Row", bound=Model)


def rows_of(queryset: QuerySet[Any], *fields: str) -> ArraySubquery:
    """Return an expression for the rows of a correlated queryset, in its order, with these fields.

    "member__name" follows a key; `attach` makes the member, too.
    """
    return ArraySubquery(queryset.values(nested_row=JSONObject(**{name: name for name in fields})))


def attach(instance: Model, relation: str, rows: Iterable[dict[str, Any]]) -> None:
    """Give an instance the rows that `rows_of` read, as if `relation` had been prefetched.

    The rows have the fields that were asked for, the key among them; any other is loaded when it is touched.
    """
    related = getattr(instance, relation).all()
    # The same three lines as in Django's prefetch_related_objects, which offers no public way to do this.
    related._result_cache = [made_of(related.model, row) for row in rows]
    related._prefetch_done = True
    instance.__dict__.setdefault("_prefetched_objects_cache", {})[relation] = related


def made_of(model: type[Row], row: dict[str, Any]) -> Row:
    """Return an instance of what was read: fields by name, and those of a related row as `author__name`."""
    own: dict[str, Any] = {}
    others: dict[str, dict[str, Any]] = {}
    for name, value in row.items():
        key, _separator, rest = name.partition("__")
        if rest:
            others.setdefault(key, {})[rest] = value
        else:
            field: Any = model._meta.get_field(name)
            own[field.attname] = field.to_python(value)
    present = [field.attname for field in model._meta.concrete_fields if field.attname in own]
    instance: Row = model.from_db(DEFAULT_DB_ALIAS, present, [own[name] for name in present])
    for key, values in others.items():
        other: Any = model._meta.get_field(key).related_model
        setattr(instance, key, None if values.get("pk", values.get("id")) is None else made_of(other, values))
    return instance


def related_of(model: type[Row], row: dict[str, Any], key: str) -> Row | None:
    """Return only what a row points at, `author__…` for the key "author": much cheaper than an instance of the row."""
    prefix = f"{key}__"
    own = {name.removeprefix(prefix): value for name, value in row.items() if name.startswith(prefix)}
    return None if own["id"] is None else made_of(model, own)
