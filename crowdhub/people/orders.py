"""By what the list of people is sorted, in parts that an index can begin anywhere in."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from crowdhub.common.keyset import Part, beyond
from crowdhub.people.models import Department


def _first_by_department(people: QuerySet[Any], after: Sequence[Any] | None, less: bool, limit: int) -> QuerySet[Any]:
    """Keep the first people in the order of their departments, taking the departments one after the other.

    Sorting by a column of another table would read everyone; this reads of each department no more than is needed, and
    none after the page is full.
    """
    departments, within = Department.objects.order_by(), people
    if after is not None:
        name, pk, *place = after
        begun = Q(pk=pk) | beyond(("name", "pk"), (name, pk), less=less)
        departments = departments.filter(begun)
        within = people.exclude(department_id=pk) | people.filter(beyond(("name", "pk"), place, less=less))
    sign = "-" if less else ""
    within = within.filter(department=RawSQL("department.id", [])).order_by(f"{sign}name", f"{sign}pk")
    outer, outer_parameters = (
        departments.order_by(f"{sign}name", f"{sign}pk").values("id", "name").query.sql_with_params()
    )
    inner, inner_parameters = within.values("id", "name")[:limit].query.sql_with_params()
    down = "DESC" if less else "ASC"
    first = (
        f"SELECT member.id FROM ({outer}) department CROSS JOIN LATERAL ({inner}) member "  # noqa: S608  statements of Django's, no text
        f"ORDER BY department.name {down}, department.id {down}, member.name {down}, member.id {down} LIMIT {limit:d}"
    )
    return people.filter(pk__in=RawSQL(first, [*outer_parameters, *inner_parameters]))  # noqa: S611  with parameters


# What the list of people sorts by: value of the parameter -> parts of the list. Whoever has no department, or was never
# here, comes last in either direction.
DIRECTORY_ORDERS: dict[str, tuple[Part, ...]] = {
    "name": (Part(("name", "pk")),),
    "email": (Part(("email", "pk")),),
    "department": (
        Part(("department__name", "department_id", "name", "pk"), Q(department__isnull=False), _first_by_department),
        Part(("name", "pk"), Q(department=None)),
    ),
    "visit": (
        Part(("last_visit_at", "pk"), Q(last_visit_at__isnull=False)),
        Part(("name", "pk"), Q(last_visit_at=None)),
    ),
}
