"""The words that many ideas of a challenge share: a first look at what they are about, and no more than that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from challenges.models import Challenge
from ideas.enums import IdeaState

MOST_IDEAS: Final = 300  # the latest ones
MOST_CHARACTERS: Final = 1_000  # of each text
MOST_WORDS: Final = 12

# PostgreSQL's own dictionaries leave out stop words ("and", "und") and bring "valve" and "valves" together. A word
# counts once for each idea; it is shown in the form that most ideas have. What the question itself says is no theme of
# its answers.
_SQL: Final = """
    WITH chosen AS (
        SELECT id, language, title || ' ' || left(body, %(characters)s) AS text FROM ideas_idea
        WHERE challenge_id = %(challenge)s AND state = %(published)s
        ORDER BY published_at DESC, id DESC LIMIT %(ideas)s
    ), words AS (
        SELECT chosen.id, chosen.language, word
        FROM chosen, unnest(tsvector_to_array(to_tsvector('simple', chosen.text))) word
        WHERE word ~ '^[[:alpha:]-]{4,}$'
    ), stems AS (
        SELECT words.id, word, coalesce(
            (CASE language WHEN 'de' THEN ts_lexize('german_stem', word) WHEN 'en' THEN ts_lexize('english_stem', word)
             ELSE ARRAY[word] END)[1], '') AS stem
        FROM words
    ), asked AS (
        SELECT unnest(tsvector_to_array(to_tsvector('english', %(question)s) || to_tsvector('german', %(question)s)))
            AS stem
    )
    SELECT mode() WITHIN GROUP (ORDER BY word), count(DISTINCT id)
    FROM stems
    WHERE stem <> '' AND stem NOT IN (SELECT stem FROM asked)
    GROUP BY stem HAVING count(DISTINCT id) > 1
    ORDER BY 2 DESC, 1 LIMIT %(words)s
"""


@dataclass(frozen=True)
class Theme:
    """A word, and how many ideas have it."""

    word: str
    ideas: int


def themes(challenge: Challenge) -> list[Theme]:
    """Return the words that most of the latest published ideas share, in one query; none that a single idea has."""
    parameters: dict[str, Any] = {
        "challenge": challenge.pk,
        "published": IdeaState.PUBLISHED,
        "question": f"{challenge.title} {challenge.objective}",
        "ideas": MOST_IDEAS,
        "characters": MOST_CHARACTERS,
        "words": MOST_WORDS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SQL, parameters)
        return [Theme(word, ideas) for word, ideas in cursor.fetchall()]
