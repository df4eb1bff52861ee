"""The figures of the challenge room as its charts have them, each with the sentence that says what it shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from crowdhub.common.numbers import grouped, per_cent
from crowdhub.pages.room_figures import Funnel, Spans, Tally
from crowdhub.pages.themes import MOST_IDEAS

LEAST_COLUMNS: Final = 2  # one column is no course of time


@dataclass(frozen=True)
class Chart:
    """What the tag `bar_chart` draws."""

    caption: str
    heading: str
    labels: list[str]
    series: list[tuple[str, list[int]]]
    sentence: str

    @property
    def is_worth_drawing(self) -> bool:
        return len(self.labels) >= LEAST_COLUMNS and any(any(values) for _name, values in self.series)


def funnel_rows(steps: Funnel) -> list[tuple[str, int, str]]:
    """Return the steps from being asked to taking part: name, number, share of those who are asked.

    None while there is nothing to look at.
    """
    if not (steps.looked or steps.voted):
        return []
    rows = [
        (_("Asked"), steps.invited),
        (_("Have looked"), steps.looked),
        (_("Wrote or commented"), steps.took_part),
        (_("Wrote an idea"), steps.wrote),
        (_("Commented"), steps.commented),
        *([(_("Voted"), steps.voted)] if steps.voted is not None else []),
    ]
    return [(name, number, per_cent(number, steps.invited)) for name, number in rows]


def funnel_sentence(steps: Funnel) -> str:
    """Return what the funnel shows, in words and per cent."""
    if not steps.invited:
        return _("Nobody has been asked yet.")
    if not steps.looked:
        text = ngettext(
            "%(invited)s person is asked, and has not looked yet.",
            "%(invited)s people are asked. Nobody has looked yet.",
            steps.invited,
        )
        return text % {"invited": grouped(steps.invited)}
    text = ngettext(
        "Of %(invited)s person who is asked, %(looked)s has looked (%(looked_share)s) and %(took_part)s wrote or "
        "commented (%(part_share)s).",
        "Of %(invited)s people who are asked, %(looked)s have looked (%(looked_share)s) and %(took_part)s wrote or "
        "commented (%(part_share)s).",
        steps.invited,
    )
    return text % {
        "invited": grouped(steps.invited),
        "looked": grouped(steps.looked),
        "looked_share": per_cent(steps.looked, steps.invited),
        "took_part": grouped(steps.took_part),
        "part_share": per_cent(steps.took_part, steps.invited),
    }


def contributions(counts: Tally, spans: Spans, *, published: int) -> Chart:
    """Return ideas, comments and answers over time; `published` says how many of the ideas everyone reads."""
    names = {"ideas": _("Ideas handed in"), "comments": _("Comments"), "answers": _("Answers given")}
    totals = {what: counts[what, None] for what in names}
    parts = [
        ngettext(
            "%(count)s idea handed in (%(published)s published)",
            "%(count)s ideas handed in (%(published)s published)",
            totals["ideas"],
        ),
        ngettext("%(count)s comment", "%(count)s comments", totals["comments"]),
        ngettext("%(count)s answer", "%(count)s answers", totals["answers"]),
    ]
    told = {
        what: part % {"count": grouped(totals[what]), "published": grouped(published)}
        for what, part in zip(names, parts, strict=True)
    }
    sentence = _("Since the launch: %(ideas)s, %(comments)s and %(answers)s.") % told
    series = [(name, _over(counts, what, spans)) for what, name in names.items()]
    busiest = _busiest(series, spans, lambda most: ngettext("%(count)s contribution", "%(count)s contributions", most))
    return _chart(_("Contributions and answers"), spans, series, f"{sentence} {busiest}".strip())


def first_looks(counts: Tally, spans: Spans) -> Chart:
    """Return how many people opened the challenge for the first time, over time."""
    series = [(_("Looked for the first time"), _over(counts, "looked", spans))]
    total = counts["looked", None]
    sentence = ngettext(
        "Since the launch, %(count)s person who is asked has opened the challenge.",
        "Since the launch, %(count)s people who are asked have opened the challenge.",
        total,
    ) % {"count": grouped(total)}
    busiest = _busiest(series, spans, lambda most: ngettext("%(count)s person", "%(count)s people", most))
    return _chart(_("Who looked, and when"), spans, series, f"{sentence} {busiest}".strip())


def themes_counted_in(published: int) -> str:
    """Return in which of the published ideas the words of the themes were counted."""
    if published > MOST_IDEAS:
        return _("Counted in the titles and beginnings of the %(latest)s latest of %(count)s published ideas.") % {
            "latest": grouped(MOST_IDEAS),
            "count": grouped(published),
        }
    text = ngettext(
        "Counted in the title and beginning of %(count)s published idea.",
        "Counted in the titles and beginnings of all %(count)s published ideas.",
        published,
    )
    return text % {"count": grouped(published)}


def _over(counts: Tally, what: str, spans: Spans) -> list[int]:
    return [counts[what, start] for start in spans.starts]


def _chart(caption: str, spans: Spans, series: list[tuple[str, list[int]]], sentence: str) -> Chart:
    captions = {
        "day": (_("%s, by day"), _("Day")),
        "week": (_("%s, by week"), _("Week of")),
        "month": (_("%s, by month"), _("Month")),
    }
    pattern, heading = captions[spans.kind]
    return Chart(pattern % caption, heading, _labels(spans), series, sentence)


def _labels(spans: Spans) -> list[str]:
    # Translators: Django date formats, of a day and of a month.
    pattern = _("M Y") if spans.kind == "month" else _("j M")
    return [date_format(start, pattern) for start in spans.starts]


def _busiest(series: list[tuple[str, list[int]]], spans: Spans, unit: Callable[[int], str]) -> str:
    """Return when most happened, in words; nothing where nothing did, or where there is no other time.

    unit: says for a number what is counted, as a pattern of `count`.
    """
    sums = [sum(values) for values in zip(*(values for _name, values in series), strict=True)]
    if len(sums) < LEAST_COLUMNS or not any(sums):
        return ""
    most = max(range(len(sums)), key=lambda place: sums[place])
    patterns = {
        "day": _("Most on one day: %(count)s, on %(when)s."),
        "week": _("Most in one week: %(count)s, from %(when)s on."),
        "month": _("Most in one month: %(count)s, in %(when)s."),
    }
    return patterns[spans.kind] % {
        "count": unit(sums[most]) % {"count": grouped(sums[most])},
        "when": _labels(spans)[most],
    }
