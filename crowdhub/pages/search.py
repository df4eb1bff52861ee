"""Search over what a member can see."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, QuerySet
from django.db.models.expressions import RawSQL

from challenges.models import Challenge
from challenges.queries import challenges_visible_to
from crowdhub.people.models import Member
from ideas.models import Idea
from ideas.queries import ideas_visible_to

SHOWN = 20  # of each kind
Match = TypeVar("Match", bound=Model)


@dataclass(frozen=True)
class Found:
    challenges: list[Challenge]
    ideas: list[Idea]

    def __bool__(self) -> bool:
        return bool(self.challenges or self.ideas)


def search_for(words: str, *, member: Member) -> Found:
    """Return the best matches among what the member may see, best first; nothing for no words."""
    if not words:
        return Found([], [])
    return Found(
        challenges=_best(challenges_visible_to(member), "challenge", words),
        ideas=_best(ideas_visible_to(member).select_related("challenge"), "idea", words),
    )


def _best(visible: QuerySet[Match], kind: str, words: str) -> list[Match]:
    """Join what the index finds in the whole organization to what is visible, and rank only that."""
    table = visible.model._meta.db_table
    found = RawSQL("SELECT id FROM search_content(%s) WHERE kind = %s", [words, kind])
    rank = RawSQL(f"ts_rank({table}.search, search_query(%s))", [words])  # noqa: S611  a table of ours
    return list(visible.filter(pk__in=found).order_by(rank.desc(), "-pk")[:SHOWN])
