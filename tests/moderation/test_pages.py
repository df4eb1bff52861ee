from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from crowdhub.people.enums import Role
from ideas.enums import IdeaState
from ideas.models import Idea
from moderation.deadlines import triage_due_at
from moderation.domain.claiming import claim_case
from moderation.domain.deciding import decide_case
from moderation.domain.reporting import report_comment, report_idea
from moderation.enums import CaseOutcome, CaseState, ReportReason
from moderation.models import Case, Decision, ReasonTemplate
from moderation.queries import open_cases
from tests import factories
from tests.harness.queries import page_and_queries
from tests.moderation.waiting import waiting

REASON = "Please say in which hall this happens."
HTMX = {"HX-Request": "true", "HX-Target": "panel"}


def decide_url(case: Case) -> str:
    return reverse("moderation:decide", args=[case.public_id])


def case_url(case: Case) -> str:
    return reverse("moderation:case", args=[case.public_id])


# --- Who may -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "status"),
    [("alice", 403), ("bob", 200), ("carol", 403), ("dave", 403), ("erin", 403), ("grace", 403), ("frank", 200)],
)
def test_moderators_and_auditors_read_the_queue(in_acme, as_member, case, name, status):
    client = as_member(getattr(in_acme, name))

    for url in (reverse("moderation:queue"), case_url(case), reverse("moderation:log")):
        assert client.get(url).status_code == status


def test_who_may_not_read_it_is_told_why(in_acme, as_member):
    page = as_member(in_acme.alice).get(reverse("moderation:queue")).content.decode()

    assert "The moderation queue is for moderators and auditors." in page


def test_auditors_decide_nothing_and_hold_nothing(in_acme, as_member, case):
    frank = as_member(in_acme.frank)
    frank.get(case_url(case))

    for url in (decide_url(case), reverse("moderation:bulk"), reverse("moderation:undo")):
        assert frank.post(url, {"outcome": "approved", "case": case.public_id}).status_code == 403
    case.refresh_from_db()
    assert (case.state, case.claimed_by) == (CaseState.OPEN, None)


def test_the_case_of_another_organization_is_unknown(in_acme, as_member, case):
    mallory = as_member(in_acme.mallory)

    assert mallory.get(case_url(case)).status_code == 404
    assert mallory.post(decide_url(case), {"outcome": "approved"}).status_code == 404


# --- The list ------------------------------------------------------------------------------------


def test_each_row_shows_whose_it_is_how_old_it_is_and_what_is_left_of_the_promise(in_acme, bob, case, monkeypatch):
    tuesday = datetime(2026, 11, 17, 9, tzinfo=UTC)
    Case.objects.filter(pk=case.pk).update(opened_at=tuesday, due_at=triage_due_at(tuesday, in_acme.acme))
    monkeypatch.setattr(timezone, "now", lambda: tuesday + timedelta(hours=23))

    page = bob.get(reverse("moderation:queue")).content.decode()

    [row] = re.findall(r'<li class="row">.*?</li>', page, re.DOTALL)
    assert "Close the gates" in row
    assert "Alice" in row
    assert ">yesterday at 10:00</time>" in row
    assert "2 working days left" in row


def test_rows_of_comments_on_one_idea_tell_them_apart(in_acme, bob, challenge):
    idea = factories.idea(challenge, in_acme.alice, title="Shift handover on one page")
    for words in ("**Nobody** reads that.", "Try it for a week. " * 20):
        comment = factories.comment(idea, in_acme.ed, body=words)
        report_comment(comment, reporter=in_acme.dave, reason=ReportReason.OTHER, text="See there.")

    rows = bob.get(reverse("moderation:queue")).context["rows"]

    assert {row.title for row in rows} == {"Comment on “Shift handover on one page”"}
    assert {row.comment_start for row in rows} == {
        "Nobody reads that.",
        "Try it for a week. Try it for a week. Try it for a week. Try it for a …",
    }


def test_a_german_idea_is_read_aloud_as_german(in_acme, bob, challenge):
    german = waiting(challenge, in_acme.alice, title="Licht aus")
    Idea.objects.update(language="de")

    queue = bob.get(reverse("moderation:queue")).content.decode()
    pane = bob.get(case_url(german)).content.decode().partition('id="case"')[2]

    assert 'data-key-item lang="de">Licht aus</a>' in queue
    assert '<h2 lang="de">Licht aus</h2>' in pane
    assert '<div class="prose" lang="de">' in pane


def test_of_a_case_that_is_swapped_in_its_title_alone_is_told(in_acme, bob, case):
    part = bob.get(case_url(case), headers=HTMX | {"HX-Target": "case"}).content.decode()
    page = bob.get(case_url(case)).content.decode()

    assert f'<div hx-swap-oob="innerHTML:#told"> {case.idea.title}</div>' in part
    assert 'id="told" role="status"></p>' in page
    assert "hx-swap-oob" not in page
    assert 'aria-live="polite"' not in part


def test_an_empty_queue_says_so(bob, in_acme):
    assert "Nothing is waiting" in bob.get(reverse("moderation:queue")).content.decode()


def test_danger_comes_first_then_what_has_used_most_of_its_time(in_acme, challenge):
    now = timezone.now()
    fresh, old = waiting(challenge, in_acme.alice), waiting(challenge, in_acme.ed)
    Case.objects.filter(pk=old.pk).update(opened_at=now - timedelta(days=9), due_at=now - timedelta(days=2))
    idea = factories.idea(challenge, in_acme.grace)
    danger = report_idea(idea, reporter=in_acme.ed, reason=ReportReason.SAFETY).case

    assert list(open_cases(in_acme.bob)) == [danger, old, fresh]


def test_the_list_can_be_narrowed(in_acme, bob, challenge, case):
    other = waiting(factories.challenge(in_acme.carol), in_acme.ed, "Paint the hall")
    report_idea(factories.idea(challenge, in_acme.ed, title="Reported one"), reporter=in_acme.alice, reason="safety")
    claim_case(other.public_id, actor=in_acme.bob)

    def titles(query: str) -> set[str]:
        page = bob.get(reverse("moderation:queue") + query).content.decode()
        return {title for title in ("Close the gates", "Paint the hall", "Reported one") if title in page}

    assert titles("?kind=report") == {"Reported one"}
    assert titles(f"?challenge={challenge.public_id}") == {"Close the gates", "Reported one"}
    assert titles("?mine=1") == {"Paint the hall"}
    assert titles("?kind=nonsense&challenge=nonsense") == set()


@pytest.mark.parametrize("number", [1, 20])
@pytest.mark.parametrize("page", ["queue", "case", "reason"])
def test_the_panel_takes_at_most_eight_queries(in_acme, bob, challenge, number, page):
    for _ in range(number - 1):
        waiting(challenge, factories.member())
    comment = factories.comment(factories.idea(challenge, in_acme.alice), in_acme.ed)
    case = report_comment(comment, reporter=in_acme.alice, reason=ReportReason.OFFENSIVE).case
    url = reverse("moderation:queue") if page == "queue" else case_url(case)

    html, queries = page_and_queries(bob, url, {"outcome": "hidden"} if page == "reason" else {})

    assert html.count("data-key-item") == number
    assert len(queries) <= 8


@pytest.fixture
def many(challenge) -> list[Case]:
    """More cases than the list shows at first, the most urgent first."""
    return [waiting(challenge, factories.member(), f"Idea no. {number}") for number in range(1, 42)]


def shown_in(page: str) -> list[str]:
    return re.findall(r'id="open-(\w+)"', page)


def test_the_list_grows_until_all_are_shown(bob, many):
    everything, pages, url = [case.public_id for case in many], [], reverse("moderation:queue")
    while url:
        page = bob.get(url).content.decode()
        pages.append(shown_in(page))
        link = re.search(r'id="more-cases" href="([^"]+)"', page)
        url = unescape(link[1]) if link else ""

    assert pages == [everything[:20], everything[:40], everything]


def test_a_longer_list_takes_as_many_queries(bob, many):
    short, long = ({"shown": str(number)} for number in (20, 40))

    _page, queries = page_and_queries(bob, reverse("moderation:queue"), short)
    page, more_queries = page_and_queries(bob, reverse("moderation:queue"), long)

    assert page.count("data-key-item") == 40
    assert len(queries) == len(more_queries) <= 8


def test_the_longer_list_keeps_filter_and_chosen_case_and_what_follows_it(bob, many):
    query = {"kind": "triage", "shown": "40"}

    page = bob.get(case_url(many[24]), query).content.decode()
    decided = bob.post(f"{decide_url(many[24])}?kind=triage&shown=40", {"outcome": "approved"})

    current = re.search(r'aria-current="true">.*?id="open-(\w+)"', page, re.DOTALL)
    assert current[1] == many[24].public_id
    assert f'href="{case_url(many[30])}?kind=triage&amp;shown=40"' in page
    assert decided.url.startswith(f"{case_url(many[25])}?kind=triage&shown=40&")


def test_growing_by_script_leaves_the_reading_pane_alone_and_keeps_the_ticks(bob, many):
    chosen, ticked = many[3].public_id, [many[5].public_id, many[8].public_id]
    asked, grow = {"selected": chosen, "case": ticked}, {"HX-Request": "true", "HX-Target": "cases"}

    response = bob.post(reverse("moderation:queue") + "?shown=40", asked, headers=grow)

    page = response.content.decode()
    assert shown_in(page) == [case.public_id for case in many[:40]]
    assert 'id="case"' not in page
    assert re.findall(r'value="(\w+)" checked', page) == ticked
    assert re.search(r'id="open-(\w+)"[^>]*autofocus', page)[1] == many[20].public_id
    assert response.headers["HX-Push-Url"] == f"{case_url(many[3])}?shown=40"
    assert f'href="{case_url(many[3])}?shown=60"' in page


def test_no_number_of_ticks_makes_the_address_of_a_longer_list_longer(bob, many):
    page = bob.get(reverse("moderation:queue")).content.decode()

    [more] = re.findall(r'<a id="more-cases".*?>', page)

    assert "[form=bulk]:checked" in more
    assert f'hx-post="{reverse("moderation:queue")}?shown=40"' in more
    assert "hx-get" not in more


@pytest.mark.parametrize("shown", ["", "7", "-40", "²", "1e9", "999999999999"])
def test_a_number_that_makes_no_sense_shows_the_first_ones(bob, many, shown):
    asked = {"shown": shown, "selected": "../x"}

    assert len(shown_in(bob.get(reverse("moderation:queue"), asked).content.decode())) == 20


def test_all_that_were_ticked_are_decided_but_never_too_many(bob, many, monkeypatch):
    ticked = {"case": [case.public_id for case in many[:25]], "outcome": "approved"}
    monkeypatch.setattr("moderation.views.queue.MOST_TOGETHER", 24)

    refused = bob.post(reverse("moderation:bulk"), ticked)
    monkeypatch.undo()
    decided = bob.post(reverse("moderation:bulk"), ticked)

    assert (refused.status_code, decided.status_code) == (422, 302)
    assert "Tick at most 24 cases at once." in refused.content.decode()
    assert Case.objects.filter(state=CaseState.DECIDED).count() == 25


# --- One case ------------------------------------------------------------------------------------


def test_opening_a_case_claims_it_and_others_see_who_has_it(in_acme, as_member, bob, case):
    bella = factories.member("Bella")
    factories.grant(bella, Role.MODERATOR)
    bob.get(case_url(case))

    page = as_member(bella).get(case_url(case)).content.decode()

    assert "Bob has this case open until" in page
    assert 'value="approved" data-key' not in page
    case.refresh_from_db()
    assert case.claimed_by == in_acme.bob


def test_htmx_gets_the_reading_pane_alone(bob, case):
    page = bob.get(case_url(case), headers={"HX-Request": "true", "HX-Target": "case"}).content.decode()

    assert page.lstrip().startswith("<section")
    assert "Turn it off at night." in page
    assert "data-key-item" not in page


def test_approving_without_script_leads_to_the_next_case_with_a_way_back(in_acme, bob, challenge, case):
    following = waiting(challenge, in_acme.ed, "Paint the hall")
    response = bob.post(decide_url(case), {"outcome": "approved"}, follow=True)

    page = response.content.decode()
    assert response.redirect_chain[0][0].startswith(case_url(following))
    assert "Approved: 1 case." in page
    assert Idea.objects.get(pk=case.idea_id).state == IdeaState.PUBLISHED

    bob.post(reverse("moderation:undo") + f"?case={case.public_id}")
    assert Idea.objects.get(pk=case.idea_id).state == IdeaState.SUBMITTED


def test_deciding_with_htmx_shows_the_next_case_without_a_reload(in_acme, bob, challenge, case):
    following = waiting(challenge, in_acme.ed, "Paint the hall")
    response = bob.post(decide_url(case), {"outcome": "approved"}, headers=HTMX)

    page = response.content.decode()
    assert response.status_code == 200
    assert "<html" not in page
    assert "data-undo" in page
    assert response.headers["HX-Push-Url"] == case_url(following)
    following.refresh_from_db()
    assert following.claimed_by == in_acme.bob


def test_the_navigation_counts_what_is_left(in_acme, bob, challenge, case):
    waiting(challenge, in_acme.alice, "Open the gates")

    page = bob.post(decide_url(case), {"outcome": "approved"}, headers=HTMX).content.decode()

    assert re.search(r"""innerHTML:\[data-count='/moderation/'\]"><span class="badge">1<""", page)


def test_undo_with_htmx_opens_the_case_again(bob, case):
    bob.post(decide_url(case), {"outcome": "approved"}, headers=HTMX)

    page = bob.post(reverse("moderation:undo") + f"?case={case.public_id}", headers=HTMX).content.decode()

    assert 'data-key="a"' in page
    assert Decision.objects.get().undone_at is not None


def test_a_rejection_without_a_reason_keeps_the_form_and_names_the_field(bob, case):
    response = bob.post(decide_url(case), {"outcome": "rejected", "reason": "no"})

    page = response.content.decode()
    assert response.status_code == 422
    assert "Give the author a reason" in page
    assert ">\nno</textarea>" in page
    assert not Decision.objects.exists()


def test_a_reason_to_start_from_is_added_to_what_was_typed(in_acme, bob, case):
    template = ReasonTemplate.objects.create(
        organization=in_acme.acme, outcome="changes_requested", title="Where", text="Please say where."
    )
    assert "Where" in bob.get(case_url(case), {"outcome": "changes_requested"}).content.decode()

    data = {"outcome": "changes_requested", "reason": "Nice idea.", "template": template.public_id}
    response = bob.post(decide_url(case), data)

    assert response.status_code == 200
    assert "Nice idea.\n\nPlease say where.</textarea>" in response.content.decode()
    assert not Decision.objects.exists()


def test_reasons_in_the_language_of_the_idea_come_first(in_acme, bob, case):
    for language, title in (("de", "Mehr dazu"), ("en", "Say more"), ("en", "Where")):
        ReasonTemplate.objects.create(
            organization=in_acme.acme, outcome="changes_requested", language=language, title=title, text=title
        )

    def offered() -> tuple[list[str], list[str]]:
        extras = bob.get(case_url(case), {"outcome": "changes_requested"}).context["extras"]
        return [each.title for each in extras.templates], [each.title for each in extras.foreign_templates]

    english = offered()
    Idea.objects.update(language="de")
    german = offered()
    Idea.objects.update(language="fr")

    assert english == (["Say more", "Where"], ["Mehr dazu"])
    assert german == (["Mehr dazu"], ["Say more", "Where"])
    assert offered() == (["Mehr dazu", "Say more", "Where"], [])


def test_the_second_of_two_moderators_is_told(in_acme, bob, case):
    bella = factories.member("Bella")
    factories.grant(bella, Role.MODERATOR)
    decide_case(case, outcome=CaseOutcome.APPROVED, reason="", actor=bella)

    response = bob.post(decide_url(case), {"outcome": "rejected", "reason": REASON})

    assert response.status_code == 409
    assert "has been closed in the meantime" in response.content.decode()


def test_a_moderator_is_offered_no_decision_about_their_own_idea(in_acme, bob, challenge):
    case = waiting(challenge, in_acme.bob)

    assert "someone else decides" in bob.get(case_url(case)).content.decode()
    assert bob.post(decide_url(case), {"outcome": "approved"}).status_code == 409


def test_hostile_text_is_shown_as_text(in_acme, bob, challenge):
    case = waiting(challenge, in_acme.alice, "<script>alert(1)</script>")
    response = bob.post(
        decide_url(case), {"outcome": "rejected", "reason": "<script>alert(2)</script> [x](javascript:1)"}
    )

    assert response.status_code == 302
    for url in (case_url(case), reverse("moderation:log"), reverse("moderation:queue")):
        page = bob.get(url).content.decode()
        assert "<script>alert" not in page
        assert 'href="javascript' not in page


# --- Several at once -----------------------------------------------------------------------------


def test_several_are_approved_together(in_acme, bob, challenge, case):
    other = waiting(challenge, in_acme.ed)
    bob.post(reverse("moderation:bulk"), {"case": [case.public_id, other.public_id], "outcome": "approved"})

    assert set(Idea.objects.values_list("state", flat=True)) == {IdeaState.PUBLISHED}


def test_several_are_rejected_with_one_reason(in_acme, bob, challenge, case):
    other = waiting(challenge, in_acme.ed)
    data = {"case": [case.public_id, other.public_id], "outcome": "rejected"}
    form = bob.post(reverse("moderation:bulk"), data)
    assert "One reason for 2 cases" in form.content.decode()
    assert not Decision.objects.exists()

    short = bob.post(reverse("moderation:bulk"), data | {"reason": "no"})
    assert short.status_code == 422
    bob.post(reverse("moderation:bulk"), data | {"reason": REASON})

    assert set(Decision.objects.values_list("outcome", "reason")) == {("rejected", REASON)}
    assert Decision.objects.count() == 2


def test_of_several_what_cannot_be_decided_is_named_and_the_rest_is_done(in_acme, bob, challenge, case):
    own = waiting(challenge, in_acme.bob, "My own")
    response = bob.post(reverse("moderation:bulk"), {"case": [case.public_id, own.public_id], "outcome": "approved"})

    assert "My own: You wrote this yourself" in response.content.decode()
    assert Decision.objects.get().case == case


def test_nothing_ticked_is_said(bob, case):
    response = bob.post(reverse("moderation:bulk"), {"outcome": "approved"})

    assert response.status_code == 422
    assert "Tick the cases first." in response.content.decode()


def test_pressing_approve_twice_is_pressing_it_once(in_acme, as_member, case):
    bob = as_member(in_acme.bob)

    answers = [bob.post(decide_url(case), {"outcome": "approved"}) for _press in range(2)]

    assert [one.status_code for one in answers] == [302, 302]
    assert case.decisions.count() == 1


CORRECTED = "Please say in which hall this happens, and when."


def test_rejecting_twice_with_the_same_reason_is_rejecting_once(bob, case):
    answers = [bob.post(decide_url(case), {"outcome": "rejected", "reason": f"{REASON} "}) for _press in range(2)]

    assert [one.status_code for one in answers] == [302, 302]
    assert case.decisions.count() == 1


@pytest.mark.parametrize("together", [False, True])
def test_a_corrected_reason_is_not_called_done_and_stays_on_the_page(bob, case, together):
    url = reverse("moderation:bulk") if together else decide_url(case)
    sent = {"outcome": "rejected", "case": case.public_id}
    bob.post(url, sent | {"reason": REASON})

    refused = bob.post(url, sent | {"reason": CORRECTED})

    page = refused.content.decode()
    assert refused.status_code == 409
    assert "has been closed in the meantime" in page
    # Below 960 px a case that is chosen hides the list.
    assert (page.index(CORRECTED) > page.index('id="case"')) is not together
    assert Decision.objects.get().reason == REASON


def test_what_was_typed_for_several_stays_when_one_of_them_is_refused(in_acme, bob, challenge, case):
    closed = waiting(challenge, in_acme.alice, "Open the gates")
    bob.post(decide_url(closed), {"outcome": "approved"})

    sent = {"outcome": "rejected", "case": [case.public_id, closed.public_id], "reason": REASON}
    page = bob.post(reverse("moderation:bulk"), sent, headers=HTMX).content.decode()

    assert "What you wrote:" in page
    assert REASON in page
    assert "data-undo" in page


def test_nobody_is_led_to_their_own_case_or_holds_it(in_acme, bob, challenge, case):
    own = waiting(challenge, in_acme.bob, "Oil the hinges")

    page = bob.post(decide_url(case), {"outcome": "approved"}, headers=HTMX)
    bob.get(case_url(own))

    own.refresh_from_db()
    assert page.headers["HX-Push-Url"] == reverse("moderation:queue")
    assert own.claimed_by is None


def test_an_original_that_is_named_later_is_not_called_done(in_acme, bob, challenge, case):
    original = factories.idea(challenge, in_acme.ed)
    sent = {"outcome": "rejected", "reason": REASON}
    bob.post(decide_url(case), sent)

    refused = bob.post(decide_url(case), sent | {"original": original.public_id})

    assert refused.status_code == 409
    assert Decision.objects.get().original is None


def test_naming_the_same_original_twice_is_naming_it_once(in_acme, bob, challenge, case):
    original = factories.idea(challenge, in_acme.ed)
    sent = {"outcome": "rejected", "reason": REASON, "original": original.public_id}

    answers = [bob.post(decide_url(case), sent) for _press in range(2)]

    assert [one.status_code for one in answers] == [302, 302]
    assert Decision.objects.get().original == original
