"""Dates as an opponent gives them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from threading import Barrier, Thread
from zoneinfo import ZoneInfo

import pytest
from django.db import connection, transaction

from challenges.domain.audience import AudienceChoice, set_audience
from challenges.domain.closing import PhaseWouldEndEarlier, extend_dates
from challenges.domain.drafting import set_dates
from challenges.domain.inviting import invite_audiences
from challenges.domain.launching import DatesAreMissing, launch_challenge
from challenges.domain.locks import ChallengeNotDraft
from challenges.domain.phases import PhaseEndsBeforeItBegins, PhaseOutOfReach, PhasesOutOfOrder
from challenges.enums import PhaseKind
from challenges.forms import end_of, first_day, last_day, start_of
from challenges.models import AudienceClause, Challenge, Invitation, Phase
from crowdhub.people.models import Member
from crowdhub.tenancy.context import current_organization, tenant
from tests import factories
from tests.challenges.shared import NOW, SignIn, day, in_days, launched, page, ready_draft
from tests.harness.cast import Cast, make_cast

FIRST, LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
FAR_EAST, FAR_WEST = ZoneInfo("Pacific/Kiritimati"), ZoneInfo("Pacific/Pago_Pago")
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    "span",
    [
        (FIRST, LAST),
        (FIRST.replace(tzinfo=FAR_EAST), in_days(1)),
        (in_days(1), LAST),
        (in_days(1), LAST.replace(tzinfo=FAR_WEST)),
    ],
)
def test_the_first_and_the_last_year_are_out_of_reach(in_acme: Cast, span: tuple[datetime, datetime]) -> None:
    draft = ready_draft(in_acme)

    with pytest.raises(PhaseOutOfReach):
        set_dates(draft, actor=in_acme.carol, dates={PhaseKind.SUBMISSION: span})

    running = factories.challenge(in_acme.carol)
    with pytest.raises(PhaseOutOfReach):
        extend_dates(running, actor=in_acme.carol, ends={PhaseKind.REVIEW: LAST})


@pytest.mark.parametrize("zone", ["Pacific/Kiritimati", "Pacific/Pago_Pago"])
def test_the_last_day_that_a_form_takes_is_within_reach(in_acme: Cast, zone: str) -> None:
    current_organization().timezone = zone
    span = start_of(date(2000, 1, 1)), end_of(date(2100, 12, 31))

    set_dates(ready_draft(in_acme), actor=in_acme.carol, dates={PhaseKind.SUBMISSION: span})

    phase = Phase.objects.get(kind=PhaseKind.SUBMISSION)
    assert (first_day(phase), last_day(phase)) == (date(2000, 1, 1), date(2100, 12, 31))


@pytest.mark.parametrize("year", ["0001-01-01", "1999-12-31", "2101-01-01", "9999-12-31"])
def test_forms_refuse_years_that_nobody_can_mean(in_acme: Cast, as_member: SignIn, year: str) -> None:
    draft, running = ready_draft(in_acme), launched(in_acme)
    carol = as_member(in_acme.carol)
    dates = {"submission_starts_on": day(1), "submission_ends_on": day(9), "review_ends_on": year}

    edited = carol.post(
        page("challenges:edit", draft.public_id, "dates"), dates | {"answer_within_days": "5", "terms": ""}
    )
    extended = carol.post(page("challenges:extend", running.public_id), {"review_ends_on": year})

    assert (edited.status_code, extended.status_code) == (422, 422)
    assert "Give a year between 2000 and 2100." in edited.content.decode()
    assert f'value="{year}"' in edited.content.decode()


# Cairo goes from 24 April 2026, 00:00 straight to 01:00; Havana repeats the first hour of 1 November 2026.
@pytest.mark.parametrize(
    ("zone", "last"),
    [
        ("Africa/Cairo", date(2026, 4, 23)),
        ("Africa/Cairo", date(2026, 4, 24)),
        ("Africa/Cairo", date(2026, 10, 29)),
        ("America/Havana", date(2026, 3, 7)),
        ("America/Havana", date(2026, 10, 31)),
        ("America/Havana", date(2026, 11, 1)),
        ("Europe/Berlin", date(2026, 3, 28)),
        ("Europe/Berlin", date(2026, 10, 25)),
    ],
)
def test_days_stay_the_same_where_clocks_are_changed(in_acme: Cast, zone: str, last: date) -> None:
    current_organization().timezone = zone
    set_dates(ready_draft(in_acme), actor=in_acme.carol, dates={PhaseKind.VOTING: (start_of(last), end_of(last))})

    phase = Phase.objects.get(kind=PhaseKind.VOTING)

    assert (first_day(phase), last_day(phase)) == (last, last)
    assert timedelta(hours=23) <= phase.ends_at - phase.starts_at <= timedelta(hours=25)


def test_the_hour_that_comes_twice_is_told_apart(in_acme: Cast) -> None:
    draft = ready_draft(in_acme)
    first = datetime(2026, 10, 25, 2, 50, tzinfo=BERLIN)
    second = datetime(2026, 10, 25, 2, 10, tzinfo=BERLIN, fold=1)

    set_dates(draft, actor=in_acme.carol, dates={PhaseKind.VOTING: (first, second)})
    with pytest.raises(PhaseEndsBeforeItBegins):
        set_dates(
            draft, actor=in_acme.carol, dates={PhaseKind.VOTING: (first.replace(fold=1), first.replace(minute=55))}
        )

    phase = Phase.objects.get(kind=PhaseKind.VOTING)
    assert phase.ends_at - phase.starts_at == timedelta(minutes=20)


def test_phases_may_overlap_and_one_may_hold_another(in_acme: Cast) -> None:
    draft = ready_draft(in_acme)
    dates = {
        PhaseKind.SUBMISSION: (in_days(1), in_days(20)),
        PhaseKind.VOTING: (in_days(1), in_days(20)),
        PhaseKind.REVIEW: (in_days(2), in_days(20)),
    }

    set_dates(draft, actor=in_acme.carol, dates=dates)

    launch_challenge(draft, actor=in_acme.carol, now=NOW)


def test_ideas_cannot_come_in_after_the_decision(in_acme: Cast) -> None:
    running = factories.challenge(in_acme.carol)

    with pytest.raises(PhasesOutOfOrder) as refused:
        extend_dates(running, actor=in_acme.carol, ends={PhaseKind.SUBMISSION: in_days(90)})

    assert refused.value.field == "review_ends_on"
    assert Phase.objects.filter(ends_at__gte=in_days(80)).count() == 0


def test_a_refused_extension_changes_no_phase(in_acme: Cast) -> None:
    running = factories.challenge(in_acme.carol)
    before = set(Phase.objects.values_list("kind", "ends_at"))

    for past in (NOW - timedelta(days=1), NOW, in_days(3)):
        with pytest.raises(PhaseWouldEndEarlier):
            extend_dates(
                running, actor=in_acme.carol, ends={PhaseKind.REVIEW: in_days(50), PhaseKind.VOTING: past}, now=NOW
            )

    assert set(Phase.objects.values_list("kind", "ends_at")) == before


# --- At the same moment ---------------------------------------------------------------------------


def at_once(cast: Cast, *calls: Callable[[Member], object]) -> list[str]:
    """Run each call in a transaction of its own, all at once; return how they ended."""
    together, outcomes = Barrier(len(calls)), []

    def run(call: Callable[[Member], object]) -> None:
        with tenant(cast.acme):
            together.wait()
            try:
                with transaction.atomic():
                    call(Member.objects.get(pk=cast.carol.pk))
                outcomes.append("done")
            except ChallengeNotDraft:
                outcomes.append("refused")
        connection.close()

    threads = [Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sorted(outcomes)


@pytest.mark.usefixtures("committed_db")
def test_a_launch_while_the_audience_changes_invites_whom_it_counted() -> None:
    with transaction.atomic():
        cast = make_cast(factories.organization("acme"), factories.organization("globex"))
    with tenant(cast.acme), transaction.atomic():
        draft = ready_draft(cast)

    outcomes = at_once(
        cast,
        lambda carol: launch_challenge(Challenge(pk=draft.pk), actor=carol),
        lambda carol: set_audience(
            Challenge(pk=draft.pk, organization=cast.acme), actor=carol, choice=AudienceChoice(included=(cast.ed,))
        ),
    )

    with tenant(cast.acme), transaction.atomic():
        invite_audiences([draft.pk])
        invited = {invitation.member.name for invitation in Invitation.objects.select_related("member")}
        kinds = {clause.kind for clause in AudienceClause.objects.all()}
    assert (outcomes, kinds, invited) in [
        (["done", "refused"], {"skill"}, {"Alice"}),
        (["done", "done"], {"include"}, {"Ed"}),
    ]


def test_a_draft_without_dates_is_not_launched_by_the_dates_of_a_page(in_acme: Cast) -> None:
    """What a page had read before the lock does not count."""
    draft = ready_draft(in_acme)
    stale = Challenge.objects.prefetch_related("phases").get(pk=draft.pk)
    set_dates(draft, actor=in_acme.carol, dates={PhaseKind.SUBMISSION: None})

    with pytest.raises(DatesAreMissing):
        launch_challenge(stale, actor=in_acme.carol, now=NOW)
