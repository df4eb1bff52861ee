from __future__ import annotations

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from ideas.domain.exposure import note_exposure
from ideas.models import Exposure, Idea
from rewards.domain.recomputing import recompute
from rewards.models import LedgerEntry, Standing
from tests import factories
from tests.rewards.working import book_points


@pytest.fixture
def idea(in_acme):
    return factories.idea(factories.challenge(in_acme.carol), in_acme.alice)


def report(*arguments: str) -> list[str]:
    """Run the command and return its lines; differences that remain end it with an error."""
    out = StringIO()
    try:
        call_command("recompute_standings", *arguments, stdout=out)
    except CommandError as error:
        out.write(f"ended: {error}")
    return out.getvalue().splitlines()


def test_it_reports_nothing_when_everything_follows(in_acme, idea):
    record(Verb.VOTE_CAST, subject=idea, actor=in_acme.ed)
    book_points()

    assert report("acme") == ["acme: no differences"]
    assert report("--all") == ["acme: no differences", "globex: no differences"]


def test_it_reports_a_missing_entry_and_adds_it_only_when_told_to(in_acme, idea):
    vote = record(Verb.VOTE_CAST, subject=idea, actor=in_acme.ed)
    line = f"acme: missing: +2 earned for member {in_acme.alice.pk} by event {vote.pk}"
    refusal = "ended: There are differences that were not put right."

    assert report("acme") == [line, refusal]
    assert LedgerEntry.objects.count() == 0
    assert report("acme", "--fix") == [f"{line} (added)"]
    assert Standing.objects.get(member=in_acme.alice).points == 2
    assert report("acme") == ["acme: no differences"]


def test_it_sets_a_wrong_standing_right(in_acme, idea):
    record(Verb.VOTE_CAST, subject=idea, actor=in_acme.ed)
    book_points()
    Standing.objects.filter(member=in_acme.alice).update(points=99)

    found = recompute(in_acme.acme, fix=True)

    assert found.standings == ((in_acme.alice.pk, 99, 2),)
    assert not recompute(in_acme.acme)


@pytest.mark.parametrize(("stored", "exposed"), [(5, 1), (0, 1), (3, 0)])
def test_it_sets_a_wrong_count_of_views_right(in_acme, idea, stored, exposed):
    for member in (in_acme.ed, in_acme.dave)[:exposed]:
        note_exposure(idea, member)
    Exposure.objects.update(created_at=timezone.now() - timedelta(minutes=6))
    Idea.objects.filter(pk=idea.pk).update(seen_count=stored)
    line = f"acme: idea {idea.pk} counts as seen by {stored}, its exposures give {exposed}"

    assert report("acme") == [line, "ended: There are differences that were not put right."]
    assert report("acme", "--fix") == [f"{line} (set)"]
    assert report("acme") == ["acme: no differences"]


def test_a_view_that_the_workers_have_not_counted_yet_is_no_difference(in_acme, idea):
    note_exposure(idea, in_acme.ed)

    assert report("acme") == ["acme: no differences"]


def test_an_entry_that_nothing_explains_is_reported_and_left_to_a_person(in_acme, idea):
    vote = record(Verb.VOTE_CAST, subject=idea, actor=in_acme.ed)
    book_points()
    rule = LedgerEntry.objects.get().rule
    LedgerEntry.objects.create(
        organization=in_acme.acme,
        member=in_acme.ed,
        event=vote,
        rule=rule,
        kind="earned",
        points=500,
        occurred_at=timezone.now(),
    )

    lines = report("acme", "--fix")

    assert [line.startswith("acme: no event explains entry") for line in lines] == [True, False, False]
    assert recompute(in_acme.acme).unexplained[0].points == 500


@pytest.mark.parametrize("arguments", [[], ["acme", "--all"], ["initech"]])
def test_it_asks_for_one_organization_or_all(in_acme, arguments):
    with pytest.raises(CommandError):
        call_command("recompute_standings", *arguments)
