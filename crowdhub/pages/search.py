"""Search over what a member can see."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from django.db.models import Model, QuerySet
from django.db.models.expressions import RawSQL
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from challenges.models import Challenge
from challenges.queries import challenges_visible_to
from crowdhub.common.text import excerpt
from crowdhub.people.models import Member
from ideas.models import Idea
from ideas.queries import ideas_visible_to

SHOWN = 20  # of each kind
LONGEST_LINE: Final = 240  # characters
NEAR: Final = 20  # characters
# Around what was found in a text: characters that a text cannot hold, so that it is escaped before they become HTML.
MARK, END_OF_MARK = "\x02", "\x03"
HEADLINE: Final = f"StartSel={MARK}, StopSel={END_OF_MARK}, MaxFragments=1, MinWords=12, MaxWords=24"
TEXT: Final = {"challenge": "objective", "idea": "body"}
LANGUAGE: Final = "CASE {table}.language WHEN 'de' THEN 'german'::regconfig ELSE 'english'::regconfig END"
Match = TypeVar("Match", bound=Model)


@dataclass(frozen=True)
class Found:
    challenges: list[Challenge]
    ideas: list[Idea]

    def __bool__(self) -> bool:
        return bool(self.challenges or self.ideas)


def search_for(words: str, *, member: Member) -> Found:
    """Return the best matches among what the member may see, best first; nothing for no words.

    Each has a `line` of its text around what was found in it, or its first words.
    """
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
    # It costs a look at the whole text, which PostgreSQL has only for the rows that it returns.
    headline = RawSQL(  # noqa: S611  a table and a column of ours
        f"ts_headline({LANGUAGE.format(table=table)}, {table}.{TEXT[kind]}, search_query(%s), %s)", [words, HEADLINE]
    )
    best: list[Any] = list(
        visible.filter(pk__in=found).annotate(headline=headline).order_by(rank.desc(), "-pk")[:SHOWN]
    )
    for each in best:
        each.line = _line(each.headline, getattr(each, TEXT[kind]))
    return best


def _line(headline: str, text: str) -> SafeString:
    """Return what surrounds a match in plain words, as HTML in which the match is marked."""
    plain = re.sub(f"[{MARK}{END_OF_MARK}]", "", headline).strip()
    if not plain:
        return SafeString()
    before, found, after = text.strip().partition(plain)
    # It leaves out an article or a full stop at its ends: what is so near to those of the text is shown with it.
    first, last = (end if found and len(end) <= NEAR else "… " for end in (before, after[::-1]))
    words = escape(excerpt(f"{first}{headline.strip()}{last[::-1]}", LONGEST_LINE))
    marked = re.sub(f"{MARK}(.*?){END_OF_MARK}", r"<mark>\1</mark>", words)
    line = re.sub(f"[{MARK}{END_OF_MARK}]", "", marked)
    return mark_safe(line)  # noqa: S308  # escaped above, but for our own marks
