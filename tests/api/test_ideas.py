from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from challenges.enums import PhaseKind
from crowdhub.common.templatetags.times import short_day
from crowdhub.tenancy.context import tenant
from ideas.domain.publishing import request_changes
from ideas.enums import IdeaState
from ideas.models import Idea
from tests import factories
from tests.api.conftest import fields_of, problem_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def draft(in_acme, challenge) -> Idea:
    return factories.idea(challenge, in_acme.alice, state=IdeaState.DRAFT, title="A draft")


@pytest.fixture
def foreign_idea(in_acme) -> Idea:
    """Mallory's published idea, in globex."""
    with tenant(in_acme.globex):
        return factories.idea(factories.challenge(in_acme.mallory), in_acme.mallory, title="Not for acme")


def ids(response) -> list[str]:
    assert response.status_code == 200, response.content
    return [one["id"] for one in response.json()["results"]]


class TestReading:
    def test_list_shows_what_is_visible(self, in_acme, api, idea, draft, foreign_idea):
        assert ids(api(in_acme.alice).get("ideas/")) == [draft.public_id, idea.public_id]
        assert ids(api(in_acme.bob).get("ideas/")) == [idea.public_id]
        assert ids(api(in_acme.carol).get("ideas/")) == [idea.public_id]
        assert ids(api(in_acme.ed).get("ideas/")) == []
        assert ids(api(in_acme.mallory).get("ideas/")) == [foreign_idea.public_id]

    def test_one_idea_is_complete(self, in_acme, api, idea):
        found = api(in_acme.alice).get(f"ideas/{idea.public_id}/").json()

        assert found["title"] == "Switch the presses off"
        assert found["body_html"] == "<p>Turn it off at night.</p>"
        assert found["challenge"] == {"id": idea.challenge.public_id, "title": "Less energy at night"}
        alice = {"id": in_acme.alice.public_id, "name": "Alice"}
        assert found["contributors"] == [{"person": alice, "part": "author"}]
        assert (found["vote_count"], found["my_vote"], found["following"]) == (None, False, False)

    def test_numbers_of_the_database_stay_inside(self, in_acme, api, idea):
        text = api(in_acme.alice).get(f"ideas/{idea.public_id}/").content.decode()

        assert f'"id":{idea.pk}' not in text
        assert api(in_acme.alice).get(f"ideas/{idea.pk}/").status_code == 404

    @pytest.mark.parametrize("who", ["ed", "dave", "mallory"])
    def test_what_is_not_visible_is_not_found(self, in_acme, api, idea, who):
        assert problem_of(api(getattr(in_acme, who)).get(f"ideas/{idea.public_id}/"))[0] == 404

    def test_filters(self, in_acme, api, idea, draft):
        other = factories.idea(factories.challenge(in_acme.carol), in_acme.ed)
        alice = api(in_acme.alice)

        assert ids(alice.get("ideas/", challenge=other.challenge.public_id)) == [other.public_id]
        assert ids(alice.get("ideas/", state="draft")) == [draft.public_id]
        assert set(ids(alice.get("ideas/", mine="true"))) == {idea.public_id, draft.public_id}
        assert ids(alice.get("ideas/", mine="false")) == [other.public_id]

    def test_foreign_ids_in_filters_find_nothing(self, in_acme, api, idea, foreign_idea):
        assert ids(api(in_acme.alice).get("ideas/", challenge=foreign_idea.challenge.public_id)) == []
        assert ids(api(in_acme.ed).get("ideas/", challenge=idea.challenge.public_id)) == []
        assert ids(api(in_acme.mallory).get("ideas/", challenge=idea.challenge.public_id)) == []

    def test_same_number_of_queries_for_one_and_three(self, in_acme, api, idea, django_assert_num_queries):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        alice = api(in_acme.alice)
        alice.get("ideas/")
        with CaptureQueriesContext(connection) as one:
            alice.get("ideas/")
        for _ in range(2):
            factories.idea(factories.challenge(in_acme.carol), in_acme.ed)

        with django_assert_num_queries(len(one)):
            assert len(ids(alice.get("ideas/"))) == 3


class TestHiddenCounts:
    @pytest.fixture
    def voted(self, in_acme, api, challenge) -> list[Idea]:
        """Three ideas of Ed with none, two and one vote."""
        ideas = [factories.idea(challenge, in_acme.ed, title=name) for name in "abc"]
        for voter, place in ((in_acme.alice, 1), (in_acme.carol, 1), (in_acme.alice, 2)):
            assert api(voter).put(f"ideas/{ideas[place].public_id}/vote/").status_code == 204
        return ideas

    def close_voting(self, challenge) -> None:
        factories.phase(challenge, PhaseKind.VOTING, starts_in=-10, ends_in=-1)

    @pytest.mark.parametrize("who", ["alice", "carol", "bob", "frank"])
    def test_nobody_learns_counts_while_voting_is_open(self, in_acme, api, challenge, voted, who):
        program = api(getattr(in_acme, who))

        found = program.get("ideas/", challenge=challenge.public_id).json()["results"]
        one = program.get(f"ideas/{voted[1].public_id}/").json()

        assert {idea["vote_count"] for idea in found} == {None}
        assert one["vote_count"] is None

    @pytest.mark.parametrize("ordering", ["vote_count", "-vote_count", "title,-vote_count"])
    def test_nor_by_an_order(self, in_acme, api, challenge, voted, ordering):
        for query in ({}, {"challenge": challenge.public_id}, {"challenge": "2345678901"}):
            response = api(in_acme.carol).get("ideas/", ordering=ordering, **query)

            assert problem_of(response)[0] == 400
            assert fields_of(response) == {"ordering"}

    def test_everybody_does_when_it_has_closed(self, in_acme, api, challenge, voted):
        self.close_voting(challenge)

        found = api(in_acme.alice).get("ideas/", challenge=challenge.public_id, ordering="-vote_count").json()

        assert [(idea["title"], idea["vote_count"]) for idea in found["results"]] == [("b", 2), ("c", 1), ("a", 0)]

    def test_order_of_a_challenge_that_cannot_be_seen_is_refused(self, in_acme, api, challenge, voted):
        self.close_voting(challenge)

        for stranger in (in_acme.ed, in_acme.mallory):
            factories_query = {"ordering": "vote_count", "challenge": challenge.public_id}
            assert problem_of(api(stranger).get("ideas/", **factories_query))[0] == 400


class TestWriting:
    def test_from_draft_to_submission(self, in_acme, api, challenge):
        alice = api(in_acme.alice)

        made = alice.post("ideas/", {"challenge": challenge.public_id, "title": "Lights", "body": "*Off*\r\nnow"})
        idea_id = made.json()["id"]
        saved = alice.patch(f"ideas/{idea_id}/", {"title": "All lights", "version": made.json()["version"]})
        submitted = alice.post(f"ideas/{idea_id}/submit/")

        assert (made.status_code, saved.status_code, submitted.status_code) == (201, 200, 200)
        assert saved.json()["body"] == "*Off*\nnow"
        assert submitted.json()["state"] == "submitted"
        assert submitted.json()["answer_due_at"] is not None
        assert Idea.objects.get(public_id=idea_id).cases.count() == 1

    def test_draft_that_is_sent_again_is_saved_after_submissions_have_closed(self, in_acme, api, challenge):
        alice, uuid = api(in_acme.alice), str(uuid4())
        body = {"challenge": challenge.public_id, "title": "In time", "client_uuid": uuid}
        alice.post("ideas/", body)
        factories.phase(challenge, PhaseKind.SUBMISSION, starts_in=-9, ends_in=-1)

        again = alice.post("ideas/", body | {"title": "In time, once more"})
        others = [alice.post("ideas/", body | {"client_uuid": str(uuid4())}), api(in_acme.carol).post("ideas/", body)]

        assert (again.status_code, again.json()["title"]) == (201, "In time, once more")
        assert [problem_of(other)[0] for other in others] == [403, 403]
        assert Idea.objects.get().title == "In time, once more"

    def test_same_client_uuid_is_the_same_draft(self, in_acme, api, challenge):
        body = {"challenge": challenge.public_id, "title": "Once", "client_uuid": str(uuid4())}

        made = [api(in_acme.alice).post("ideas/", body).json()["id"] for _ in range(2)]

        assert made[0] == made[1]

    @pytest.mark.parametrize("who", ["ed", "dave", "mallory"])
    def test_challenge_that_cannot_be_seen_is_unknown(self, in_acme, api, challenge, who):
        response = api(getattr(in_acme, who)).post("ideas/", {"challenge": challenge.public_id})

        assert problem_of(response)[0] == 400
        assert fields_of(response) == {"challenge"}

    def test_whoever_only_watches_writes_no_idea(self, in_acme, api, challenge):
        response = api(in_acme.bob).post("ideas/", {"challenge": challenge.public_id})

        assert problem_of(response) == (403, "This challenge takes no ideas from you at the moment.")

    def test_nobody_writes_an_idea_when_submissions_are_closed(self, in_acme, api, challenge):
        factories.phase(challenge, PhaseKind.SUBMISSION, starts_in=-9, ends_in=-1)

        response = api(in_acme.alice).post("ideas/", {"challenge": challenge.public_id})

        assert problem_of(response) == (403, "This challenge takes no ideas from you at the moment.")
        assert not Idea.objects.exists()

    def test_a_draft_is_saved_and_not_handed_in_when_submissions_are_closed(self, in_acme, api, challenge, draft):
        factories.phase(challenge, PhaseKind.SUBMISSION, starts_in=-9, ends_in=-1)
        alice = api(in_acme.alice)

        saved = alice.patch(f"ideas/{draft.public_id}/", {"title": "Not lost"})
        refused = alice.post(f"ideas/{draft.public_id}/submit/")

        assert saved.json()["title"] == "Not lost"
        assert problem_of(refused) == (403, "This idea cannot be handed in, or not by you.")

    def test_an_answered_idea_stays_as_it_was(self, in_acme, api, idea):
        Idea.objects.filter(pk=idea.pk).update(answered_at=timezone.now())
        alice = api(in_acme.alice)

        changed = alice.patch(f"ideas/{idea.public_id}/", {"title": "Later"})
        withdrawn = alice.post(f"ideas/{idea.public_id}/withdraw/")

        assert problem_of(changed) == (403, "This idea cannot be changed, or not by you.")
        assert problem_of(withdrawn) == (403, "This idea cannot be withdrawn, or not by you.")

    def test_incomplete_idea_cannot_be_submitted(self, in_acme, api, challenge):
        empty = factories.idea(challenge, in_acme.alice, state=IdeaState.DRAFT, title="", body="")

        response = api(in_acme.alice).post(f"ideas/{empty.public_id}/submit/")

        assert problem_of(response) == (422, "Give your idea a title.")
        assert fields_of(response) == {"title", "body"}

    def test_second_submit_is_refused(self, in_acme, api, draft):
        alice = api(in_acme.alice)
        reason = "This idea cannot be handed in, or not by you."

        assert alice.post(f"ideas/{draft.public_id}/submit/").status_code == 200
        assert problem_of(alice.post(f"ideas/{draft.public_id}/submit/")) == (403, reason)

    def test_old_version_is_a_conflict(self, in_acme, api, draft):
        alice = api(in_acme.alice)
        alice.patch(f"ideas/{draft.public_id}/", {"title": "First", "version": 0})

        response = alice.patch(f"ideas/{draft.public_id}/", {"title": "Second", "version": 0})

        assert problem_of(response)[0] == 409
        draft.refresh_from_db()
        assert draft.title == "First"

    @pytest.mark.parametrize("who", ["bob", "carol"])
    @pytest.mark.parametrize(("method", "action"), [("patch", ""), ("post", "submit/"), ("post", "withdraw/")])
    def test_others_cannot_touch_it(self, in_acme, api, idea, who, method, action):
        response = getattr(api(getattr(in_acme, who)), method)(f"ideas/{idea.public_id}/{action}", {"title": "Mine"})

        assert problem_of(response)[0] == 403
        idea.refresh_from_db()
        assert (idea.title, idea.state) == ("Switch the presses off", "published")

    @pytest.mark.parametrize("who", ["ed", "bob", "mallory"])
    def test_a_draft_is_for_its_author_alone(self, in_acme, api, draft, who):
        assert problem_of(api(getattr(in_acme, who)).patch(f"ideas/{draft.public_id}/", {"title": "x"}))[0] == 404

    def test_published_idea_is_revised(self, in_acme, api, idea):
        response = api(in_acme.alice).patch(f"ideas/{idea.public_id}/", {"body": "Better."})

        assert response.status_code == 200
        assert (response.json()["revision_number"], response.json()["title"]) == (2, "Switch the presses off")

    def test_idea_that_was_sent_back_comes_again(self, in_acme, api, draft):
        alice = api(in_acme.alice)
        alice.post(f"ideas/{draft.public_id}/submit/")
        draft.refresh_from_db()
        request_changes(draft, actor=in_acme.bob)

        alice.patch(f"ideas/{draft.public_id}/", {"body": "More."})

        assert alice.post(f"ideas/{draft.public_id}/submit/").json()["state"] == "submitted"

    def test_withdraw(self, in_acme, api, idea):
        response = api(in_acme.alice).post(f"ideas/{idea.public_id}/withdraw/")

        assert response.json()["state"] == "withdrawn"
        assert api(in_acme.carol).get(f"ideas/{idea.public_id}/").status_code == 404

    def test_too_long_a_text_is_refused(self, in_acme, api, challenge):
        body = {"challenge": challenge.public_id, "title": "x" * 141, "body": "y" * 40_001}

        response = api(in_acme.alice).post("ideas/", body)

        assert problem_of(response)[0] == 400
        assert fields_of(response) == {"title", "body"}


class TestVotesAndFollows:
    @pytest.fixture
    def others(self, in_acme, challenge) -> Idea:
        """Ed's published idea in Alice's challenge."""
        return factories.idea(challenge, in_acme.ed)

    def test_vote_counts_once_and_can_be_taken_back(self, in_acme, api, others):
        alice = api(in_acme.alice)
        address = f"ideas/{others.public_id}/vote/"

        assert [alice.put(address).status_code for _ in range(2)] == [204, 204]
        assert others.votes.count() == 1
        assert alice.get(f"ideas/{others.public_id}/").json()["my_vote"] is True
        assert [alice.delete(address).status_code for _ in range(2)] == [204, 204]
        assert others.votes.count() == 0

    @pytest.mark.parametrize(
        ("who", "status", "reason"),
        [
            ("ed", 403, "You cannot vote for an idea that you have a part in."),
            ("bob", 403, "Only those who are asked in this challenge can vote."),
            ("dave", 404, None),
            ("mallory", 404, None),
        ],
    )
    def test_vote_is_refused_with_a_reason(self, in_acme, api, others, who, status, reason):
        found, detail = problem_of(api(getattr(in_acme, who)).put(f"ideas/{others.public_id}/vote/"))

        assert found == status
        assert reason in (None, detail)
        assert others.votes.count() == 0

    def test_vote_out_of_time_is_refused(self, in_acme, api, others, challenge):
        factories.phase(challenge, PhaseKind.VOTING, starts_in=2, ends_in=3)

        for method in ("put", "delete"):
            response = getattr(api(in_acme.alice), method)(f"ideas/{others.public_id}/vote/")

            opens_on = short_day(timezone.localdate(timezone.now() + timedelta(days=2)))
            assert problem_of(response) == (403, f"Voting opens on {opens_on}.")

    def test_follow_and_stop(self, in_acme, api, idea):
        bob = api(in_acme.bob)

        assert bob.put(f"ideas/{idea.public_id}/follow/").status_code == 204
        assert bob.get(f"ideas/{idea.public_id}/").json()["following"] is True
        assert bob.delete(f"ideas/{idea.public_id}/follow/").status_code == 204
        assert idea.follows.count() == 0

    def test_only_published_ideas_are_followed(self, in_acme, api, draft):
        assert problem_of(api(in_acme.alice).put(f"ideas/{draft.public_id}/follow/"))[0] == 403


class TestAnswers:
    answer = {"outcome": "selected", "reasons": "It *saves* most."}

    def test_manager_answers_with_reasons(self, in_acme, api, idea):
        response = api(in_acme.carol).post(f"ideas/{idea.public_id}/answer/", self.answer)

        found = api(in_acme.alice).get(f"ideas/{idea.public_id}/").json()
        assert response.status_code == 201
        assert found["outcome"] == "selected"
        assert found["answers"][0]["reasons_html"] == "<p>It <em>saves</em> most.</p>\n"
        assert found["answers"][0]["author"]["name"] == "Carol"

    @pytest.mark.parametrize(("who", "status"), [("alice", 403), ("bob", 403), ("ed", 404), ("mallory", 404)])
    def test_others_do_not(self, in_acme, api, idea, who, status):
        response = api(getattr(in_acme, who)).post(f"ideas/{idea.public_id}/answer/", self.answer)

        assert problem_of(response)[0] == status
        assert not idea.answers.exists()

    @pytest.mark.parametrize(
        ("change", "status", "field"),
        [
            ({"reasons": " "}, 422, "reasons"),
            ({"outcome": "maybe"}, 400, "outcome"),
            ({"outcome": "implemented"}, 422, "outcome"),
        ],
    )
    def test_answers_that_make_no_sense_are_refused(self, in_acme, api, idea, change, status, field):
        response = api(in_acme.carol).post(f"ideas/{idea.public_id}/answer/", self.answer | change)

        assert problem_of(response)[0] == status
        assert fields_of(response) == {field}
