"""What was typed is in the answer, whatever refuses it; and pressing a button twice is pressing it once."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.urls import reverse
from django.utils import timezone

from challenges.models import Phase
from ideas.domain import publishing, voting, writing
from ideas.enums import IdeaState
from ideas.models import Idea
from tests import factories
from tests.ideas.test_editor import form, url

WORDS = "Words that took an hour to write."


@pytest.fixture
def challenge(in_acme):
    return factories.challenge(in_acme.carol)


@pytest.fixture
def published(in_acme, challenge):
    return factories.idea(challenge, in_acme.alice)


def end(challenge):
    past = timezone.now() - timedelta(days=2)
    Phase.objects.filter(challenge=challenge).update(starts_at=past - timedelta(days=1), ends_at=past)


def test_new_idea_after_the_end_comes_back_with_its_words(in_acme, challenge, as_member):
    end(challenge)

    refused = as_member(in_acme.alice).post(url("new", challenge), form(body=WORDS))

    assert refused.status_code == 403
    assert WORDS in refused.content.decode()
    assert not Idea.objects.exists()


def test_draft_that_had_saved_itself_keeps_newer_words_after_the_end(in_acme, challenge, as_member):
    uuid = uuid4()
    writing.save_draft(challenge, actor=in_acme.alice, title="A", body="b", language="en", client_uuid=uuid)
    end(challenge)
    typed = form(body=WORDS, client_uuid=str(uuid), version="1")

    saved = as_member(in_acme.alice).post(url("new", challenge), typed)

    draft = Idea.objects.get()
    assert (saved.status_code, saved.url) == (302, url("edit", draft))
    assert (draft.body, draft.state) == (WORDS, IdeaState.DRAFT)


def test_comment_after_the_end_comes_back(in_acme, published, as_member):
    end(published.challenge)

    refused = as_member(in_acme.ed).post(url("comment", published), {"body": WORDS})

    assert refused.status_code == 403
    assert WORDS in refused.content.decode()


@pytest.mark.parametrize(("take_away", "status"), [(publishing.reject_idea, 403), (writing.withdraw_idea, 404)])
def test_answer_to_what_is_gone_comes_back(in_acme, published, as_member, take_away, status):
    if take_away is publishing.reject_idea:
        published.state = IdeaState.SUBMITTED
        published.save()
    take_away(published, actor=in_acme.alice)

    refused = as_member(in_acme.carol).post(url("answer", published), {"outcome": "selected", "reasons": WORDS})

    assert refused.status_code == status
    assert WORDS in refused.content.decode()


def test_the_page_of_what_is_not_there_shows_nothing_to_a_reader(in_acme, as_member):
    page = as_member(in_acme.alice).get("/ideas/nowhere123/?body=" + WORDS).content.decode()

    assert WORDS not in page


def test_refusal_that_nobody_expected_is_no_error_of_ours(in_acme, published, as_member, monkeypatch):
    def withdrawn_meanwhile(idea, *, actor):
        raise voting.IdeaNotPublished

    monkeypatch.setattr(voting, "follow_idea", withdrawn_meanwhile)

    refused = as_member(in_acme.ed).post(url("follow", published), {"following": "1"})

    assert refused.status_code == 409
    assert "Something has changed in the meantime" in refused.content.decode()
    assert refused.headers["X-Reason"]


def test_a_refused_vote_tells_htmx_why(in_acme, published, as_member):
    refused = as_member(in_acme.alice).post(
        reverse("ideas:vote", args=[published.public_id]), {"voted": "1"}, headers={"HX-Request": "true"}
    )

    assert refused.status_code == 403
    assert "You%20cannot%20vote" in refused.headers["X-Reason"]


@pytest.mark.parametrize("where", ["edit", "new", "submit"])
def test_handing_in_twice_leads_to_the_idea_twice(in_acme, challenge, as_member, where):
    uuid = uuid4()
    draft = writing.save_draft(challenge, actor=in_acme.alice, client_uuid=uuid, language="en", title="Heat", body="x")
    browser, place = as_member(in_acme.alice), challenge if where == "new" else draft
    sent = {} if where == "submit" else form(title="Heat", body="x", client_uuid=str(uuid), version="1", submit="1")

    answers = [browser.post(url(where, place), sent) for _press in range(2)]

    assert [(one.status_code, one.url) for one in answers] == [(302, url("detail", draft))] * 2
    assert Idea.objects.get().revisions.count() == 1


def test_other_words_for_what_is_handed_in_are_refused_and_come_back(in_acme, challenge, as_member):
    draft = factories.idea(challenge, in_acme.alice, state=IdeaState.DRAFT)
    browser = as_member(in_acme.alice)
    browser.post(url("submit", draft))

    refused = browser.post(url("edit", draft), form(body=WORDS, submit="1"))

    assert refused.status_code == 403
    assert WORDS in refused.content.decode()
