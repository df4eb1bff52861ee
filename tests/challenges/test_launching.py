from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from django.db import connection, transaction

from challenges.domain.audience import AudienceChoice, NotOfThisOrganization, set_audience
from challenges.domain.closing import (
    PhaseHasEnded,
    PhaseWouldEndEarlier,
    close_challenge,
    extend_dates,
)
from challenges.domain.drafting import (
    TextTooLong,
    create_challenge,
    discard_draft,
    save_draft,
    set_dates,
)
from challenges.domain.launching import (
    AudienceIsEmpty,
    DatesAreMissing,
    DecisionDateIsMissing,
    ObjectiveIsMissing,
    PhaseLiesInThePast,
    SuccessMeasureIsMissing,
    TermsAreMissing,
    TitleIsMissing,
    launch_challenge,
    problems_of,
)
from challenges.domain.locks import ChallengeNotDraft, ChallengeNotLaunched
from challenges.domain.phases import PhaseEndsBeforeItBegins, PhaseOutOfReach, PhasesOutOfOrder
from challenges.enums import ChallengeState, ManagerPart, PhaseKind
from challenges.models import AudienceClause, Challenge, ChallengeManager, Phase
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.common.errors import Refusal
from crowdhub.people.enums import SkillSource
from crowdhub.people.models import Location, Member, MemberSkill
from crowdhub.tenancy.context import tenant
from tests import factories
from tests.challenges.shared import NOW, in_days, ready_draft
from tests.harness.cast import Cast, make_cast


def told() -> list[Event]:
    """Return what is on record about challenges."""
    return list(Event.objects.exclude(challenge=None).order_by("pk"))


def test_a_new_challenge_is_a_draft_of_its_maker(in_acme: Cast) -> None:
    challenge = create_challenge(actor=in_acme.carol, objective="**Halve** <script>alert(1)</script> it.")

    assert challenge.state == ChallengeState.DRAFT
    assert challenge.brief_html == {
        "objective": "<p><strong>Halve</strong> &lt;script&gt;alert(1)&lt;/script&gt; it.</p>\n"
    }
    assert [(manager.member, manager.part) for manager in challenge.managers.all()] == [
        (in_acme.carol, ManagerPart.MANAGER)
    ]
    assert not told()


def test_launch(in_acme: Cast) -> None:
    challenge = ready_draft(in_acme)

    launched = launch_challenge(challenge, actor=in_acme.carol, now=NOW)

    assert (launched.state, launched.launched_at) == (ChallengeState.LAUNCHED, NOW)
    [event] = told()
    assert (event.verb, event.challenge, event.actor, event.data) == (
        Verb.CHALLENGE_LAUNCHED,
        challenge,
        in_acme.carol,
        {},
    )


def _without_dates(challenge: Challenge, cast: Cast) -> None:
    Phase.objects.filter(challenge=challenge).delete()


def _without(**fields: Any) -> Callable[[Challenge, Cast], None]:
    def change(challenge: Challenge, cast: Cast) -> None:
        save_draft(challenge, actor=cast.carol, **fields)

    return change


def _dated(kind: PhaseKind, start: int, end: int) -> Callable[[Challenge, Cast], None]:
    def change(challenge: Challenge, cast: Cast) -> None:
        set_dates(challenge, actor=cast.carol, dates={kind: (in_days(start), in_days(end))})

    return change


def _without_decision(challenge: Challenge, cast: Cast) -> None:
    set_dates(challenge, actor=cast.carol, dates={PhaseKind.REVIEW: None})


def _without_audience(challenge: Challenge, cast: Cast) -> None:
    set_audience(challenge, actor=cast.carol, choice=AudienceChoice())


@pytest.mark.parametrize(
    ("spoil", "refusal", "field"),
    [
        (_without(title=" "), TitleIsMissing, "title"),
        (_without(objective=""), ObjectiveIsMissing, "objective"),
        (_without(success_measure="\n"), SuccessMeasureIsMissing, "success_measure"),
        (_without(terms=None), TermsAreMissing, "terms"),
        (_without_dates, DatesAreMissing, "submission_starts_on"),
        (_without_decision, DecisionDateIsMissing, "review_ends_on"),
        (_dated(PhaseKind.SUBMISSION, -3, 20), PhaseLiesInThePast, "submission_starts_on"),
        (_dated(PhaseKind.VOTING, -4, -2), PhaseLiesInThePast, "voting_ends_on"),
        (_dated(PhaseKind.VOTING, 0, 30), PhasesOutOfOrder, "voting_starts_on"),
        (_dated(PhaseKind.REVIEW, 2, 10), PhasesOutOfOrder, "review_ends_on"),
        (_without_audience, AudienceIsEmpty, "everyone"),
    ],
)
def test_launch_is_refused(
    in_acme: Cast, spoil: Callable[[Challenge, Cast], None], refusal: type[Refusal], field: str
) -> None:
    challenge = ready_draft(in_acme)
    spoil(challenge, in_acme)

    with pytest.raises(refusal) as refused:
        launch_challenge(challenge, actor=in_acme.carol, now=NOW)

    challenge.refresh_from_db()
    assert refused.value.field == field
    assert str(refused.value)
    assert challenge.state == ChallengeState.DRAFT
    assert not told()


def test_every_problem_is_listed_at_once(in_acme: Cast) -> None:
    challenge = create_challenge(actor=in_acme.carol)

    assert [type(problem) for problem in problems_of(challenge, now=NOW)] == [
        TitleIsMissing,
        ObjectiveIsMissing,
        SuccessMeasureIsMissing,
        AudienceIsEmpty,
        DatesAreMissing,
        TermsAreMissing,
    ]


def test_a_challenge_may_open_today(in_acme: Cast) -> None:
    challenge = ready_draft(in_acme)
    _dated(PhaseKind.SUBMISSION, 0, 20)(challenge, in_acme)

    launch_challenge(challenge, actor=in_acme.carol, now=NOW + timedelta(seconds=1))


def test_a_second_launch_is_refused(in_acme: Cast) -> None:
    challenge = ready_draft(in_acme)
    launch_challenge(challenge, actor=in_acme.carol, now=NOW)

    with pytest.raises(ChallengeNotDraft):
        launch_challenge(challenge, actor=in_acme.carol, now=NOW)

    assert [event.verb for event in told()] == [Verb.CHALLENGE_LAUNCHED]


@pytest.mark.parametrize("change", ["save_draft", "set_dates", "set_audience", "discard_draft"])
def test_what_was_launched_is_no_draft_any_more(in_acme: Cast, change: str) -> None:
    challenge = ready_draft(in_acme)
    stale = Challenge.objects.get(pk=challenge.pk)
    launch_challenge(challenge, actor=in_acme.carol, now=NOW)
    calls: dict[str, Callable[[], object]] = {
        "save_draft": lambda: save_draft(stale, actor=in_acme.carol, title="Other"),
        "set_dates": lambda: set_dates(stale, actor=in_acme.carol, dates={}),
        "set_audience": lambda: set_audience(stale, actor=in_acme.carol, choice=AudienceChoice(everyone=True)),
        "discard_draft": lambda: discard_draft(stale, actor=in_acme.carol),
    }

    with pytest.raises(ChallengeNotDraft):
        calls[change]()

    challenge.refresh_from_db()
    assert (challenge.title, challenge.everyone) == ("Tight joints", False)


# --- An audience of nobody, and why --------------------------------------------------------------


def _why(challenge: Challenge) -> str:
    return next(str(problem) for problem in problems_of(challenge, now=NOW) if isinstance(problem, AudienceIsEmpty))


def test_nobody_because_nobody_has_the_skill(in_acme: Cast) -> None:
    challenge = ready_draft(in_acme)
    set_audience(challenge, actor=in_acme.carol, choice=AudienceChoice(skills=((in_acme.welding, 5),)))

    assert _why(challenge) == "Nobody would be asked: nobody has Welding (level 5 or more)."


def test_nobody_because_own_word_does_not_count(in_acme: Cast) -> None:
    MemberSkill.objects.update(source=SkillSource.OWN_WORD)
    challenge = ready_draft(in_acme)

    assert _why(challenge) == (
        "Nobody would be asked: 1 person says that they have Welding (level 3 or more), but nobody has confirmed it, "
        "which this challenge requires."
    )


def test_nobody_because_a_place_is_empty(in_acme: Cast) -> None:
    berlin = Location.objects.create(organization=in_acme.acme, name="Site Berlin")
    challenge = ready_draft(in_acme)
    choice = AudienceChoice(skills=((in_acme.welding, 3),), locations=(berlin,))
    set_audience(challenge, actor=in_acme.carol, choice=choice)

    assert _why(challenge) == "Nobody would be asked: there is nobody in Site Berlin."


def test_nobody_because_the_conditions_never_meet(in_acme: Cast) -> None:
    challenge = ready_draft(in_acme)
    choice = AudienceChoice(skills=((in_acme.welding, 3),), departments=(in_acme.sales,))
    set_audience(challenge, actor=in_acme.carol, choice=choice)

    assert _why(challenge) == ("Nobody would be asked: each condition matches somebody, but nobody meets all of them.")


def test_nobody_because_all_were_left_out(in_acme: Cast) -> None:
    challenge = ready_draft(in_acme)
    choice = AudienceChoice(skills=((in_acme.welding, 3),), excluded=(in_acme.alice,))
    set_audience(challenge, actor=in_acme.carol, choice=choice)

    assert _why(challenge) == "Nobody would be asked: everybody who matches was left out by name."


# --- Bad input -----------------------------------------------------------------------------------


def test_a_phase_cannot_end_before_it_begins(in_acme: Cast) -> None:
    challenge = ready_draft(in_acme)

    with pytest.raises(PhaseEndsBeforeItBegins) as refused:
        set_dates(challenge, actor=in_acme.carol, dates={PhaseKind.VOTING: (in_days(9), in_days(9))})

    assert refused.value.field == "voting_ends_on"


def test_a_phase_lies_in_years_that_somebody_can_mean(in_acme: Cast) -> None:
    challenge = ready_draft(in_acme)

    with pytest.raises(PhaseOutOfReach):
        set_dates(challenge, actor=in_acme.carol, dates={PhaseKind.VOTING: (in_days(9).replace(year=204), in_days(9))})


def test_a_megabyte_of_text_is_refused(in_acme: Cast) -> None:
    challenge = ready_draft(in_acme)

    with pytest.raises(TextTooLong) as refused:
        save_draft(challenge, actor=in_acme.carol, objective="x" * 1_000_000)

    assert refused.value.field == "objective"


def test_a_skill_named_twice_counts_with_its_lower_level(in_acme: Cast) -> None:
    challenge = ready_draft(in_acme)
    choice = AudienceChoice(skills=((in_acme.welding, 4), (in_acme.welding, 2)))

    clauses = set_audience(challenge, actor=in_acme.carol, choice=choice)

    assert [(clause.skill, clause.min_level) for clause in clauses] == [(in_acme.welding, 2)]


def test_an_audience_cannot_name_another_organization(cast: Cast) -> None:
    with tenant(cast.globex):
        foreign = factories.skill("Welding")
    with tenant(cast.acme):
        challenge = ready_draft(cast)

        with pytest.raises(NotOfThisOrganization):
            set_audience(challenge, actor=cast.carol, choice=AudienceChoice(skills=((foreign, 1),)))

        assert [clause.skill for clause in challenge.audience.all()] == [cast.welding]


# --- Closing and extending -----------------------------------------------------------------------


def test_close(in_acme: Cast) -> None:
    challenge = factories.challenge(in_acme.carol)

    close_challenge(challenge, actor=in_acme.carol, now=NOW)

    assert (challenge.state, challenge.closed_at) == (ChallengeState.CLOSED, NOW)
    assert [event.verb for event in Event.objects.all()] == [Verb.CHALLENGE_CLOSED]
    with pytest.raises(ChallengeNotLaunched):
        close_challenge(challenge, actor=in_acme.carol, now=NOW)


def test_extend(in_acme: Cast) -> None:
    challenge = factories.challenge(in_acme.carol)

    ends = {PhaseKind.SUBMISSION: in_days(90), PhaseKind.REVIEW: in_days(99)}
    extend_dates(challenge, actor=in_acme.carol, ends=ends, now=NOW)

    assert {kind: Phase.objects.get(kind=kind).ends_at for kind in ends} == ends
    assert [(event.verb, event.data) for event in Event.objects.all()] == [
        (Verb.CHALLENGE_CHANGED, {"extended": ["submission", "review"]})
    ]


def test_extending_by_nothing_is_no_event(in_acme: Cast) -> None:
    challenge = factories.challenge(in_acme.carol)
    end = Phase.objects.get(kind=PhaseKind.VOTING).ends_at

    extend_dates(challenge, actor=in_acme.carol, ends={PhaseKind.VOTING: end}, now=NOW)

    assert not Event.objects.exists()


def test_what_is_over_stays_over(in_acme: Cast) -> None:
    challenge = factories.challenge(in_acme.carol)
    factories.phase(challenge, PhaseKind.VOTING, starts_in=-9, ends_in=-2)

    with pytest.raises(PhaseHasEnded):
        extend_dates(challenge, actor=in_acme.carol, ends={PhaseKind.VOTING: in_days(9)})


def test_dates_only_move_to_later(in_acme: Cast) -> None:
    challenge = factories.challenge(in_acme.carol)

    with pytest.raises(PhaseWouldEndEarlier):
        extend_dates(challenge, actor=in_acme.carol, ends={PhaseKind.VOTING: in_days(2)})


# --- Two managers at once ------------------------------------------------------------------------


@pytest.mark.usefixtures("committed_db")
def test_of_two_launches_at_the_same_moment_one_wins() -> None:
    with transaction.atomic():
        cast = make_cast(factories.organization("acme"), factories.organization("globex"))
    with tenant(cast.acme), transaction.atomic():
        challenge = ready_draft(cast)
    together, outcomes = Barrier(2), []

    def launch() -> None:
        with tenant(cast.acme):
            mine = Challenge(pk=challenge.pk)
            together.wait()
            try:
                with transaction.atomic():
                    launch_challenge(mine, actor=Member(pk=cast.carol.pk, organization=cast.acme))
                outcomes.append("launched")
            except ChallengeNotDraft:
                outcomes.append("refused")
        connection.close()

    threads = [Thread(target=launch) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(outcomes) == ["launched", "refused"]
    with tenant(cast.acme), transaction.atomic():
        assert Event.objects.filter(verb=Verb.CHALLENGE_LAUNCHED).count() == 1
        assert ChallengeManager.objects.count() == 1
        assert AudienceClause.objects.count() == 1
