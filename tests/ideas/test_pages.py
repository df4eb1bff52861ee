"""The idea's page and the lists around it, in a browser without script."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from challenges.enums import PhaseKind, Visibility
from ideas.domain import answering, discussion, publishing, teams, voting, writing
from ideas.enums import IdeaState
from ideas.models import Comment, Exposure, Follow, Idea, Vote
from tests import factories


def url(name: str, thing) -> str:
    return reverse(f"ideas:{name}", args=[thing.public_id])


def text_of(response) -> str:
    return response.content.decode()


@pytest.mark.parametrize("count", [1, 30])
def test_detail_takes_eight_queries_at_most(in_acme, idea, as_member, count):
    for number in range(count):
        factories.comment(idea, in_acme.bob, parent=None if number % 3 else Comment.objects.first())
    for number in range(3):
        writing.revise_idea(idea, actor=in_acme.alice, title=f"Version {number}", body="Text.", language="en")
    answering.answer_idea(idea, outcome="not_now", reasons="Later.", actor=in_acme.carol)
    browser = as_member(in_acme.ed)
    browser.get(reverse("ideas:mine"))  # a process looks the host up once

    with CaptureQueriesContext(connection) as queries:
        response = browser.get(url("detail", idea))

    told = [query["sql"] for query in queries if "set_config" not in query["sql"] and "SAVEPOINT" not in query["sql"]]
    assert response.status_code == 200
    assert len(told) == 7, told


def test_detail_tells_authors_decision_and_discussion(in_acme, idea, as_member):
    teams.add_contributor(idea, in_acme.grace, actor=in_acme.alice, share=40)
    answering.answer_idea(idea, outcome="selected", reasons="It **pays**.", actor=in_acme.carol)
    first = discussion.post_comment(idea, actor=in_acme.ed, body="Which presses?")
    discussion.post_comment(idea, actor=in_acme.alice, body="All of them.", parent=first)

    page = text_of(as_member(in_acme.ed).get(url("detail", idea)))

    for words in (
        "Alice",
        "Grace",
        "60",
        "40",
        "Selected",
        "It <strong>pays</strong>.",
        "Which presses?",
        "All of them.",
    ):
        assert words in page


def test_detail_notes_the_exposure_of_readers_only(in_acme, idea, as_member):
    for reader in (in_acme.ed, in_acme.ed, in_acme.alice):
        as_member(reader).get(url("detail", idea))

    assert list(Exposure.objects.values_list("member_id", flat=True)) == [in_acme.ed.pk]


@pytest.mark.parametrize("state", list(IdeaState))
def test_idea_is_seen_by_whom_it_concerns(in_acme, challenge, as_member, state):
    idea = factories.idea(challenge, in_acme.alice, state=state)
    seen_by = {
        name
        for name in ("alice", "ed", "bob", "carol", "frank", "dave")
        if as_member(getattr(in_acme, name)).get(url("detail", idea)).status_code == 200
    }

    handed_in = {"alice", "bob", "carol", "frank"}
    expected = {
        IdeaState.DRAFT: {"alice"},
        IdeaState.WITHDRAWN: {"alice"},
        IdeaState.PUBLISHED: handed_in | {"ed", "dave"},
    }
    assert seen_by == expected.get(state, handed_in)


def test_idea_of_invited_only_challenge_is_not_there_for_others(in_acme, challenge, idea, as_member):
    challenge.visibility = Visibility.INVITED
    challenge.save()
    factories.invitation(challenge, in_acme.dave)

    statuses = [as_member(person).get(url("detail", idea)).status_code for person in (in_acme.ed, in_acme.dave)]

    assert statuses == [404, 200]


def test_idea_is_not_there_in_another_organization(in_acme, idea, as_member):
    assert as_member(in_acme.mallory).get(url("detail", idea)).status_code == 404


def test_vote_and_take_it_back(in_acme, idea, as_member):
    browser = as_member(in_acme.ed)

    first = browser.post(url("vote", idea), {"voted": "1"})
    counted = Vote.objects.count()
    browser.post(url("vote", idea), {"voted": "0"})

    assert (first.status_code, first.url) == (302, url("detail", idea))
    assert (counted, Vote.objects.count()) == (1, 0)


def test_vote_by_htmx_returns_the_button(in_acme, idea, as_member):
    response = as_member(in_acme.ed).post(url("vote", idea), {"voted": "1"}, headers={"hx-request": "true"})

    assert 'aria-pressed="true"' in text_of(response)
    assert "<html" not in text_of(response)


def test_vote_and_follow_show_their_answer_before_it_comes(in_acme, idea, as_member):
    page = text_of(as_member(in_acme.ed).get(url("detail", idea)))

    forms = {name: re.search(rf'<form[^>]* action="{url(name, idea)}"[^>]*>', page)[0] for name in ("vote", "follow")}
    assert [name for name, form in forms.items() if "data-optimistic" not in form] == []
    assert "js/optimistic.js" in page


def test_decision_names_who_answers(in_acme, challenge, as_member):
    challenge.managers.create(organization=in_acme.acme, challenge=challenge, member=in_acme.erin, part="deputy")
    promised = factories.idea(challenge, in_acme.alice, answer_due_at=timezone.now() + timedelta(days=9))

    page = text_of(as_member(in_acme.ed).get(url("detail", promised)))

    assert re.search(r"<dt>Who answers</dt>\s*<dd>(.*?)</dd>", page)[1] == "Carol, Erin"


def test_vote_on_own_idea_is_forbidden_with_the_reason(in_acme, idea, as_member):
    response = as_member(in_acme.alice).post(url("vote", idea), {"voted": "1"})

    assert response.status_code == 403
    assert "have a part in" in text_of(response)
    assert not Vote.objects.exists()


def test_moderator_who_is_not_asked_cannot_vote_but_comment(in_acme, challenge, idea, as_member):
    challenge.visibility = Visibility.INVITED
    challenge.save()
    browser = as_member(in_acme.bob)

    vote = browser.post(url("vote", idea), {"voted": "1"})
    comment = browser.post(url("comment", idea), {"body": "Say how much."})

    assert (vote.status_code, comment.status_code) == (403, 302)
    assert not Vote.objects.exists()


def test_counts_are_hidden_until_voting_has_closed(in_acme, challenge, idea, as_member):
    for _number in range(7):
        voting.cast_vote(idea, actor=factories.member())
    browser = as_member(in_acme.ed)

    during = text_of(browser.get(url("detail", idea)))
    by_htmx = text_of(browser.post(url("vote", idea), {"voted": "0"}, headers={"hx-request": "true"}))
    factories.phase(challenge, PhaseKind.VOTING, starts_in=-9, ends_in=-1)
    afterwards = text_of(browser.get(url("detail", idea)))

    assert "people support this" not in during + by_htmx
    assert "7 people support this" in afterwards


def test_follow_and_stop(in_acme, idea, as_member):
    browser = as_member(in_acme.ed)

    browser.post(url("follow", idea), {"following": "1"})
    followed = Follow.objects.count()
    fragment = browser.post(url("follow", idea), {"following": "0"}, headers={"hx-request": "true"})

    assert (followed, Follow.objects.count()) == (1, 0)
    assert 'aria-pressed="false"' in text_of(fragment)


def test_comment_leads_back_to_itself(in_acme, idea, as_member):
    response = as_member(in_acme.ed).post(url("comment", idea), {"body": "Good."})

    comment = Comment.objects.get()
    assert response.url == f"{url('detail', idea)}?comment={comment.public_id}#comment-{comment.public_id}"


def test_reply_stands_below_what_it_answers(in_acme, idea, as_member):
    parent = factories.comment(idea, in_acme.bob)
    browser = as_member(in_acme.ed)
    form = text_of(browser.get(f"{url('detail', idea)}?reply={parent.public_id}"))

    browser.post(url("comment", idea), {"body": "Because.", "parent": parent.public_id})

    assert f'name="parent" value="{parent.public_id}"' in form
    assert Comment.objects.get(author=in_acme.ed).parent == parent


def test_comment_that_is_refused_keeps_what_was_typed(in_acme, idea, as_member):
    browser = as_member(in_acme.ed)

    response = browser.post(url("comment", idea), {"body": "y" * 5001})
    orphan = browser.post(url("comment", idea), {"body": "Answer.", "parent": "zzzzzzzzzz"})

    assert (response.status_code, orphan.status_code) == (422, 409)
    assert "y" * 5001 in text_of(response)
    assert not Comment.objects.exists()


def test_hidden_comment_leaves_a_mark_without_text_or_name(in_acme, idea, as_member):
    comment = factories.comment(idea, in_acme.grace, body="Something rude.")
    publishing.hide_comment(comment, actor=in_acme.bob)

    reader, author, moderator = (
        text_of(as_member(person).get(url("detail", idea))) for person in (in_acme.ed, in_acme.grace, in_acme.bob)
    )

    assert "A moderator has hidden this comment." in reader
    assert "Something rude." not in reader
    assert "Grace" not in reader
    assert "Something rude." in author
    assert "Something rude." in moderator


def test_threads_deeper_than_four_are_flat(in_acme, idea, as_member):
    comment = None
    for number in range(8):
        comment = factories.comment(idea, in_acme.ed, parent=comment, body=f"Level {number}.")

    page = text_of(as_member(in_acme.ed).get(url("detail", idea)))

    depths = re.findall(r'class="comment depth-(\d)"', page)
    assert depths == ["1", "2", "3", "4", "4", "4", "4", "4"]
    assert all(f"Level {number}." in page for number in range(8))


def test_answers_stand_below_what_they_answer_in_the_order_of_their_time(in_acme, idea, as_member):
    first, second = (
        factories.comment(idea, in_acme.ed, body="first"),
        factories.comment(idea, in_acme.ed, body="second"),
    )
    late = factories.comment(idea, in_acme.bob, body="answer to the first", parent=first)
    factories.comment(idea, in_acme.ed, body="answer to the answer", parent=late)
    factories.comment(idea, in_acme.bob, body="answer to the second", parent=second)

    page = text_of(as_member(in_acme.ed).get(url("detail", idea)))

    shown = re.findall(r"<p>([a-z ]+)</p>\s*</div>\s*<footer>", page)
    assert shown == ["first", "answer to the first", "answer to the answer", "second", "answer to the second"]


def test_reply_names_whom_it_replies_to_unless_that_is_hidden(in_acme, idea, as_member):
    question = factories.comment(idea, in_acme.grace)
    factories.comment(idea, in_acme.bob, parent=question)
    browser = as_member(in_acme.ed)

    before = text_of(browser.get(url("detail", idea)))
    publishing.hide_comment(question, actor=in_acme.bob)
    after = text_of(browser.get(url("detail", idea)))

    assert re.search(r"replies to <a [^>]+>Grace", before)
    assert re.search(r"replies to <a [^>]+>Hidden", after)
    assert "Grace" not in after


@pytest.mark.parametrize(("query", "shown"), [("", "0"), ("?page=2", "20"), ("?page=99", "40"), ("?page=x", "0")])
def test_long_discussion_comes_in_pages(in_acme, idea, as_member, query, shown):
    for number in range(43):
        factories.comment(idea, in_acme.bob, body=f"number {number}")

    page = text_of(as_member(in_acme.ed).get(url("detail", idea) + query))

    bodies = re.findall(r"<p>number (\d+)</p>", page)
    assert bodies[0] == shown
    assert len(bodies) == min(20, 43 - int(shown))
    assert '<span class="badge">43</span>' in page


@pytest.mark.parametrize("parameter", ["comment", "reply"])
def test_address_of_a_comment_opens_its_page(in_acme, idea, as_member, parameter):
    comments = [factories.comment(idea, in_acme.bob, body=f"number {number}") for number in range(30)]

    page = text_of(as_member(in_acme.ed).get(url("detail", idea), {parameter: comments[25].public_id}))

    assert "number 25" in page
    assert "number 3<" not in page


def test_comment_of_another_idea_is_not_found_through_this_one(in_acme, challenge, idea, as_member):
    elsewhere = factories.comment(factories.idea(challenge, in_acme.bob), in_acme.bob, body="quixotic")
    factories.comment(idea, in_acme.bob, body="here")

    page = text_of(as_member(in_acme.ed).get(url("detail", idea), {"reply": elsewhere.public_id}))

    assert "here" in page
    assert "quixotic" not in page
    assert 'name="parent"' not in page


def test_edit_own_comment_only(in_acme, idea, as_member):
    comment = factories.comment(idea, in_acme.ed)

    mine = as_member(in_acme.ed).post(url("edit_comment", comment), {"body": "Better."})
    others = as_member(in_acme.bob).post(url("edit_comment", comment), {"body": "Worse."})

    assert (mine.status_code, others.status_code) == (302, 403)
    assert Comment.objects.get().body == "Better."


def test_author_marks_a_comment_as_helpful(in_acme, idea, as_member):
    comment = factories.comment(idea, in_acme.ed)

    by_author = as_member(in_acme.alice).post(url("helpful", comment), {"helpful": "1"})
    by_its_writer = as_member(in_acme.ed).post(url("helpful", comment), {"helpful": "1"})

    assert (by_author.status_code, by_its_writer.status_code) == (302, 403)
    assert Comment.objects.get().is_helpful


def test_manager_answers_with_reasons(in_acme, idea, as_member):
    browser = as_member(in_acme.carol)
    assert browser.get(url("answer", idea)).status_code == 200

    without = browser.post(url("answer", idea), {"outcome": "selected", "reasons": " "})
    given = browser.post(url("answer", idea), {"outcome": "selected", "reasons": "It pays."})

    assert (without.status_code, given.status_code) == (422, 302)
    assert list(idea.answers.values_list("outcome", "reasons")) == [("selected", "It pays.")]


def test_answer_can_be_previewed_without_script(in_acme, idea, as_member):
    response = as_member(in_acme.carol).post(url("answer", idea), {"reasons": "It *pays*.", "preview": "1"})

    assert response.status_code == 200
    assert "<em>pays</em>" in text_of(response)
    assert not idea.answers.exists()


def test_answering_is_forbidden_to_others(in_acme, idea, as_member):
    statuses = [
        as_member(person).post(url("answer", idea), {"outcome": "selected", "reasons": "Me."}).status_code
        for person in (in_acme.alice, in_acme.bob, in_acme.ed)
    ]

    assert statuses == [403, 403, 403]


def test_co_author_joins_and_leaves(in_acme, idea, as_member):
    browser = as_member(in_acme.alice)
    browser.post(url("team", idea), {"email": in_acme.ed.email.upper(), "share": "25"})
    asked = reverse("ideas:answer_invitation", args=[idea.join_requests.get().public_id])
    as_member(in_acme.ed).post(asked, {"accept": "1"})
    shares = list(idea.contributors.order_by("pk").values_list("share", flat=True))
    nobody = browser.post(url("team", idea), {"email": "nobody@acme.example", "share": "1"})
    stranger = browser.post(url("team", idea), {"email": in_acme.mallory.email, "share": "1"})

    as_member(in_acme.ed).post(url("leave_team", idea), {"member": in_acme.ed.public_id})

    assert shares == [75, 25]
    assert (nobody.status_code, stranger.status_code) == (422, 422)
    assert list(idea.contributors.values_list("share", flat=True)) == [100]


def test_team_of_others_cannot_be_changed(in_acme, idea, as_member):
    response = as_member(in_acme.ed).post(url("team", idea), {"email": in_acme.ed.email, "share": "50"})

    assert response.status_code == 403


def test_revisions_mark_what_changed(in_acme, challenge, as_member):
    idea = factories.idea(
        challenge, in_acme.alice, state=IdeaState.DRAFT, title="Lights", body="Off at nine.\n\n<b>Yes</b>."
    )
    writing.submit_idea(idea, actor=in_acme.alice)
    publishing.publish_idea(idea, actor=in_acme.bob)
    writing.revise_idea(idea, actor=in_acme.alice, title="Lights", body="Off at ten.\n\n<b>Yes</b>.", language="en")
    browser = as_member(in_acme.ed)

    latest = text_of(browser.get(url("revisions", idea)))
    first = text_of(browser.get(url("revisions", idea) + "?number=1"))

    assert "Off at <del>nine</del><ins>ten</ins>.\n\n&lt;b&gt;Yes&lt;/b&gt;." in latest
    assert "<ins>" not in first


def test_my_ideas_lists_mine_with_their_state(in_acme, challenge, as_member):
    for state in IdeaState:
        factories.idea(challenge, in_acme.alice, state=state, title=f"Mine {state}")
    factories.idea(challenge, in_acme.ed, title="Of Ed")

    page = text_of(as_member(in_acme.alice).get(reverse("ideas:mine")))

    assert all(f"Mine {state}" in page for state in IdeaState)
    assert "Of Ed" not in page


def test_my_ideas_empty_says_what_to_do(in_acme, as_member):
    page = text_of(as_member(in_acme.ed).get(reverse("ideas:mine")))

    assert "You have not written an idea yet" in page


def test_visitor_is_led_to_the_sign_in(in_acme, idea, visitor):
    response = visitor.get(url("detail", idea))

    assert response.status_code == 302
    assert Idea.objects.count() == 1


def test_ids_that_cannot_be_ids_are_refused(in_acme, idea, as_member):
    browser = as_member(in_acme.alice)

    comment = browser.post(url("comment", idea), {"body": "Hello.", "parent": "\0'--"})
    leaver = browser.post(url("leave_team", idea), {"member": "\0'--"})

    assert comment.status_code == 302  # what cannot be an id is none
    assert leaver.url == url("team", idea)
    assert idea.contributors.count() == 1


def main_actions(client, idea) -> list[str]:
    """The buttons of an idea's page that are not quiet: there shall be one at most."""
    page = client.get(idea.get_absolute_url()).content.decode()
    page = page[page.index("<main") :].partition('id="discussion"')[0]
    found = re.findall(r'<(?:a|button) class="button"[^>]*>(.*?)</(?:a|button)>', page, re.DOTALL)
    unseen = re.compile(r"<span class=.visually-hidden.*|<svg.*?</svg>", re.DOTALL)
    return [unseen.sub("", each).strip() for each in found]


@pytest.mark.parametrize(
    ("state", "main"), [(IdeaState.DRAFT, ["Continue writing"]), (IdeaState.CHANGES_REQUESTED, ["Change it"])]
)
def test_authors_have_one_main_action(in_acme, challenge, as_member, state, main):
    assert main_actions(as_member(in_acme.alice), factories.idea(challenge, in_acme.alice, state=state)) == main


def test_after_the_answer_comes_the_next_idea_that_waits(in_acme, challenge, idea, as_member):
    carol = as_member(in_acme.carol)
    later, sooner = (
        factories.idea(challenge, in_acme.ed, title=f"In {days}", answer_due_at=timezone.now() + timedelta(days=days))
        for days in (9, 2)
    )
    factories.idea(challenge, in_acme.carol, title="Her own", answer_due_at=timezone.now())

    assert main_actions(carol, idea) == ["Answer this idea"]
    for each, following in ((idea, sooner), (sooner, later), (later, None)):
        reply = {"outcome": "selected", "reasons": "It pays."}
        page = carol.post(reverse("ideas:answer", args=[each.public_id]), reply, follow=True)
        assert page.context["next_to_answer"] == following
        assert "Add a later answer" in page.content.decode()
    assert main_actions(carol, idea) == []
    assert as_member(in_acme.ed).get(idea.get_absolute_url()).context["next_to_answer"] is None


def test_lists_say_in_which_language_a_title_is(in_acme, challenge, as_member):
    factories.idea(challenge, in_acme.alice, title="Licht aus", language="de")
    client = as_member(in_acme.alice)

    challenge_page = client.get(reverse("pages:challenge", args=[challenge.public_id])).content.decode()

    assert '<h3 class="row-title" lang="de">' in challenge_page
    assert f'<h1 lang="en">{challenge.title}</h1>' in challenge_page
    for name in ("pages:home", "ideas:mine"):
        assert '<span lang="de">Licht aus</span>' in client.get(reverse(name)).content.decode()
