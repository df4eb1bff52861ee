"""Somebody who moderates one challenge: that one's cases and no others, on every way to them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from challenges.domain.managing import dismiss_moderator
from challenges.models import Challenge
from crowdhub.people.enums import Role
from crowdhub.people.models import Member
from ideas.enums import CommentState, IdeaState
from ideas.models import Idea
from moderation.domain.claiming import claim_case
from moderation.domain.deciding import NotModerated, OwnContent, decide_case, undo_decision
from moderation.domain.reporting import report_comment
from moderation.enums import CaseOutcome, CaseState
from moderation.models import Case, Decision, ReasonTemplate
from moderation.queries import cases_visible_to, decision_log, open_cases, overview
from tests import factories
from tests.harness.queries import page_and_queries
from tests.moderation.waiting import waiting

REASON = "Please say in which hall this happens."
HTMX = {"HX-Request": "true", "HX-Target": "panel"}


@pytest.fixture
def xenia(in_acme, challenge) -> Member:
    """An expert from Sales, who moderates the challenge about heat and no other."""
    xenia = factories.member("Xenia", department=in_acme.sales)
    factories.moderator(challenge, xenia)
    return xenia


@pytest.fixture
def elsewhere(in_acme) -> Challenge:
    return factories.challenge(in_acme.carol, title="How do we save water?")


@pytest.fixture
def other(in_acme, elsewhere) -> Case:
    """A case that is not hers."""
    return waiting(elsewhere, in_acme.ed, "Collect the rain")


@pytest.fixture
def browser(as_member, xenia) -> Client:
    return as_member(xenia)


def case_url(case: Case) -> str:
    return reverse("moderation:case", args=[case.public_id])


def decide_url(case: Case) -> str:
    return reverse("moderation:decide", args=[case.public_id])


def text_of(response: Any) -> str:
    return response.content.decode()


def reported_comment(idea: Idea, author: Member, reporter: Member) -> Case:
    comment = factories.comment(idea, author, body="You fool.")
    return report_comment(comment, reporter=reporter, reason="offensive").case


# --- What she sees -------------------------------------------------------------------------------


def test_the_queue_its_numbers_and_its_filter_know_her_challenge_alone(in_acme, challenge, browser, case, other):
    whole = text_of(browser.get(reverse("moderation:queue")))
    narrowed = text_of(browser.get(reverse("moderation:queue"), {"challenge": other.idea.challenge.public_id}))

    assert "Close the gates" in whole
    assert 'Open cases <span class="badge">1</span>' in whole
    assert "All kinds (1)" in whole
    assert "How do we save heat? (1)" in whole
    assert "Nothing is waiting" in narrowed
    for page in (whole, narrowed):
        assert "Collect the rain" not in page
        assert "How do we save water?" not in page


def test_reports_of_comments_belong_to_the_challenge_of_their_idea(in_acme, challenge, elsewhere, xenia):
    here, there = (factories.idea(each, in_acme.alice) for each in (challenge, elsewhere))
    mine = reported_comment(here, in_acme.ed, in_acme.grace)
    reported_comment(there, in_acme.ed, in_acme.grace)

    assert list(cases_visible_to(xenia)) == [mine]
    assert list(open_cases(xenia)) == [mine]
    assert overview(xenia).total == 1


def test_a_case_of_another_challenge_is_unknown_and_stays_free(browser, case, other):
    for htmx in ({}, HTMX):
        assert browser.get(case_url(other), headers=htmx).status_code == 404
        assert browser.post(decide_url(other), {"outcome": "approved"}, headers=htmx).status_code == 404

    other.refresh_from_db()
    assert (other.state, other.claimed_by) == (CaseState.OPEN, None)
    assert Idea.objects.get(pk=other.idea_id).state == IdeaState.SUBMITTED


def test_the_log_holds_the_decisions_of_her_challenge(in_acme, browser, xenia, case, other):
    for each in (case, other):
        decide_case(each, outcome=CaseOutcome.REJECTED, reason=REASON, actor=in_acme.bob)

    page = text_of(browser.get(reverse("moderation:log")))

    assert [decision.case for decision in decision_log(xenia)] == [case]
    assert "Close the gates" in page
    assert "Every decision in the challenges that you moderate" in page
    assert "Collect the rain" not in page


def test_statements_are_read_where_she_moderates(in_acme, as_member, challenge, elsewhere, xenia, case, other):
    """She manages the other challenge, so that she sees its ideas; why one was rejected is for its moderators."""
    elsewhere.managers.create(organization=in_acme.acme, member=xenia)
    for each in (case, other):
        decide_case(each, outcome=CaseOutcome.REJECTED, reason=f"{REASON} {each.pk}", actor=in_acme.bob)
    pages = [text_of(as_member(xenia).get(each.idea.get_absolute_url())) for each in (case, other)]

    assert f"{REASON} {case.pk}" in pages[0]
    assert REASON not in pages[1]


def test_why_a_comment_was_hidden_is_read_where_she_moderates(in_acme, as_member, challenge, elsewhere, xenia):
    texts = []
    for each in (challenge, elsewhere):
        found = reported_comment(factories.idea(each, in_acme.alice), in_acme.ed, in_acme.grace)
        decide_case(found, outcome=CaseOutcome.HIDDEN, reason=REASON, actor=in_acme.bob)
        texts.append(text_of(as_member(xenia).get(found.comment.idea.get_absolute_url())))

    assert "You fool." in texts[0]
    assert REASON in texts[0]
    assert "A moderator has hidden this comment." in texts[1]
    assert "You fool." not in texts[1]
    assert REASON not in texts[1]


def test_the_way_to_the_queue_is_shown_to_her(as_member, in_acme, browser):
    href = f'href="{reverse("moderation:queue")}"'

    assert href in text_of(browser.get(reverse("pages:home")))
    assert href not in text_of(as_member(in_acme.ed).get(reverse("pages:home")))


@pytest.mark.parametrize("number", [1, 20])
@pytest.mark.parametrize("page", ["queue", "case", "reason"])
def test_the_panel_takes_her_at_most_eight_queries(in_acme, browser, challenge, elsewhere, case, number, page):
    for _ in range(number - 1):
        waiting(challenge, factories.member())
        waiting(elsewhere, factories.member())
    url = reverse("moderation:queue") if page == "queue" else case_url(case)

    html, queries = page_and_queries(browser, url, {"outcome": "rejected"} if page == "reason" else {})

    assert html.count("data-key-item") == number
    assert len(queries) <= 8


def test_the_queue_costs_her_what_it_costs_everyone(browser, bob, case):
    hers, everyones = (page_and_queries(each, reverse("moderation:queue"))[1] for each in (browser, bob))

    assert len(hers) == len(everyones) <= 5


# --- What she decides ----------------------------------------------------------------------------


def test_she_decides_and_takes_it_back(xenia, browser, case):
    browser.get(case_url(case))
    case.refresh_from_db()
    assert case.claimed_by == xenia

    browser.post(decide_url(case), {"outcome": "approved"})
    assert Idea.objects.get(pk=case.idea_id).state == IdeaState.PUBLISHED
    assert Decision.objects.get().decided_by == xenia

    browser.post(reverse("moderation:undo") + f"?case={case.public_id}")
    assert Idea.objects.get(pk=case.idea_id).state == IdeaState.SUBMITTED


def test_the_next_case_is_one_of_hers(in_acme, challenge, browser, case, other):
    Case.objects.filter(pk=other.pk).update(opened_at=timezone.now() - timedelta(days=9))
    following = waiting(challenge, in_acme.ed, "Paint the hall")

    response = browser.post(decide_url(case), {"outcome": "approved"}, headers=HTMX)
    last = browser.post(decide_url(following), {"outcome": "approved"}, headers=HTMX)

    assert response.headers["HX-Push-Url"] == case_url(following)
    assert last.headers["HX-Push-Url"] == reverse("moderation:queue")
    other.refresh_from_db()
    assert other.claimed_by is None


def test_of_many_cases_she_decides_hers(browser, case, other):
    ids = [case.public_id, other.public_id]

    browser.post(reverse("moderation:bulk"), {"case": ids, "outcome": "approved"})
    none = browser.post(reverse("moderation:bulk"), {"case": [other.public_id], "outcome": "approved"})

    assert Idea.objects.get(pk=case.idea_id).state == IdeaState.PUBLISHED
    assert Idea.objects.get(pk=other.idea_id).state == IdeaState.SUBMITTED
    assert none.status_code == 422
    assert "Collect the rain" not in text_of(none)


def test_nobody_decides_about_their_own_idea(as_member, challenge, xenia):
    own = waiting(challenge, xenia)
    browser = as_member(xenia)

    assert "someone else decides" in text_of(browser.get(case_url(own)))
    assert browser.post(decide_url(own), {"outcome": "approved"}).status_code == 409
    with pytest.raises(OwnContent):
        decide_case(own, outcome=CaseOutcome.APPROVED, reason="", actor=xenia)


def test_the_domain_refuses_what_is_not_hers(in_acme, xenia, other):
    with pytest.raises(NotModerated):
        decide_case(other, outcome=CaseOutcome.APPROVED, reason="", actor=xenia)
    claim_case(other.public_id, actor=xenia)
    other.refresh_from_db()
    assert other.claimed_by is None

    decide_case(other, outcome=CaseOutcome.APPROVED, reason="", actor=in_acme.bob)
    with pytest.raises(NotModerated):
        undo_decision(other, actor=xenia)


@pytest.mark.parametrize("who", ["alice", "carol", "frank", "erin"])
def test_the_domain_lets_nobody_decide_who_does_not_moderate(in_acme, case, who):
    with pytest.raises(NotModerated):
        decide_case(case, outcome=CaseOutcome.APPROVED, reason="", actor=getattr(in_acme, who))


def test_an_auditor_who_moderates_one_challenge_reads_all_and_decides_there(in_acme, as_member, challenge, case, other):
    factories.moderator(challenge, in_acme.frank)
    frank = as_member(in_acme.frank)

    read = text_of(frank.get(case_url(other)))
    other.refresh_from_db()
    assert "Collect the rain" in read
    assert "someone else decides" not in read
    assert 'value="approved" data-key' not in read
    assert other.claimed_by is None
    refused = frank.post(decide_url(other), {"outcome": "approved"})
    assert refused.status_code == 403
    assert "You do not moderate the challenge" in text_of(refused)
    many = frank.post(reverse("moderation:bulk"), {"case": [case.public_id, other.public_id], "outcome": "approved"})
    assert "Collect the rain: You do not moderate the challenge" in text_of(many)
    assert set(Idea.objects.filter(state=IdeaState.PUBLISHED)) == {case.idea}


def test_reasons_are_hers_to_use_and_not_to_write(in_acme, browser, case):
    template = ReasonTemplate.objects.create(
        organization=in_acme.acme, outcome="rejected", title="Where", text="Please say where."
    )
    filled = browser.post(decide_url(case), {"outcome": "rejected", "template": template.public_id})
    refused = browser.get(reverse("moderation:add_template"))

    assert "Please say where.</textarea>" in text_of(filled)
    assert "Where" in text_of(browser.get(reverse("moderation:templates")))
    assert refused.status_code == 403
    assert "Only moderators of the whole organization" in text_of(refused)
    for name in ("edit_template", "delete_template"):
        address = reverse(f"moderation:{name}", args=[template.public_id])
        assert browser.post(address, {"title": "Mine", "text": "Mine"}).status_code == 403
    template.refresh_from_db()
    assert template.title == "Where"


def test_an_original_is_named_as_by_every_moderator(in_acme, challenge, browser, case):
    original = factories.idea(challenge, in_acme.ed, title="Close all gates")
    sent = {"outcome": "rejected", "reason": "It says the same as another one.", "original": original.public_id}

    assert browser.post(decide_url(case), sent).status_code == 302
    assert Decision.objects.get().original == original


# --- How it ends ---------------------------------------------------------------------------------


def test_who_is_dismissed_loses_it_at_once(in_acme, challenge, xenia, browser, case):
    browser.post(decide_url(case), {"outcome": "approved"})
    dismiss_moderator(challenge, member=xenia, actor=in_acme.carol)

    assert browser.get(reverse("moderation:queue")).status_code == 403
    assert browser.get(case_url(case)).status_code == 403
    assert browser.post(reverse("moderation:undo") + f"?case={case.public_id}").status_code == 403
    assert not cases_visible_to(xenia).exists()


def test_who_is_dismissed_keeps_their_other_challenge(in_acme, challenge, elsewhere, xenia, browser, case, other):
    factories.moderator(elsewhere, xenia)
    browser.post(decide_url(case), {"outcome": "approved"})
    dismiss_moderator(challenge, member=xenia, actor=in_acme.carol)

    assert browser.get(case_url(case)).status_code == 404
    assert browser.get(case_url(other)).status_code == 200
    assert browser.post(reverse("moderation:undo") + f"?case={case.public_id}").status_code == 409
    assert Idea.objects.get(pk=case.idea_id).state == IdeaState.PUBLISHED


def test_who_is_deactivated_is_let_in_no_more(in_acme, xenia, browser, case):
    Member.objects.filter(pk=xenia.pk).update(is_active=False)

    assert browser.get(reverse("moderation:queue")).status_code == 302


def test_whoever_holds_the_role_as_well_is_not_limited(xenia, as_member, case, other):
    factories.grant(xenia, Role.MODERATOR)

    assert as_member(xenia).post(decide_url(other), {"outcome": "approved"}).status_code == 302


def test_a_hidden_comment_of_another_challenge_cannot_be_restored(in_acme, elsewhere, browser):
    found = reported_comment(factories.idea(elsewhere, in_acme.alice), in_acme.ed, in_acme.grace)
    decide_case(found, outcome=CaseOutcome.HIDDEN, reason=REASON, actor=in_acme.bob)

    assert browser.post(reverse("moderation:undo") + f"?case={found.public_id}").status_code == 409
    found.comment.refresh_from_db()
    assert found.comment.state == CommentState.HIDDEN
