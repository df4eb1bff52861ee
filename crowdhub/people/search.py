"""Finding people by pieces of their name or e-mail address, as fast among 100,000 as among 100.

Row-level security keeps PostgreSQL from using an index of trigrams. So a function of the role *searcher* looks into it,
within the open organization alone, and returns ids; what the reader may not see falls out when these are joined to
what they may.
"""

from __future__ import annotations

from functools import reduce
from operator import and_
from typing import Final

from django.db import connection
from django.db.models import Case, Q, QuerySet, TextField, Value, When
from django.db.models.expressions import RawSQL
from django.db.models.functions import Concat, Lower

from crowdhub.people.models import Member

MOST_WORDS: Final = 8
SHORT: Final = 3  # letters; a shorter word has to begin a name or an address, or it would be in nearly everyone's
# More people than this are not looked up one by one: the list is walked in its order then, which soon fills a page.
MOST_IDS: Final = 2_500


def people_named(people: QuerySet[Member], words: str) -> QuerySet[Member]:
    """Keep the people in whose name or e-mail address every word stands, in any case; asks the index at once."""
    fragments = fragments_of(words)
    if not fragments:
        return people
    ids = _ids_of(fragments)
    if len(ids) <= MOST_IDS:
        return people.filter(pk__in=RawSQL("SELECT unnest(%s::bigint[])", [ids]))
    words_of = Lower(Concat(Value(" "), "name", Value(" "), "email", output_field=TextField()))
    stand_there = reduce(and_, (Q(words__contains=Lower(Value(fragment))) for fragment in fragments))
    # The planner must not know what is compared: it would take a match for rare, and sort instead of walking.
    return people.alias(words=words_of).filter(Case(When(stand_there, then=True), default=False))


def fragments_of(words: str) -> list[str]:
    """Return what has to stand in " name address" of whoever is found."""
    return [word if len(word) >= SHORT else f" {word}" for word in words.replace("\0", " ").split()[:MOST_WORDS]]


def _ids_of(fragments: list[str]) -> list[int]:
    """Return the ids of whom the index knows, of more than MOST_IDS only so many that one can tell."""
    patterns = [f"%{_escaped(fragment)}%" for fragment in fragments]
    with connection.cursor() as cursor:
        cursor.execute("SELECT search_people(%s, %s)", [patterns, MOST_IDS + 1])
        return [row[0] for row in cursor.fetchall()]


def _escaped(text: str) -> str:
    """Return a text in which LIKE takes every sign for itself."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
