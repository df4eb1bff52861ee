"""Several ideas answered on one page: each row for itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from challenges.enums import ChallengeState
from challenges.models import Challenge
from ideas.domain.answering import answer_idea
from ideas.enums import IdeaState, Outcome
from ideas.models import Answer, Idea
from tests import factories
from tests.challenges.shared import BUDGET, SignIn, page, queries_of
from tests.harness.cast import Cast


@pytest.fixture
def challenge(in_acme: Cast) -> Challenge:
    return factories.challenge(in_acme.carol)


@pytest.fixture
def carol(in_acme: Cast, as_member: SignIn) -> Client:
    return as_member(in_acme.carol)


def waiting(challenge: Challenge, author, **fields) -> Idea:
    return factories.idea(challenge, author, answer_due_at=timezone.now() + timedelta(days=9), **fields)


def rows(*answers: tuple[Idea, str, str]) -> dict[str, str | list[str]]:
    """What the page sends: idea, decision, reasons."""
    sent: dict[str, str | list[str]] = {"idea": [idea.public_id for idea, _outcome, _reasons in answers]}
    for idea, outcome, reasons in answers:
        sent[f"{idea.public_id}-reasons"] = reasons
        if outcome:
            sent[f"{idea.public_id}-outcome"] = outcome
    return sent


def given() -> set[tuple[str, str, str]]:
    return set(Answer.objects.values_list("idea__title", "outcome", "reasons"))


def test_each_idea_gets_its_own_decision_and_reasons(in_acme, challenge, carol):
    first, second, third = (waiting(challenge, in_acme.alice, title=title) for title in ("First", "Second", "Third"))
    url = page("pages:answers", challenge.public_id)

    response = carol.post(
        url, rows((first, "selected", "It *works*."), (second, "declined", "Too dear."), (third, "", ""))
    )

    assert response["Location"] == url  # the third still waits
    assert given() == {("First", "selected", "It *works*."), ("Second", "declined", "Too dear.")}
    text = carol.get(url).content.decode()
    assert "2 ideas are answered." in text
    assert "Third" in text
    assert "First" not in text
    assert carol.post(url, rows((third, "not_now", "Next year.")))["Location"] == page(
        "pages:room", challenge.public_id
    )


def test_a_row_that_is_refused_keeps_what_was_typed_and_the_others_are_answered(in_acme, challenge, carol):
    good, wordless, undecided, untouched = (
        waiting(challenge, in_acme.alice, title=title) for title in ("Good", "Wordless", "Undecided", "Untouched")
    )
    sent = rows(
        (good, "selected", "Yes."), (wordless, "declined", " "), (undecided, "", "Long <reasons>"), (untouched, "", "")
    )

    response = carol.post(page("pages:answers", challenge.public_id), sent)

    text = response.content.decode()
    assert response.status_code == 422
    assert given() == {("Good", "selected", "Yes.")}
    assert "1 idea is answered." in text
    assert f'id="idea-{good.public_id}"' not in text
    assert text.index(f'id="idea-{wordless.public_id}"') < text.index(f'id="idea-{undecided.public_id}"')
    assert "Long &lt;reasons&gt;</textarea>" in text
    assert 'value="declined"' in text.split(f'id="idea-{wordless.public_id}"')[1]
    assert "checked" in text
    assert f'href="#idea-{undecided.public_id}"' in text
    assert f'href="#idea-{untouched.public_id}"' not in text
    assert f'id="idea-{untouched.public_id}"' in text


def test_two_presses_answer_once_and_lead_to_the_same_page(in_acme, challenge, carol):
    idea = waiting(challenge, in_acme.alice)
    address, sent = page("pages:answers", challenge.public_id), rows((idea, "declined", "Too dear."))

    first, second = carol.post(address, sent), carol.post(address, sent)

    assert first.url == second.url
    assert Answer.objects.count() == 1


def test_what_somebody_answered_meanwhile_is_not_answered_over(in_acme, challenge, carol):
    idea = waiting(challenge, in_acme.alice)
    answer_idea(idea, outcome=Outcome.DECLINED, reasons="No.", actor=in_acme.carol)

    response = carol.post(page("pages:answers", challenge.public_id), rows((idea, "selected", "But I meant yes.")))

    assert response.status_code == 422
    assert "Somebody has answered this idea in the meantime." in response.content.decode()
    assert "But I meant yes.</textarea>" in response.content.decode()
    assert Answer.objects.count() == 1


def test_what_was_withdrawn_meanwhile_is_not_shown_and_loses_no_word(in_acme, challenge, carol):
    idea = waiting(challenge, in_acme.alice, title="Taken back")
    Idea.objects.filter(pk=idea.pk).update(state=IdeaState.WITHDRAWN)

    text = carol.post(page("pages:answers", challenge.public_id), rows((idea, "selected", "Yes."))).content.decode()

    assert "Taken back" not in text
    assert "Yes.</textarea>" in text
    assert not Answer.objects.exists()


def test_ideas_of_other_challenges_and_unknown_ones_are_left_alone(in_acme, challenge, carol):
    other = waiting(factories.challenge(in_acme.carol), in_acme.alice)
    unknown = Idea(public_id="nosuchidea")

    response = carol.post(
        page("pages:answers", challenge.public_id), rows((other, "selected", "Yes."), (unknown, "x", "y"))
    )

    assert response.status_code == 302
    assert not Answer.objects.exists()


def test_an_unknown_decision_and_an_endless_reason_are_refused(in_acme, challenge, carol):
    first, second = waiting(challenge, in_acme.alice), waiting(challenge, in_acme.alice)
    sent = rows((first, "implemented", "Done."), (second, "selected", "x" * 50_000))

    assert carol.post(page("pages:answers", challenge.public_id), sent).status_code == 422
    assert not Answer.objects.exists()


def test_a_draft_has_no_ideas_to_answer(in_acme, carol):
    draft = factories.challenge(in_acme.carol, state=ChallengeState.DRAFT)

    assert carol.get(page("pages:answers", draft.public_id)).status_code == 404


def test_the_page_stays_within_its_budget(in_acme, challenge, carol):
    for _ in range(12):
        waiting(challenge, in_acme.alice)
    url = page("pages:answers", challenge.public_id)

    assert len(queries_of(carol, url)) <= BUDGET
    assert carol.get(url).content.decode().count('name="idea"') == 10
    assert (
        "Nothing waits"
        in carol.get(page("pages:answers", factories.challenge(in_acme.carol).public_id)).content.decode()
    )
