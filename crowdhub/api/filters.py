from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django_filters import rest_framework as filters


class StableOrdering(filters.OrderingFilter):
    """Ordering by a fixed list of fields, with a tie that always falls the same way, so that pages do not overlap."""

    def __init__(self, *args: Any, tie: Sequence[str] = ("pk",), **options: Any) -> None:
        super().__init__(*args, **options)
        self.tie = tie

    def filter(self, qs: QuerySet[Any], value: list[str] | None) -> QuerySet[Any]:
        if not value:
            return qs
        return qs.order_by(*(self.get_ordering_value(name) for name in value if name), *self.tie)


class PublicIdFilter(filters.CharFilter):
    """Rows that point at the row with this public id; one that is not there, or not visible, leaves nothing."""

    def __init__(self, field_name: str, **options: Any) -> None:
        super().__init__(field_name=f"{field_name}__public_id", max_length=10, **options)


class PersonFilter(PublicIdFilter):
    """Rows of a person; of one who was erased there are none, or their old id would tell what they wrote."""

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        found: QuerySet[Any] = super().filter(qs, value)
        return found.filter(**{self.field_name.replace("public_id", "erased_at"): None}) if value else found
