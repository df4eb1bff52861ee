"""What the style guide fills its components with: one, none, many, long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.core.paginator import Page, Paginator
from django.utils import timezone

from crowdhub.common.keyset import KeysetPage
from crowdhub.common.tabs import Tab
from crowdhub.pages.styleguide.forms import LONG_WORD

WEEKS = [f"Week {number}" for number in range(31, 39)]
SEEN, TAKEN_PART = (120, 188, 240, 251, 262, 266, 270, 271), (4, 21, 40, 52, 67, 71, 84, 86)


@dataclass(frozen=True)
class Step:
    name: str
    state: str
    opens_at: datetime | None = None
    closes_at: datetime | None = None
    note: str = ""


def samples() -> dict[str, Any]:
    now = timezone.now()
    return {
        "long_word": LONG_WORD,
        "moments": [now - timedelta(minutes=3), now - timedelta(days=1), now - timedelta(days=400)],
        "now": now,
        "due": now + timedelta(days=9),
        "ends": [now + timedelta(days=days, seconds=1) for days in (0, 1, 13)],
        "lefts": [timedelta(hours=24), timedelta(hours=3), -timedelta(hours=16)],
        "steps": _steps(now),
        "tabs": [Tab("#tabs", "All", current=True), Tab("#unread", "Unread", current=False, count=3)],
        "many_tabs": [Tab(f"#tab-{n}", f"Werk {n}, {LONG_WORD}", current=n == 2) for n in range(1, 6)],
        "pages": [_page(1), _page(5), _page(10)],
        "stretches": [KeysetPage([], after="b"), KeysetPage([], before="b", after="c"), KeysetPage([], before="c")],
        "bars": [("Operations", 128), ("Assembly", 64, "of 90"), (LONG_WORD, 7), ("Works council", None)],
        "weeks": WEEKS,
        "series": [("Looked", SEEN), ("Took part", TAKEN_PART)],
        "nothing": [("Took part", [0] * len(WEEKS))],
    }


def _steps(now: datetime) -> list[Step]:
    day = timedelta(days=1)
    return [
        Step("Ideas", "done", now - 20 * day, now - 6 * day),
        Step("Votes", "open", now - 6 * day, now + 8 * day, note="You have voted for 2 ideas."),
        Step(f"Answers of the {LONG_WORD}", "next", now + 8 * day, now + 20 * day),
    ]


def _page(number: int) -> Page:
    return Paginator(range(95), 10).page(number)
