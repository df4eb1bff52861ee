"""What a member brings along from the apps above: ids about which rules ask on every page, and what pages count.

People must not import those apps, so they plug in the queries that find the ids. A member who was loaded for a request
has them from that one query; any other asks once. The query is built once for many requests: what is plugged in must
not depend on the moment at which it is asked for.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Model, OuterRef, QuerySet
from django.db.models.expressions import Combinable

# From the key of a member, or that of an outer query, to a query of one column.
Finder = Callable[[int | OuterRef], QuerySet[Any, Any]]
# From the key of a member of an outer query to a number, or nothing where it is none of the member's business.
Counter = Callable[[OuterRef], Combinable]

_finders: dict[str, Finder] = {}
_counters: dict[str, Counter] = {}


def bring_along(name: str, finder: Finder) -> None:
    """Say what finds the ids of this name; called once, when the app above is ready."""
    _finders[name] = finder


def bring_count(name: str, counter: Counter) -> None:
    """Say what counts what has this name; called once, when the app above is ready."""
    _counters[name] = counter


def counted_along() -> dict[str, Combinable]:
    """Return the annotations by which the member of a request brings along what its pages count."""
    return {f"counted_{name}": counter(OuterRef("pk")) for name, counter in _counters.items()}


def brought_count(member: Model, name: str) -> int | None:
    """Return a number that a member has brought along; None for one who was not loaded for a request."""
    number: int | None = getattr(member, f"counted_{name}", None)  # of a request, it may be lazy
    return number


def brought_along() -> dict[str, ArraySubquery]:
    """Return the annotations by which the members of a query bring along all that was plugged in."""
    return {_annotation(name): ArraySubquery(finder(OuterRef("pk"))) for name, finder in _finders.items()}


def ids_of(member: Model, name: str) -> frozenset[int]:
    """Return the ids that a member has brought along, or ask for them."""
    loaded: list[int] | None = member.__dict__.get(_annotation(name))
    return frozenset(_finders[name](member.pk) if loaded is None else loaded)


def forget_brought(member: Model) -> None:
    """Let the object ask for all of it again."""
    for name in _finders:
        for known in (name, _annotation(name)):
            member.__dict__.pop(known, None)


def _annotation(name: str) -> str:
    return f"brought_{name}"
