"""Rejecting an idea because another one says the same."""

from __future__ import annotations

import re

import pytest
from django.urls import reverse

from challenges.enums import Visibility
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.inbox.models import Notification
from ideas.domain import linking
from ideas.domain.linking import link_ideas
from ideas.enums import IdeaState, LinkKind
from ideas.models import Idea, IdeaLink
from moderation.domain import deciding
from moderation.domain.deciding import decide_case, undo_decision
from moderation.domain.reporting import report_idea
from moderation.enums import CaseOutcome, CaseState
from moderation.models import Case, Decision, ReasonTemplate
from tests import factories
from tests.harness.outbox import run_consumers
from tests.harness.queries import page_and_queries

REASON = "Ed wrote the same in March; please join him."


@pytest.fixture
def original(in_acme, challenge) -> Idea:
    return factories.idea(challenge, in_acme.ed, title="Close the gates at night")


def decide_url(case: Case) -> str:
    return reverse("moderation:decide", args=[case.public_id])


def sent(named: Idea, **changes: str) -> dict[str, str]:
    return {"outcome": "rejected", "reason": REASON, "original": named.public_id, **changes}


def test_a_rejected_idea_leads_to_the_original(in_acme, case, original, as_member):
    decision = decide_case(case, outcome=CaseOutcome.REJECTED, reason=REASON, actor=in_acme.bob, original=original)
    run_consumers()

    link = IdeaLink.objects.get()
    assert (link.idea_id, link.other_id, link.kind) == (case.idea_id, original.pk, LinkKind.DUPLICATE_OF)
    assert decision.original == original
    page = as_member(in_acme.alice).get(case.idea.get_absolute_url()).content.decode()
    assert "The idea that says the same:" in page
    assert page.count(original.get_absolute_url()) == 2  # beside the reason, and among the connected ideas
    # The author hears of the decision, not of its link as well; the other one cannot read what was rejected.
    assert set(Notification.objects.values_list("member__name", "event__verb")) == {("Alice", Verb.IDEA_REJECTED)}


def test_the_explanation_does_not_depend_on_the_link(in_acme, challenge, case, original, as_member):
    for _number in range(12):
        link_ideas(case.idea, factories.idea(challenge, in_acme.ed), LinkKind.BUILDS_ON, actor=in_acme.carol)
    decide_case(case, outcome=CaseOutcome.REJECTED, reason=REASON, actor=in_acme.bob, original=original)
    alice = as_member(in_acme.alice)
    led, queries = page_and_queries(alice, case.idea.get_absolute_url())

    linking.unlink_ideas(IdeaLink.objects.get(other=original), actor=in_acme.carol)
    unlinked = alice.get(case.idea.get_absolute_url()).content.decode()

    assert led.count(original.get_absolute_url()) == unlinked.count(original.get_absolute_url()) == 1
    assert len(queries) <= 8


def test_moderators_find_the_original_in_the_log_and_among_earlier_decisions(bob, in_acme, case, original):
    decide_case(case, outcome=CaseOutcome.REJECTED, reason=REASON, actor=in_acme.bob, original=original)

    pages = [bob.get(reverse("moderation:log")), bob.get(reverse("moderation:case", args=[case.public_id]))]

    assert [page.content.decode().count(original.get_absolute_url()) for page in pages] == [1, 1]


def test_undoing_takes_the_link_away_that_the_decision_has_set(in_acme, case, original):
    decide_case(case, outcome=CaseOutcome.REJECTED, reason=REASON, actor=in_acme.bob, original=original)

    undo_decision(case, actor=in_acme.bob)

    case.refresh_from_db()
    assert (case.state, IdeaLink.objects.count()) == (CaseState.OPEN, 0)
    told = list(Event.objects.order_by("pk").values_list("verb", flat=True))
    assert told[-3:] == [Verb.IDEA_REJECTED, Verb.IDEA_UNLINKED, Verb.CASE_REOPENED]


def test_undoing_leaves_a_link_that_was_there_before(in_acme, case, original):
    link_ideas(case.idea, original, LinkKind.DUPLICATE_OF, actor=in_acme.carol)
    decide_case(case, outcome=CaseOutcome.REJECTED, reason=REASON, actor=in_acme.bob, original=original)

    undo_decision(case, actor=in_acme.bob)

    assert IdeaLink.objects.count() == 1


@pytest.mark.parametrize("outcome", [CaseOutcome.APPROVED, CaseOutcome.CHANGES_REQUESTED])
def test_only_what_is_rejected_has_an_original(in_acme, case, original, outcome):
    with pytest.raises(deciding.NotADuplicate):
        decide_case(case, outcome=outcome, reason=REASON, actor=in_acme.bob, original=original)

    assert not Decision.objects.exists()


def test_a_reported_idea_that_is_hidden_has_no_original(in_acme, challenge, original):
    idea = factories.idea(challenge, in_acme.alice)
    case = report_idea(idea, reporter=in_acme.grace, reason="off_topic").case

    with pytest.raises(deciding.NotADuplicate):
        decide_case(case, outcome=CaseOutcome.HIDDEN, reason=REASON, actor=in_acme.bob, original=original)


def test_an_original_is_published_and_another_one(in_acme, challenge, case):
    unpublished = factories.idea(challenge, in_acme.ed, state=IdeaState.SUBMITTED)
    for wrong in (unpublished, case.idea):
        with pytest.raises(linking.OtherIdeaNotThere) as refusal:
            decide_case(case, outcome=CaseOutcome.REJECTED, reason=REASON, actor=in_acme.bob, original=wrong)
        assert refusal.value.field == "original"

    case.refresh_from_db()
    assert (case.state, Decision.objects.count()) == (CaseState.OPEN, 0)


def test_an_author_who_cannot_see_the_original_is_not_led_there(in_acme, case, as_member):
    hidden = factories.challenge(in_acme.carol, visibility=Visibility.INVITED)
    secret = factories.idea(hidden, in_acme.ed, title="Close the secret gates")

    decide_case(case, outcome=CaseOutcome.REJECTED, reason=REASON, actor=in_acme.bob, original=secret)

    page = as_member(in_acme.alice).get(case.idea.get_absolute_url()).content.decode()
    assert REASON in page
    assert secret.title not in page
    assert secret.public_id not in page
    assert "says the same" not in page


def test_the_panel_offers_ideas_that_are_alike_and_finds_others_by_words(in_acme, bob, challenge, case, original):
    other = factories.idea(challenge, in_acme.ed, title="Heat the hall less")
    reject = f"{reverse('moderation:case', args=[case.public_id])}?outcome=rejected"

    assert "Is it the same" in bob.get(reject).content.decode()
    page = bob.post(decide_url(case), {"outcome": "rejected", "find": "1"}).content.decode()
    assert (original.public_id in page, other.public_id in page) == (True, False)

    typed = {"outcome": "rejected", "reason": "Half a reason", "words": "hall heat", "find": "1"}
    page = bob.post(decide_url(case), typed).content.decode()
    assert (other.public_id in page, "Half a reason" in page, 'value="hall heat"' in page) == (True, True, True)

    assert "Is it the same" not in bob.get(reject.replace("rejected", "changes_requested")).content.decode()


def test_enter_among_the_words_of_the_other_title_searches(in_acme, bob, case):
    ReasonTemplate.objects.create(organization=in_acme.acme, outcome="rejected", title="t", text="x")
    page = bob.get(f"{reverse('moderation:case', args=[case.public_id])}?outcome=rejected").content.decode()

    form = page[: page.index('name="words"')].rpartition("<form")[2]
    sending = [button for button in re.findall(r"<button[^>]*>", form) if 'type="button"' not in button]
    first, second = sending[:2]  # Enter presses the first one
    assert ('name="find"' in first, 'name="template"' in second) == (True, True)


def test_the_panel_decides_with_an_original(in_acme, bob, case, original):
    response = bob.post(decide_url(case), sent(original))

    assert response.status_code == 302
    assert IdeaLink.objects.get().other == original


@pytest.mark.parametrize("changes", [{"original": "nonsense"}, {"reason": ""}, {"original": "x" * 99}])
def test_the_panel_keeps_what_was_typed_when_it_refuses(bob, case, original, changes):
    response = bob.post(decide_url(case), sent(original, **changes))

    page = response.content.decode()
    assert (response.status_code, IdeaLink.objects.count()) == (422, 0)
    assert 'class="error' in page
    assert "reason" in changes or REASON in page


def test_the_form_takes_no_more_queries_than_another_one(bob, case, original):
    _html, queries = page_and_queries(bob, f"{reverse('moderation:case', args=[case.public_id])}?outcome=rejected")

    assert len(queries) == 8


def test_the_api_rejects_with_an_original(in_acme, case, original, as_member):
    decide = f"/api/v1/cases/{case.public_id}/decide/"

    refused = as_member(in_acme.bob).post(decide, sent(original, outcome="approved"), content_type="application/json")
    done = as_member(in_acme.bob).post(decide, sent(original), content_type="application/json")

    assert (refused.status_code, done.status_code) == (422, 201)
    assert IdeaLink.objects.get().other == original
