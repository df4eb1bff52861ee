"""Public ids in, people and references out. No number of the database ever leaves or enters."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from crowdhub.api.base import member_of
from crowdhub.people.models import Member
from crowdhub.people.names import shown_name
from crowdhub.tenancy.models import PUBLIC_ID_LENGTH

# What a member may point at: the same scoped query as that of the thing's own page.
Visible = Callable[[Member], "QuerySet[Any]"]
NOTHING_THERE: Final = _("There is nothing with this id, or nothing that you can see.")
ID_PATTERN: Final = rf"^[a-z0-9]{{1,{PUBLIC_ID_LENGTH}}}$"


class PublicId(serializers.RegexField):
    """A public id, read or written."""

    def __init__(self, **options: Any) -> None:
        super().__init__(ID_PATTERN, **options)


class Reference(PublicId):
    """A public id in a body that becomes the row it names, if the member can see that."""

    default_error_messages = {"does_not_exist": NOTHING_THERE}

    def __init__(self, visible: Visible, **options: Any) -> None:
        self.visible = visible
        super().__init__(**options)

    def to_internal_value(self, data: Any) -> Any:
        public_id = super().to_internal_value(data)
        # A name that does not look like an id is told apart later, by the field's own validator.
        found = self.visible(member_of(self.context["request"])).filter(public_id=public_id.replace("\0", "")).first()
        if found is None:
            self.fail("does_not_exist")
        return found

    def run_validators(self, value: Any) -> None:
        """The validators are for the text, and it has been looked up by now."""


class References(serializers.ListField):
    """Public ids that become rows, by one query for all of them."""

    child = PublicId()

    def __init__(self, visible: Visible, *, max_length: int = 500, **options: Any) -> None:
        self.visible = visible
        super().__init__(max_length=max_length, **options)

    def to_internal_value(self, data: Any) -> Any:
        public_ids = super().to_internal_value(data)
        return rows_with(public_ids, self.visible(member_of(self.context["request"])))


def rows_with(public_ids: Sequence[str], rows: QuerySet[Any]) -> list[Any]:
    """Return the rows with these public ids, in their order; raises ValidationError for one that is not there."""
    found = {row.public_id: row for row in rows.filter(public_id__in=set(public_ids))} if public_ids else {}
    missing = {str(number): [NOTHING_THERE] for number, public_id in enumerate(public_ids) if public_id not in found}
    if missing:
        raise serializers.ValidationError(missing)
    return [found[public_id] for public_id in public_ids]


class Text(serializers.CharField):
    """A text as it was written, its lines ended by LF."""

    def __init__(self, **options: Any) -> None:
        super().__init__(trim_whitespace=False, **options)

    def to_internal_value(self, data: Any) -> str:
        return str(super().to_internal_value(data)).replace("\r\n", "\n")


class PersonSerializer(serializers.Serializer[Any]):
    """A person as this reader may see them."""

    id = serializers.CharField(allow_null=True)
    name = serializers.CharField()


class NamedSerializer(serializers.Serializer[Any]):
    """Something with a name, such as a department."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField()


def person_shown(person: Member | None, viewer: Member) -> dict[str, str | None]:
    """Return id and name of a person for a reader; somebody who is no longer there has no id."""
    is_there = person is not None and person.erased_at is None
    return {
        "id": person.public_id if is_there and person is not None else None,
        "name": shown_name(person, viewer=viewer),
    }


class ViewerSerializer(serializers.Serializer[Any]):
    """A serializer that knows who reads."""

    @property
    def viewer(self) -> Member:
        return member_of(self.context["request"])

    def shown(self, person: Member | None) -> dict[str, str | None]:
        return person_shown(person, self.viewer)


def id_of(row: Model | None) -> str | None:
    """Return the public id of a row that may be absent."""
    return None if row is None else str(row.public_id)  # type: ignore[attr-defined]  # every such row has one
