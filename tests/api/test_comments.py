from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from challenges.enums import PhaseKind
from crowdhub.tenancy.context import tenant
from ideas.domain.publishing import hide_comment
from ideas.models import Comment
from tests import factories
from tests.api.conftest import fields_of, problem_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def comment(in_acme, idea) -> Comment:
    """Carol's comment on Alice's idea."""
    return factories.comment(idea, in_acme.carol)


@pytest.fixture
def foreign_comment(in_acme) -> Comment:
    with tenant(in_acme.globex):
        idea = factories.idea(factories.challenge(in_acme.mallory), in_acme.mallory)
        return factories.comment(idea, in_acme.mallory, body="Not for acme")


def listed(response) -> list[str]:
    assert response.status_code == 200, response.content
    return [one["id"] for one in response.json()["results"]]


def test_thread_of_an_idea(in_acme, api, idea, comment):
    reply = factories.comment(idea, in_acme.alice, parent=comment, body="Thanks")

    found = api(in_acme.alice).get("comments/", idea=idea.public_id).json()["results"]

    assert [(one["id"], one["parent"]) for one in found] == [
        (comment.public_id, None),
        (reply.public_id, comment.public_id),
    ]
    assert found[0]["author"] == {"id": in_acme.carol.public_id, "name": "Carol"}
    assert found[0]["idea"] == idea.public_id


def test_same_number_of_queries_for_one_and_three(in_acme, api, idea, comment, django_assert_num_queries):
    alice = api(in_acme.alice)
    alice.get("comments/")
    with CaptureQueriesContext(connection) as one:
        alice.get("comments/")
    for author in (in_acme.bob, in_acme.alice):
        factories.comment(idea, author, parent=comment)

    with django_assert_num_queries(len(one)):
        assert len(listed(alice.get("comments/"))) == 3


@pytest.mark.parametrize("who", ["ed", "dave", "mallory"])
def test_comments_out_of_reach_are_not_there(in_acme, api, idea, comment, who):
    program = api(getattr(in_acme, who))

    assert listed(program.get("comments/", idea=idea.public_id)) == []
    assert listed(program.get("comments/", author=in_acme.carol.public_id)) == []
    assert problem_of(program.get(f"comments/{comment.public_id}/"))[0] == 404
    assert problem_of(program.patch(f"comments/{comment.public_id}/", {"body": "x"}))[0] == 404
    assert problem_of(program.put(f"comments/{comment.public_id}/helpful/"))[0] == 404


def test_hidden_comment_is_for_its_author_and_moderators(in_acme, api, comment):
    hide_comment(comment, actor=in_acme.bob)

    seen = {
        who: api(getattr(in_acme, who)).get(f"comments/{comment.public_id}/").status_code
        for who in ("alice", "bob", "carol", "frank", "ed")
    }

    assert seen == {"alice": 404, "bob": 200, "carol": 200, "frank": 200, "ed": 404}


def test_comment_and_reply(in_acme, api, idea):
    carol = api(in_acme.carol)

    first = carol.post("comments/", {"idea": idea.public_id, "body": "Why *not*?"})
    reply = api(in_acme.alice).post(
        "comments/", {"idea": idea.public_id, "parent": first.json()["id"], "body": "Because."}
    )

    assert (first.status_code, reply.status_code) == (201, 201)
    assert first.json()["body_html"] == "<p>Why <em>not</em>?</p>\n"
    assert reply.json()["parent"] == first.json()["id"]


@pytest.mark.parametrize("who", ["ed", "dave", "mallory"])
def test_idea_that_cannot_be_seen_is_unknown(in_acme, api, idea, who):
    response = api(getattr(in_acme, who)).post("comments/", {"idea": idea.public_id, "body": "Hello"})

    assert problem_of(response)[0] == 400
    assert fields_of(response) == {"idea"}
    assert not Comment.objects.exists()


def test_auditor_reads_and_does_not_write(in_acme, api, idea):
    response = api(in_acme.frank).post("comments/", {"idea": idea.public_id, "body": "Hello"})

    assert problem_of(response) == (403, "Comments are closed here, or not open to you.")


def test_parent_of_another_idea_or_organization_is_unknown(in_acme, api, idea, foreign_comment):
    other = factories.comment(factories.idea(idea.challenge, in_acme.ed), in_acme.carol)

    for parent in (other, foreign_comment):
        body = {"idea": idea.public_id, "body": "Hello", "parent": parent.public_id}
        response = api(in_acme.alice).post("comments/", body)

        assert problem_of(response)[0] == 400
        assert fields_of(response) == {"parent"}


@pytest.mark.parametrize("body", ["", " ", "x" * 5001, None, [], {}])
def test_comment_without_words_is_refused(in_acme, api, idea, body):
    response = api(in_acme.alice).post("comments/", {"idea": idea.public_id, "body": body})

    assert problem_of(response)[0] in (400, 422)
    assert not Comment.objects.exists()


def test_comments_close_with_the_phases(in_acme, api, idea, challenge):
    for kind in PhaseKind:
        factories.phase(challenge, kind, starts_in=-9, ends_in=-1)

    response = api(in_acme.alice).post("comments/", {"idea": idea.public_id, "body": "Late"})

    assert problem_of(response)[0] == 403


@pytest.mark.parametrize(("who", "status"), [("carol", 200), ("alice", 403), ("bob", 403), ("frank", 403)])
def test_only_its_author_changes_a_comment(in_acme, api, comment, who, status):
    response = api(getattr(in_acme, who)).patch(f"comments/{comment.public_id}/", {"body": "Changed"})

    assert response.status_code == status
    comment.refresh_from_db()
    assert comment.body == ("Changed" if status == 200 else "Good point.")


def test_author_of_the_idea_marks_what_helped(in_acme, api, comment):
    alice = api(in_acme.alice)
    address = f"comments/{comment.public_id}/helpful/"

    assert [alice.put(address).status_code for _ in range(2)] == [204, 204]
    assert alice.get(f"comments/{comment.public_id}/").json()["is_helpful"] is True
    assert alice.delete(address).status_code == 204
    comment.refresh_from_db()
    assert comment.is_helpful is False


@pytest.mark.parametrize("who", ["bob", "carol", "frank"])
def test_others_do_not_mark(in_acme, api, comment, who):
    assert problem_of(api(getattr(in_acme, who)).put(f"comments/{comment.public_id}/helpful/"))[0] == 403


def test_comments_of_somebody_erased_are_not_found_by_their_old_id(in_acme, api, idea, comment):
    reader = api(in_acme.alice)
    assert len(listed(reader.get("comments/", author=in_acme.carol.public_id))) == 1

    in_acme.carol.erased_at = timezone.now()
    in_acme.carol.save(update_fields=["erased_at"])

    assert listed(reader.get("comments/", author=in_acme.carol.public_id)) == []
    assert len(listed(reader.get("comments/", idea=idea.public_id))) == 1
