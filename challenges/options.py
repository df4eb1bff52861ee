"""What an audience can be made of: the organization's skills, departments, locations and groups, read at once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from django.db.models import F, QuerySet, Value

from challenges.enums import ClauseKind
from crowdhub.people.models import Department, Group, Location, Skill
from crowdhub.people.names import PATH_SIGN
from crowdhub.tenancy.context import current_organization

Choosable = Skill | Department | Location | Group

_MODELS: Final[dict[ClauseKind, type[Choosable]]] = {
    ClauseKind.SKILL: Skill,
    ClauseKind.DEPARTMENT: Department,
    ClauseKind.LOCATION: Location,
    ClauseKind.GROUP: Group,
}


@dataclass(frozen=True)
class AudienceOptions:
    """By kind of clause, everything that can be chosen: its public id, its label and itself, by label."""

    by_kind: dict[ClauseKind, dict[str, tuple[str, Choosable]]]

    def choices(self, kind: ClauseKind) -> list[tuple[str, str]]:
        return [(public_id, label) for public_id, (label, _chosen) in self.by_kind[kind].items()]

    def chosen(self, kind: ClauseKind, public_id: str) -> Choosable:
        return self.by_kind[kind][public_id][1]


def audience_options() -> AudienceOptions:
    """Return everything that clauses can name, by one query. Departments are labelled with those above them."""
    rows: dict[str, list[tuple[int, str, str, str]]] = defaultdict(list)
    queries = [_rows_of(kind) for kind in _MODELS]
    for kind, pk, public_id, name, path in queries[0].union(*queries[1:], all=True):
        rows[kind].append((pk, public_id, name, path))
    names = {str(pk): name for pk, _public_id, name, _path in rows[ClauseKind.DEPARTMENT]}
    organization_id = current_organization().pk
    by_kind: dict[ClauseKind, dict[str, tuple[str, Choosable]]] = {}
    for kind, model in _MODELS.items():
        labelled = sorted(
            (_label(name, path, names), public_id, model(pk=pk, organization_id=organization_id, name=name))
            for pk, public_id, name, path in rows[kind]
        )
        by_kind[kind] = {public_id: (label, chosen) for label, public_id, chosen in labelled}
    return AudienceOptions(by_kind)


def _rows_of(kind: ClauseKind) -> QuerySet:
    path = F("path") if kind == ClauseKind.DEPARTMENT else Value("")
    model = _MODELS[kind]
    return model.objects.order_by().values_list(Value(kind.value), "pk", "public_id", "name", path)


def _label(name: str, path: str, names: dict[str, str]) -> str:
    above = [names[part] for part in path.split("/") if part in names][:-1]
    return PATH_SIGN.join([*above, name])
