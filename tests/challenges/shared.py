"""What the tests of challenges share."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from challenges.domain.audience import AudienceChoice, set_audience
from challenges.domain.drafting import create_challenge, set_dates
from challenges.domain.launching import launch_challenge
from challenges.domain.terms import publish_terms
from challenges.enums import PhaseKind
from challenges.models import Challenge
from crowdhub.people.models import Member
from tests.harness.cast import Cast
from tests.harness.outbox import run_consumers

NOW = timezone.now()


def in_days(days: int) -> Any:
    return NOW + timedelta(days=days)


def ready_draft(cast: Cast) -> Challenge:
    """Make a draft that nothing keeps from being launched, for those who weld."""
    challenge = create_challenge(
        actor=cast.carol,
        title="Tight joints",
        objective="Halve the leaks.",
        success_measure="Share of tight joints.",
        terms=publish_terms("Be fair.", actor=cast.carol),
    )
    set_dates(
        challenge,
        actor=cast.carol,
        dates={
            PhaseKind.SUBMISSION: (in_days(1), in_days(20)),
            PhaseKind.VOTING: (in_days(20), in_days(27)),
            PhaseKind.REVIEW: (in_days(20), in_days(40)),
        },
    )
    set_audience(challenge, actor=cast.carol, choice=AudienceChoice(skills=((cast.welding, 3),)))
    return challenge


SignIn = Callable[[Member], Client]
# What a page costs may grow with nothing; the tenant's setting and savepoints are no queries of it.
BUDGET = 8


def launched(cast: Cast) -> Challenge:
    """Launch the ready draft and let the workers invite Alice, who alone can weld."""
    challenge = launch_challenge(ready_draft(cast), actor=cast.carol, now=NOW)
    run_consumers()
    challenge.refresh_from_db()
    return challenge


def page(name: str, *args: Any) -> str:
    return reverse(name, args=args)


def queries_of(client: Client, url: str) -> list[str]:
    assert client.get(url).status_code == 200  # a process remembers the host from then on
    with CaptureQueriesContext(connection) as captured:
        client.get(url)
    ignored = ("SAVEPOINT", "RELEASE SAVEPOINT", "SET CONSTRAINTS", "select set_config")
    return [query["sql"] for query in captured if not query["sql"].startswith(ignored)]


QUESTION = {
    "title": "Tight joints",
    "kind": "ideas",
    "language": "en",
    "objective": "**Halve** the leaks.",
    "why_it_matters": "",
    "good_answer": "",
    "success_measure": "Share of tight joints.",
}


def day(days: int) -> str:
    """Return a day from today on the organization's calendar, as a form sends it."""
    today = timezone.localdate(timezone=ZoneInfo("Europe/Berlin"))
    return (today + timedelta(days=days)).isoformat()
