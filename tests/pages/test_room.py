"""The challenge room: who was asked and took part, what happened when, which words ideas share."""

from __future__ import annotations

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.urls import reverse
from django.utils import timezone

from challenges.enums import PhaseKind, Visibility
from challenges.models import Challenge, Invitation
from crowdhub.common.numbers import per_cent
from crowdhub.pages.room_figures import Funnel, funnel, spans_of, tally
from crowdhub.pages.room_words import contributions, first_looks, funnel_rows, funnel_sentence, themes_counted_in
from crowdhub.pages.themes import Theme, themes
from crowdhub.people.domain.settings import change_settings
from ideas.enums import CommentState, IdeaState
from ideas.models import Comment, Idea, Vote
from tests import factories
from tests.challenges.shared import BUDGET, SignIn, page, queries_of
from tests.harness.cast import Cast


@pytest.fixture
def challenge(in_acme: Cast) -> Challenge:
    return factories.challenge(in_acme.carol)


def vote(idea, member) -> None:
    Vote.objects.create(organization=idea.organization, idea=idea, member=member)


def crowd(challenge: Challenge, number: int) -> list:
    members = [factories.member() for _ in range(number)]
    for member in members:
        factories.invitation(challenge, member)
    return members


def test_no_step_of_the_funnel_is_wider_than_the_one_before(challenge):
    writer, commenter, looker, *_others = crowd(challenge, 6)
    idea = factories.idea(challenge, writer)
    factories.comment(idea, commenter)
    factories.comment(idea, writer)
    Invitation.objects.filter(member=looker).update(seen_at=timezone.now())

    steps = funnel(challenge)

    assert steps == Funnel(invited=6, looked=3, took_part=2, wrote=1, commented=2, voted=None)
    assert all(wider >= narrower for wider, narrower in pairwise([steps.invited, steps.looked, steps.took_part]))


def test_the_funnel_counts_those_who_are_asked_and_what_is_there(in_acme, challenge):
    gone, drafting, hidden = crowd(challenge, 3)
    Invitation.objects.filter(member=gone).update(withdrawn_at=timezone.now(), seen_at=timezone.now())
    factories.idea(challenge, drafting, state=IdeaState.DRAFT)
    idea = factories.idea(challenge, in_acme.ed)  # who was not asked
    comment = factories.comment(idea, hidden)
    Comment.objects.filter(pk=comment.pk).update(state=CommentState.HIDDEN)

    assert funnel(challenge) == Funnel(invited=2, looked=0, took_part=0, wrote=0, commented=0, voted=None)


@pytest.mark.parametrize(
    ("asked", "voters", "is_over", "shown"),
    [
        (6, 3, False, None),  # counts are hidden
        (6, 3, True, 3),
        (4, 3, True, None),  # a small group
        (6, 6, True, None),  # everybody did: each is known
        (6, 0, True, None),
    ],
)
def test_votes_are_counted_when_they_expose_nobody(in_acme, challenge, asked, voters, is_over, shown):
    idea = factories.idea(challenge, in_acme.ed)
    for member in crowd(challenge, asked)[:voters]:
        vote(idea, member)
    if is_over:
        factories.phase(challenge, PhaseKind.VOTING, starts_in=-9, ends_in=-1)
    challenge = Challenge.objects.get(pk=challenge.pk)

    steps = funnel(challenge)

    assert steps.voted == shown
    assert ("Voted" in [name for name, _count, _share in funnel_rows(steps)]) is (shown is not None)


def test_votes_of_a_group_that_the_organization_finds_small_are_not_told(in_acme, challenge):
    idea = factories.idea(challenge, in_acme.ed)
    for member in crowd(challenge, 6)[:3]:
        vote(idea, member)
    factories.phase(challenge, PhaseKind.VOTING, starts_in=-9, ends_in=-1)
    change_settings(in_acme.acme, {"smallest_group": 7}, actor=in_acme.erin)

    assert funnel(Challenge.objects.get(pk=challenge.pk)).voted is None


def test_the_funnel_in_words():
    steps = Funnel(invited=70_000, looked=31_000, took_part=600, wrote=300, commented=350, voted=None)

    assert funnel_sentence(steps) == (
        "Of 70,000 people who are asked, 31,000 have looked (44%) and 600 wrote or commented (less than 1%)."
    )
    fresh = Funnel(invited=9, looked=0, took_part=0, wrote=0, commented=0, voted=None)
    assert (funnel_sentence(fresh), funnel_rows(fresh)) == ("9 people are asked. Nobody has looked yet.", [])
    assert funnel_sentence(Funnel(0, 0, 0, 0, 0, None)) == "Nobody has been asked yet."


@pytest.mark.parametrize(
    ("part", "whole", "words"),
    [(0, 0, ""), (0, 9, "0%"), (1, 101, "less than 1%"), (99, 100, "99%"), (3, 3, "100%"), (999, 1000, "99%")],
)
def test_shares_promise_nothing_that_is_not_there(part, whole, words):
    assert per_cent(part, whole) == words


@pytest.mark.parametrize(
    ("days", "kind"), [(0, "day"), (27, "day"), (28, "week"), (181, "week"), (182, "month"), (900, "month")]
)
def test_the_time_since_the_launch_is_cut_so_that_it_can_be_seen(challenge, days, kind):
    challenge.launched_at = timezone.now() - timedelta(days=days)

    spans = spans_of(challenge)

    assert spans.kind == kind
    assert len(spans.starts) <= 32
    assert spans.starts[0] <= timezone.localdate(challenge.launched_at) <= timezone.localdate()
    assert spans.starts[-1] <= timezone.localdate()


@pytest.mark.parametrize("days", [5, 60, 400])
def test_what_happened_is_counted_in_its_span_and_in_all(in_acme, challenge, days):
    challenge.launched_at = timezone.now() - timedelta(days=days)
    idea = factories.idea(challenge, in_acme.alice, submitted_at=challenge.launched_at)
    factories.idea(challenge, in_acme.alice)
    factories.idea(challenge, in_acme.alice, state=IdeaState.WITHDRAWN)
    factories.comment(idea, in_acme.ed)

    spans = spans_of(challenge)
    counts = tally(challenge, spans)
    chart = contributions(counts, spans, published=2)

    assert counts["ideas", None] == sum(counts["ideas", start] for start in spans.starts) == 2
    assert counts["writers", None] == 1
    assert [sum(values) for _name, values in chart.series] == [2, 1, 0]
    assert chart.sentence.startswith("Since the launch: 2 ideas handed in (2 published), 1 comment and 0 answers. Mo")
    assert all(isinstance(start, date) for _what, start in counts if start is not None)


def test_first_looks_are_counted_in_their_span_and_in_all(challenge):
    challenge.launched_at = timezone.now() - timedelta(days=2)
    *early, late, gone, _not_yet = crowd(challenge, 5)
    Invitation.objects.filter(member__in=early).update(seen_at=challenge.launched_at)
    Invitation.objects.filter(member__in=[late, gone]).update(seen_at=timezone.now())
    Invitation.objects.filter(member=gone).update(withdrawn_at=timezone.now())

    spans = spans_of(challenge)
    chart = first_looks(tally(challenge, spans), spans)

    assert chart.series == [("Looked for the first time", [2, 0, 1])]
    assert chart.sentence == (
        "Since the launch, 3 people who are asked have opened the challenge. "
        f"Most on one day: 2 people, on {chart.labels[0]}."
    )


def test_the_room_tells_who_looked_when_in_a_sentence_and_a_table(in_acme: Cast, as_member: SignIn, challenge) -> None:
    Challenge.objects.filter(pk=challenge.pk).update(launched_at=timezone.now() - timedelta(days=2))
    crowd(challenge, 3)
    Invitation.objects.filter(challenge=challenge).update(seen_at=timezone.now())

    text = as_member(in_acme.carol).get(page("pages:room", challenge.public_id)).content.decode()

    assert "Since the launch, 3 people who are asked have opened the challenge." in text
    assert "Who looked, and when, by day" in text
    [table] = [table for table in re.findall(r"<table.*?</table>", text, re.DOTALL) if "Looked for the first" in table]
    assert re.findall(r"<td[^>]*>(\d+)</td>", table) == ["0", "0", "3"]


def test_themes_are_words_that_ideas_share_without_the_words_of_the_question(in_acme):
    challenge = factories.challenge(in_acme.carol, title="Fewer leaks", objective="Save water.")
    for title, body in (
        ("Torque wrench", "Each valve leaks; the valves need a torque wrench and the water."),
        ("Valves first", "We could measure every valve."),
        ("Unrelated", "Something with überall once."),
        ("Four halves", "Need four; it takes half an hour, taken once."),
        ("Half of it", "We need to take four of them."),
    ):
        factories.idea(challenge, in_acme.alice, title=title, body=body)
    factories.idea(challenge, in_acme.alice, state=IdeaState.SUBMITTED, title="valve valve")

    assert themes(challenge) == [Theme("valve", 2)]


def test_few_ideas_have_no_themes(in_acme):
    challenge = factories.challenge(in_acme.carol, title="Fewer leaks")
    for _ in range(4):
        factories.idea(challenge, in_acme.alice, title="Valve")

    assert themes(challenge) == []


def test_a_word_that_few_of_many_ideas_have_is_no_theme(in_acme):
    challenge = factories.challenge(in_acme.carol, title="Fewer leaks", objective="")
    for number in range(30):
        titles = ["Valve"] * (number < 3) + ["Gasket"] * (number < 2)
        factories.idea(challenge, in_acme.alice, title=" ".join(titles) or "Other", body="")

    assert [theme.word for theme in themes(challenge)] == ["valve"]


def test_a_word_that_is_as_frequent_elsewhere_is_no_theme(in_acme):
    challenge, other = (factories.challenge(in_acme.carol, title=title, objective="") for title in ("Mine", "Other"))
    secret = factories.challenge(in_acme.carol, title="Secret", visibility=Visibility.INVITED)
    for _ in range(5):
        factories.idea(challenge, in_acme.alice, title="Nozzle", body="A robot could clean the gasket.")
        factories.idea(other, in_acme.alice, title="Canteen", body="A robot could cook.")
        factories.idea(secret, in_acme.alice, title="Gasket", body="A robot knows.")

    assert [theme.word for theme in themes(challenge)] == ["clean", "gasket", "nozzle"]


def test_themes_know_german(in_acme):
    challenge = factories.challenge(in_acme.carol, title="Wasser")
    for body in ("Die Prüfung der Ventile überall", "Prüfungen sind nicht überall nötig", "", "", "Vier brauchen vier"):
        factories.idea(challenge, in_acme.alice, title="Idee", body=body, language="de")

    assert {theme.word for theme in themes(challenge)} == {"prüfung"}


def test_the_room_says_what_its_pictures_show(in_acme: Cast, as_member: SignIn, challenge: Challenge) -> None:
    crowd(challenge, 3)
    Challenge.objects.filter(pk=challenge.pk).update(launched_at=timezone.now() - timedelta(days=3))
    factories.idea(challenge, in_acme.ed, answer_due_at=timezone.now() - timedelta(days=9))

    text = as_member(in_acme.carol).get(page("pages:room", challenge.public_id)).content.decode()

    assert "3 people are asked. Nobody has looked yet." in text
    assert "bar-track" not in text
    assert "1 person who was not asked wrote an idea, too." in text
    assert "Since the launch: 1 idea handed in (1 published), 0 comments and 0 answers. " in text
    assert "Most on one day: 1 contribution, on " in text
    assert "stay secret" not in text
    assert text.index('id="waiting"') < text.index('id="asked"')
    assert page("pages:answers", challenge.public_id) in text


def test_what_managers_wrote_themselves_is_not_theirs_to_answer(
    in_acme: Cast, as_member: SignIn, challenge: Challenge
) -> None:
    own = factories.idea(challenge, in_acme.carol, answer_due_at=timezone.now())
    carol = as_member(in_acme.carol)

    room, report = (
        carol.get(page(f"pages:{name}", challenge.public_id)).content.decode() for name in ("room", "report-back")
    )

    assert f'href="{reverse("ideas:detail", args=[own.public_id])}"' in room
    assert reverse("ideas:answer", args=[own.public_id]) not in room
    assert page("pages:answers", challenge.public_id) not in report


def test_the_room_shows_bars_once_somebody_has_looked(in_acme: Cast, as_member: SignIn, challenge: Challenge) -> None:
    looker, *_others = crowd(challenge, 3)
    Invitation.objects.filter(member=looker).update(seen_at=timezone.now())

    text = as_member(in_acme.carol).get(page("pages:room", challenge.public_id)).content.decode()

    assert "Of 3 people who are asked, 1 have looked (33%) and 0 wrote or commented (0%)." in text
    assert "bar-track" in text
    assert "they stay secret until voting has closed" in text


@pytest.mark.parametrize(
    ("is_inviting", "is_over", "trigger"), [(True, False, "3s"), (False, False, "30s"), (False, True, "")]
)
def test_the_figures_are_asked_for_again_while_the_challenge_is_open(
    in_acme: Cast, as_member: SignIn, challenge: Challenge, is_inviting: bool, is_over: bool, trigger: str
) -> None:
    Challenge.objects.filter(pk=challenge.pk).update(invited_at=None if is_inviting else timezone.now())
    if is_over:
        for kind in (PhaseKind.SUBMISSION, PhaseKind.VOTING):
            factories.phase(challenge, kind, starts_in=-9, ends_in=-1)
    carol, url = as_member(in_acme.carol), page("pages:room", challenge.public_id)
    polled = {"HX-Request": "true", "HX-Target": "figures"}

    parts = [carol.get(url).content.decode(), carol.get(url, headers=polled).content.decode()]

    assert 'id="published" hx-swap-oob="true"' in parts[1]
    for part in parts:
        assert 'id="time"' in part
        assert re.findall(r'id="figures".*hx-trigger="every (\w+)"', part) == ([trigger] if trigger else [])
        assert "Nobody has been asked yet." in part
    assert 'id="waiting"' in parts[0]
    assert 'id="waiting"' not in parts[1]


def test_the_room_says_how_many_have_to_be_asked_before_votes_are_counted(
    in_acme: Cast, as_member: SignIn, challenge: Challenge
) -> None:
    type(in_acme.acme).objects.filter(pk=in_acme.acme.pk).update(smallest_group=12)
    factories.phase(challenge, PhaseKind.VOTING, starts_in=-9, ends_in=-1)
    looker, *_others = crowd(challenge, 3)
    Invitation.objects.filter(member=looker).update(seen_at=timezone.now())

    text = as_member(in_acme.carol).get(page("pages:room", challenge.public_id)).content.decode()

    assert "How many voted is shown when at least 12 people are asked" in text


def test_the_room_costs_the_same_for_a_crowd(in_acme: Cast, as_member: SignIn, challenge: Challenge) -> None:
    for member in crowd(challenge, 12):
        idea = factories.idea(challenge, member, body="Valves again", answer_due_at=timezone.now())
        factories.comment(idea, in_acme.ed)

    assert len(queries_of(as_member(in_acme.carol), page("pages:room", challenge.public_id))) <= BUDGET


def test_page_room_report_and_api_count_the_same(in_acme: Cast, as_member: SignIn, challenge: Challenge) -> None:
    for number, state in enumerate((*[IdeaState.PUBLISHED] * 3, IdeaState.SUBMITTED, IdeaState.REJECTED)):
        idea = factories.idea(challenge, in_acme.ed, state=state, body="Valves", answer_due_at=timezone.now())
        if number == 0 or state == IdeaState.REJECTED:
            Idea.objects.filter(pk=idea.pk).update(answered_at=timezone.now() - timedelta(days=1))
    factories.phase(challenge, PhaseKind.SUBMISSION, starts_in=-9, ends_in=-1)
    factories.phase(challenge, PhaseKind.VOTING, starts_in=-9, ends_in=-1)
    carol = as_member(in_acme.carol)

    texts = [
        carol.get(page(f"pages:{name}", challenge.public_id)).content.decode()
        for name in ("challenge", "room", "report-back")
    ]
    rate = carol.get(f"/api/v1/challenges/{challenge.public_id}/").json()["answer_rate"]

    for text in texts:
        assert "1 of 3 published ideas is answered, in time. 1 more was not published, with reasons." in text
    assert "3 published ideas" in texts[1]
    assert "5 ideas handed in (3 published)" in texts[1]
    assert "Answer 2 ideas" in texts[1]
    assert "Answer 2 ideas first" in texts[2]
    assert rate == {"published": 3, "answered": 1, "in_time": 1, "not_published": 1}


@pytest.mark.parametrize(
    ("published", "words"),
    [
        (16, "Counted in the titles and beginnings of all 16 published ideas."),
        (1_200, "Counted in the titles and beginnings of the 300 latest of 1,200 published ideas."),
    ],
)
def test_it_says_in_how_many_ideas_words_were_counted(published: int, words: str) -> None:
    assert themes_counted_in(published) == words
