"""The words that many ideas of a challenge share: a first look at what they are about, and no more than that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.db import connection

from challenges.enums import Visibility
from challenges.models import Challenge
from crowdhub.pages.everyday_words import ENGLISH, GERMAN
from ideas.enums import IdeaState

MOST_IDEAS: Final = 300  # the latest ones
MOST_CHARACTERS: Final = 1_000  # of each text
MOST_WORDS: Final = 12
FEWEST_IDEAS: Final = 5  # among fewer, what two or three have in common is chance
LEAST_IDEAS: Final = 2  # that share a word
LEAST_SHARE: Final = 0.1  # of the ideas that were counted
TIMES_AS_FREQUENT: Final = 2  # in these ideas as in those of other challenges

# PostgreSQL's own dictionaries leave out stop words ("and", "und") and bring "valve" and "valves" together. A word
# counts once for each idea, everyday words ("need", "half") not at all; it is shown in the form that most ideas have.
# What the question itself says is no theme of its answers, nor is a word that is as frequent elsewhere ("would"):
# elsewhere is where every member reads.
_SQL: Final = """
    WITH here AS (
        SELECT id, language, title, body FROM ideas_idea
        WHERE challenge_id = %(challenge)s AND state = %(published)s
        ORDER BY published_at DESC, id DESC LIMIT %(ideas)s
    ), elsewhere AS (
        SELECT idea.id, idea.language, idea.title, body FROM ideas_idea idea
        JOIN challenges_challenge challenge ON challenge.id = idea.challenge_id
        WHERE challenge_id <> %(challenge)s AND idea.state = %(published)s AND challenge.visibility = %(open)s
        ORDER BY published_at DESC, idea.id DESC LIMIT %(ideas)s
    ), texts AS (
        SELECT true AS is_here, * FROM here UNION ALL SELECT false, * FROM elsewhere
    ), words AS (
        SELECT is_here, id, language, word FROM texts,
            unnest(tsvector_to_array(to_tsvector('simple', title || ' ' || left(body, %(characters)s)))) word
        WHERE word ~ '^[[:alpha:]-]{4,}$'
    ), stems AS (
        SELECT is_here, id, word, coalesce(
            (CASE language WHEN 'de' THEN ts_lexize('german_stem', word) WHEN 'en' THEN ts_lexize('english_stem', word)
             ELSE ARRAY[word] END)[1], '') AS stem
        FROM words
    ), asked AS (
        SELECT unnest(tsvector_to_array(to_tsvector('english', %(question)s) || to_tsvector('german', %(question)s)))
            AS stem
    ), everyday AS (
        SELECT word AS stem FROM unnest(%(english)s || %(german)s) word
        UNION SELECT unnest(ts_lexize('english_stem', word)) FROM unnest(%(english)s) word
        UNION SELECT unnest(ts_lexize('german_stem', word)) FROM unnest(%(german)s) word
    ), counted AS (
        SELECT mode() WITHIN GROUP (ORDER BY word) FILTER (WHERE is_here) AS word,
            count(DISTINCT id) FILTER (WHERE is_here) AS ideas, count(DISTINCT id) FILTER (WHERE NOT is_here) AS others
        FROM stems WHERE stem <> '' AND stem NOT IN (SELECT stem FROM asked)
            AND stem NOT IN (SELECT stem FROM everyday) GROUP BY stem
    )
    SELECT word, ideas FROM counted
    WHERE (SELECT count(*) FROM here) >= %(fewest)s
        AND ideas >= greatest(%(least)s, %(share)s * (SELECT count(*) FROM here))
        AND ideas * (SELECT count(*) FROM elsewhere) >= %(times)s * others * (SELECT count(*) FROM here)
    ORDER BY 2 DESC, 1 LIMIT %(words)s
"""


@dataclass(frozen=True)
class Theme:
    """A word, and how many ideas have it."""

    word: str
    ideas: int


def themes(challenge: Challenge) -> list[Theme]:
    """Return the words that most of the latest published ideas share, in one query.

    None where there are few ideas, none that few of them have, and none that ideas of other challenges have as often.
    """
    parameters: dict[str, Any] = {
        "challenge": challenge.pk,
        "published": IdeaState.PUBLISHED,
        "open": Visibility.ORGANIZATION,
        "times": TIMES_AS_FREQUENT,
        "question": f"{challenge.title} {challenge.objective}",
        "ideas": MOST_IDEAS,
        "fewest": FEWEST_IDEAS,
        "least": LEAST_IDEAS,
        "share": LEAST_SHARE,
        "english": ENGLISH.split(),
        "german": GERMAN.split(),
        "characters": MOST_CHARACTERS,
        "words": MOST_WORDS,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SQL, parameters)
        return [Theme(word, ideas) for word, ideas in cursor.fetchall()]
