"""Search over what a member can see."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from challenges.models import Challenge
from challenges.queries import challenges_visible_to
from crowdhub.people.models import Member
from ideas.models import Idea
from ideas.queries import ideas_visible_to

SHOWN = 20  # of each kind


@dataclass(frozen=True)
class Found:
    challenges: list[Challenge]
    ideas: list[Idea]

    def __bool__(self) -> bool:
        return bool(self.challenges or self.ideas)


def search_for(words: str, *, member: Member) -> Found:
    """Return the best matches among what the member may see, best first; nothing for no words.

    The index finds ids in the whole organization; what the member may not see is left out afterwards.
    """
    ranks: dict[str, dict[int, float]] = {"challenge": {}, "idea": {}}
    if words:
        with connection.cursor() as cursor:
            cursor.execute("select kind, id, rank from search_content(%s)", [words])
            for kind, found_id, rank in cursor.fetchall():
                ranks[kind][found_id] = rank
    challenges = challenges_visible_to(member).filter(pk__in=ranks["challenge"])
    ideas = ideas_visible_to(member).filter(pk__in=ranks["idea"]).select_related("challenge")
    return Found(
        challenges=sorted(challenges, key=lambda found: -ranks["challenge"][found.pk])[:SHOWN],
        ideas=sorted(ideas, key=lambda found: -ranks["idea"][found.pk])[:SHOWN],
    )
