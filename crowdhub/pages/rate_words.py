"""How many ideas are answered, in the words of every page that says it."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crowdhub.common.numbers import grouped
from ideas.queries import AnswerRate


def rate_sentence(rate: AnswerRate) -> str:
    """Return "3 of 11 published ideas are answered, 2 of them in time. 1 more was not published, with reasons."."""
    return " ".join(filter(None, [_answered(rate), _not_published(rate)]))


def _answered(rate: AnswerRate) -> str:
    if not rate.published:
        return _("No idea has been published yet.")
    if rate.published == 1:
        return _of_one(rate)
    if not rate.answered:
        text = _("%(published)s ideas are published, and none is answered yet.")
    elif rate.in_time == rate.answered:
        text = ngettext(
            "%(answered)s of %(published)s published ideas is answered, in time.",
            "%(answered)s of %(published)s published ideas are answered, all in time.",
            rate.answered,
        )
    else:
        text = ngettext(
            "%(answered)s of %(published)s published ideas is answered, late.",
            "%(answered)s of %(published)s published ideas are answered, %(in_time)s of them in time.",
            rate.answered,
        )
    return text % {name: grouped(getattr(rate, name)) for name in ("published", "answered", "in_time")}


def _of_one(rate: AnswerRate) -> str:
    if not rate.answered:
        return _("1 idea is published, and not answered yet.")
    return _("The published idea is answered, in time.") if rate.in_time else _("The published idea is answered, late.")


def _not_published(rate: AnswerRate) -> str:
    if not rate.not_published:
        return ""
    text = ngettext(
        "%(count)s more was not published, with reasons.",
        "%(count)s more were not published, with reasons.",
        rate.not_published,
    )
    return text % {"count": grouped(rate.not_published)}
