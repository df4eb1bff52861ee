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
    told = {
        "published": grouped(rate.published),
        "answered": grouped(rate.answered),
        "in_time": grouped(rate.in_time),
    }
    if not rate.answered:
        text = ngettext(
            "%(published)s idea is published, and not answered yet.",
            "%(published)s ideas are published, and none is answered yet.",
            rate.published,
        )
    elif rate.in_time == rate.answered:
        text = ngettext(
            "%(answered)s of %(published)s published idea is answered, in time.",
            "%(answered)s of %(published)s published ideas are answered, all in time.",
            rate.published,
        )
    else:
        text = ngettext(
            "%(answered)s of %(published)s published idea is answered, %(in_time)s of them in time.",
            "%(answered)s of %(published)s published ideas are answered, %(in_time)s of them in time.",
            rate.published,
        )
    return text % told


def _not_published(rate: AnswerRate) -> str:
    if not rate.not_published:
        return ""
    text = ngettext(
        "%(count)s more was not published, with reasons.",
        "%(count)s more were not published, with reasons.",
        rate.not_published,
    )
    return text % {"count": grouped(rate.not_published)}
