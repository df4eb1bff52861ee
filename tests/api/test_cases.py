from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from crowdhub.api.enums import Scope
from crowdhub.tenancy.context import tenant
from ideas.domain.writing import submit_idea
from ideas.enums import IdeaState
from ideas.models import Idea
from moderation.domain.reporting import report_comment
from moderation.models import Case
from tests import factories
from tests.api.conftest import fields_of, problem_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def waiting(in_acme, challenge) -> Idea:
    """Alice's idea, handed in."""
    draft = factories.idea(challenge, in_acme.alice, state=IdeaState.DRAFT, title="Lights", submitted_at=None)
    return submit_idea(draft, actor=in_acme.alice)


@pytest.fixture
def case(waiting) -> Case:
    return Case.objects.get(idea=waiting)


@pytest.fixture
def other_case(in_acme, challenge) -> Case:
    """Ed's idea waits as well."""
    draft = factories.idea(challenge, in_acme.ed, state=IdeaState.DRAFT, title="Doors", submitted_at=None)
    return Case.objects.get(idea=submit_idea(draft, actor=in_acme.ed))


@pytest.fixture
def ben(in_acme):
    """A second moderator."""
    ben = factories.member("Ben")
    factories.grant(ben, "moderator")
    return ben


def test_queue_and_one_case(in_acme, api, case, waiting):
    bob = api(in_acme.bob)

    listed = bob.get("cases/").json()["results"]
    one = bob.get(f"cases/{case.public_id}/").json()

    assert [found["id"] for found in listed] == [case.public_id]
    assert one["content"]["idea"] == waiting.public_id
    assert one["content"]["authors"] == [{"id": in_acme.alice.public_id, "name": "Alice"}]
    assert (one["kind"], one["state"], one["claimed_by"], one["decisions"]) == ("triage", "open", None, [])


def test_reported_comment_does_not_tell_who_reported(in_acme, api, idea):
    comment = factories.comment(idea, in_acme.carol, body="You fool.")
    report_comment(comment, reporter=in_acme.alice, reason="offensive", text="Rude.")

    found = api(in_acme.bob).get("cases/", kind="report").json()["results"][0]

    assert found["content"]["comment"] == comment.public_id
    assert found["content"]["html"] == "<p>You fool.</p>"
    assert set(found["reports"][0]) == {"reason", "text", "created_at"}


def test_filters(in_acme, api, case, waiting):
    bob = api(in_acme.bob)

    def count(**query) -> int:
        return bob.get("cases/", **query).json()["count"]

    assert count(challenge=waiting.challenge.public_id) == 1
    assert count(challenge="2345678901") == 0
    assert count(kind="report") == 0
    assert count(mine="true") == 0
    bob.post(f"cases/{case.public_id}/claim/")
    assert count(mine="true") == 1


def test_decided_cases_can_be_listed_too(in_acme, api, case, challenge, other_case):
    bob = api(in_acme.bob)
    for each in (case, other_case):
        bob.post(f"cases/{each.public_id}/decide/", {"outcome": "approved"})

    def found(**query) -> list[str]:
        return [one["id"] for one in bob.get("cases/", **query).json()["results"]]

    assert (found(), found(state="open")) == ([], [])
    assert found(state="decided") == [other_case.public_id, case.public_id]
    assert found(state="decided", kind="report") == []
    assert found(state="decided", challenge=challenge.public_id) == [other_case.public_id, case.public_id]
    assert bob.get("cases/", state="cancelled").status_code == 400
    assert api(in_acme.mallory).get("cases/", state="decided").json()["count"] == 0


def test_same_number_of_queries_for_one_and_three(in_acme, api, case, challenge, django_assert_num_queries):
    bob = api(in_acme.bob)
    bob.get("cases/")
    with CaptureQueriesContext(connection) as one:
        bob.get("cases/")
    for author in (in_acme.carol, in_acme.ed):
        submit_idea(factories.idea(challenge, author, state=IdeaState.DRAFT, submitted_at=None), actor=author)

    with django_assert_num_queries(len(one)):
        assert bob.get("cases/").json()["count"] == 3


@pytest.mark.parametrize("who", ["alice", "carol", "dave", "ed", "erin", "grace"])
def test_queue_is_for_moderators_and_auditors(in_acme, api, case, who):
    program = api(getattr(in_acme, who))

    for address in ("cases/", f"cases/{case.public_id}/", "cases/2345678901/"):
        assert problem_of(program.get(address)) == (403, "The moderation queue is for moderators and auditors.")
    for action in ("claim", "decide", "undo"):
        assert problem_of(program.post(f"cases/{case.public_id}/{action}/", {"outcome": "approved"}))[0] == 403


def test_auditor_reads_only(in_acme, api, case):
    frank = api(in_acme.frank)

    assert frank.get(f"cases/{case.public_id}/").status_code == 200
    for action in ("claim", "decide", "undo"):
        assert problem_of(frank.post(f"cases/{case.public_id}/{action}/", {"outcome": "approved"}))[0] == 403


def test_moderator_of_another_organization_finds_nothing(in_acme, api, case):
    mallory = api(in_acme.mallory)

    assert mallory.get("cases/").json()["count"] == 0
    assert mallory.get("cases/", challenge=case.idea.challenge.public_id).json()["count"] == 0
    assert problem_of(mallory.get(f"cases/{case.public_id}/"))[0] == 404
    for action in ("claim", "decide", "undo"):
        assert problem_of(mallory.post(f"cases/{case.public_id}/{action}/", {"outcome": "approved"}))[0] == 404
    case.refresh_from_db()
    assert case.state == "open"


def test_claim_keeps_others_away(in_acme, api, case, ben):
    held = api(in_acme.bob).post(f"cases/{case.public_id}/claim/")

    assert held.json()["claimed_by"]["name"] == "Bob"
    assert api(in_acme.bob).post(f"cases/{case.public_id}/claim/").status_code == 200
    assert problem_of(api(ben).post(f"cases/{case.public_id}/claim/"))[0] == 409
    assert problem_of(api(ben).post(f"cases/{case.public_id}/decide/", {"outcome": "approved"}))[0] == 409


def test_decide_and_undo(in_acme, api, case, waiting):
    bob = api(in_acme.bob)

    decided = bob.post(f"cases/{case.public_id}/decide/", {"outcome": "approved"})
    waiting.refresh_from_db()
    assert (decided.status_code, waiting.state) == (201, "published")
    assert problem_of(bob.post(f"cases/{case.public_id}/decide/", {"outcome": "approved"}))[0] == 409
    assert problem_of(bob.post(f"cases/{case.public_id}/claim/"))[0] == 409

    undone = bob.post(f"cases/{case.public_id}/undo/")
    waiting.refresh_from_db()
    assert (undone.json()["state"], waiting.state) == ("open", "submitted")
    assert undone.json()["decisions"][0]["undone_at"] is not None
    assert problem_of(bob.post(f"cases/{case.public_id}/undo/"))[0] == 409


def test_only_who_decided_takes_it_back(in_acme, api, case, ben):
    api(in_acme.bob).post(f"cases/{case.public_id}/decide/", {"outcome": "approved"})

    assert problem_of(api(ben).post(f"cases/{case.public_id}/undo/"))[0] == 403


def test_nobody_decides_about_their_own(in_acme, api, case):
    factories.grant(in_acme.alice, "moderator")

    response = api(in_acme.alice).post(f"cases/{case.public_id}/decide/", {"outcome": "approved"})

    assert problem_of(response)[0] == 403


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"outcome": "rejected"}, 422, "reason"),
        ({"outcome": "hidden", "reason": "It is rude to people."}, 422, "outcome"),
        ({"outcome": "gone"}, 400, "outcome"),
        ({}, 400, "outcome"),
    ],
)
def test_decisions_that_make_no_sense_are_refused(in_acme, api, case, body, status, field):
    response = api(in_acme.bob).post(f"cases/{case.public_id}/decide/", body)

    assert problem_of(response)[0] == status
    assert fields_of(response) == {field}


def test_foreign_case_is_not_found(in_acme, api):
    with tenant(in_acme.globex):
        idea = factories.idea(
            factories.challenge(in_acme.mallory), in_acme.mallory, state=IdeaState.DRAFT, submitted_at=None
        )
        submit_idea(idea, actor=in_acme.mallory)
        foreign = Case.objects.get(idea=idea)

    assert problem_of(api(in_acme.bob).get(f"cases/{foreign.public_id}/"))[0] == 404
    assert api(in_acme.bob).get("cases/").json()["count"] == 0


class TestModeratorsOfOneChallenge:
    @pytest.fixture
    def other(self, in_acme) -> Case:
        """A case of a challenge that is not theirs."""
        elsewhere = factories.challenge(in_acme.carol, title="Elsewhere")
        draft = factories.idea(elsewhere, in_acme.ed, state=IdeaState.DRAFT, title="Rain", submitted_at=None)
        return Case.objects.get(idea=submit_idea(draft, actor=in_acme.ed))

    @pytest.fixture
    def grace(self, in_acme, api, challenge):
        factories.moderator(challenge, in_acme.grace)
        return api(in_acme.grace)

    def test_they_have_its_cases_and_no_others(self, in_acme, grace, case, other):
        listed = grace.get("cases/").json()
        narrowed = grace.get("cases/", challenge=other.idea.challenge.public_id).json()

        assert [found["id"] for found in listed["results"]] == [case.public_id]
        assert (listed["count"], narrowed["count"]) == (1, 0)
        assert problem_of(grace.get(f"cases/{other.public_id}/"))[0] == 404

    def test_they_claim_decide_and_undo_there(self, in_acme, grace, case):
        address = f"cases/{case.public_id}/"

        assert grace.post(f"{address}claim/").json()["claimed_by"]["name"] == "Grace"
        assert grace.post(f"{address}decide/", {"outcome": "approved"}).status_code == 201
        assert grace.post(f"{address}undo/").json()["state"] == "open"

    @pytest.mark.parametrize("act", ["claim", "decide", "undo"])
    def test_they_do_nothing_elsewhere(self, in_acme, grace, other, act):
        assert problem_of(grace.post(f"cases/{other.public_id}/{act}/", {"outcome": "approved"}))[0] == 404
        other.refresh_from_db()
        assert (other.state, other.claimed_by) == ("open", None)

    @pytest.mark.parametrize("act", ["claim", "decide", "undo"])
    def test_an_auditor_among_them_reads_the_others_only(self, in_acme, api, challenge, other, act):
        factories.moderator(challenge, in_acme.frank)
        frank = api(in_acme.frank)

        refused = problem_of(frank.post(f"cases/{other.public_id}/{act}/", {"outcome": "approved"}))

        assert frank.get(f"cases/{other.public_id}/").status_code == 200
        assert refused == (403, "You do not moderate the challenge that this belongs to.")

    def test_they_can_make_a_token_for_it(self, in_acme, grace, by_token, as_member, case, other):
        page = as_member(in_acme.grace).get("/people/me/tokens/").content.decode()
        program = by_token(in_acme.grace, Scope.MODERATE)

        assert 'value="moderate"' in page
        assert 'value="moderate"' not in as_member(in_acme.alice).get("/people/me/tokens/").content.decode()
        assert program.get(f"cases/{case.public_id}/").status_code == 200
        assert program.get(f"cases/{other.public_id}/").status_code == 404

    def test_a_report_of_a_hidden_comment_is_read_there(self, in_acme, grace, idea, other):
        comments = []
        for each in (idea, factories.idea(other.idea.challenge, in_acme.alice)):
            comment = factories.comment(each, in_acme.carol, body="You fool.")
            comment.state = "hidden"
            comment.save()
            comments.append(comment.public_id)

        assert [grace.get(f"comments/{one}/").status_code for one in comments] == [200, 404]


def test_a_decision_names_its_original_to_those_who_can_see_it(in_acme, api, challenge, case):
    original = factories.idea(challenge, in_acme.ed, title="Less light at night")
    body = {"outcome": "rejected", "reason": "Ed wrote the same in March.", "original": original.public_id}
    bob = api(in_acme.bob)

    decided = bob.post(f"cases/{case.public_id}/decide/", body).json()
    (told,) = bob.get(f"cases/{case.public_id}/").json()["decisions"]

    assert decided["original"] == told["original"] == {"id": original.public_id, "title": original.title}
    original.state = IdeaState.WITHDRAWN
    original.save()
    (told,) = bob.get(f"cases/{case.public_id}/").json()["decisions"]
    assert told["original"] is None
