"""What waits for an answer, beside challenges that know nothing of ideas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import template

from ideas.queries import AnswersWaiting, answers_waiting

register = template.Library()


@register.simple_tag
def with_waiting(rows: Sequence[Any], manages: bool = True) -> list[tuple[Any, AnswersWaiting | None]]:
    """Return each row, which has the key of its challenge, with what waits there for an answer; takes one query.

    manages: whether the reader answers there; for nobody else anything waits, and nothing is asked.
    """
    found = answers_waiting(row.pk for row in rows) if manages and rows else {}
    return [(row, found.get(row.pk)) for row in rows]
