"""The challenge page: the brief, what is open now, why you, ideas in fair order, the answer rate."""

import pytest
from django.urls import reverse
from django.utils import timezone

from challenges.enums import PhaseKind, Visibility
from ideas.models import Answer, Vote
from tests import factories

SAVEPOINT = 2  # a request inside a test's transaction sets and releases one


def page(browser, challenge, **parameters):
    return browser.get(reverse("pages:challenge", kwargs={"public_id": challenge.public_id}), parameters)


@pytest.fixture
def challenge(in_acme):
    return factories.challenge(
        in_acme.carol, visibility=Visibility.INVITED, brief_html={"objective": "<p>Seal every joint.</p>"}
    )


def test_invited_member_sees_the_brief_and_why(in_acme, as_member, challenge):
    invitation = factories.invitation(challenge, in_acme.alice)

    response = page(as_member(in_acme.alice), challenge)

    text = response.content.decode()
    assert "Seal every joint." in text
    assert "Everyone in your organization is asked." in text
    assert "asked by Carol" in text
    invitation.refresh_from_db()
    assert invitation.seen_at is not None


@pytest.mark.parametrize(
    ("name", "status"), [("ed", 404), ("grace", 404), ("bob", 200), ("frank", 200), ("carol", 200)]
)
def test_uninvited_member_finds_nothing(in_acme, as_member, challenge, name, status):
    assert page(as_member(getattr(in_acme, name)), challenge).status_code == status


def test_counts_are_hidden_until_voting_has_closed(in_acme, as_member, challenge):
    factories.invitation(challenge, in_acme.alice)
    idea = factories.idea(challenge, in_acme.carol)
    Vote.objects.create(organization=in_acme.acme, idea=idea, member=in_acme.bob)
    browser = as_member(in_acme.alice)

    before = page(browser, challenge)
    factories.phase(challenge, PhaseKind.VOTING, starts_in=-9, ends_in=-1)
    after = page(browser, challenge)

    assert [each.vote_count for each in before.context["ideas"]] == [None]
    assert "1 supporter" not in before.content.decode()
    assert [each.vote_count for each in after.context["ideas"]] == [1]
    assert "1 supporter" in after.content.decode()


def test_answer_rate_is_said_in_words(in_acme, as_member, challenge):
    factories.invitation(challenge, in_acme.alice)
    for answered in (True, False):
        idea = factories.idea(challenge, in_acme.bob)
        if answered:
            Answer.objects.create(organization=in_acme.acme, idea=idea, outcome="selected", reasons="Good.")
            idea.answered_at = timezone.now()
            idea.save()

    response = page(as_member(in_acme.alice), challenge)

    assert "1 of 2 published ideas is answered, in time." in response.content.decode()


def test_ideas_come_twenty_a_page(in_acme, as_member, challenge):
    factories.invitation(challenge, in_acme.alice)
    for _number in range(23):
        factories.idea(challenge, in_acme.bob)
    browser = as_member(in_acme.alice)

    first, second = page(browser, challenge), page(browser, challenge, page=2)

    assert (len(first.context["ideas"]), len(second.context["ideas"])) == (20, 3)
    assert page(browser, challenge, page="999999999999").status_code == 200
    assert page(browser, challenge, page="'; drop").status_code == 200


def test_script_in_every_field_is_shown_as_text(in_acme, as_member):
    evil = "<script>alert(1)</script>"
    challenge = factories.challenge(in_acme.carol, title=evil)
    factories.idea(challenge, in_acme.bob, title=evil, body=evil)

    text = page(as_member(in_acme.alice), challenge).content.decode()

    assert "<script>alert" not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text


def test_page_has_the_strict_policy(in_acme, as_member, challenge):
    policy = page(as_member(in_acme.bob), challenge)["Content-Security-Policy"]

    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("count", [1, 3, 20])
def test_number_of_queries_stays(in_acme, as_member, challenge, count, django_assert_num_queries):
    invitation = factories.invitation(challenge, in_acme.alice)
    invitation.reason = [["skill", in_acme.welding.pk, 4]]
    invitation.save()
    for _number in range(count):
        factories.comment(factories.idea(challenge, in_acme.bob), in_acme.alice)
    browser = as_member(in_acme.alice)

    page(browser, challenge)
    with django_assert_num_queries(7 + SAVEPOINT):
        page(browser, challenge)


@pytest.mark.parametrize(
    ("submission", "voting", "name", "button"),
    [
        (-1, 20, "alice", '<a class="button" href="#ideas">'),  # only voting is open
        (20, 20, "alice", '<a class="button quiet" href="#ideas">'),  # writing comes first
        (-1, -1, "alice", '<a class="button quiet" href="#ideas">'),
        (-1, 20, "bob", '<a class="button quiet" href="#ideas">'),  # who moderates, and was not asked
    ],
)
def test_voting_is_the_main_action_while_it_is_open_to_the_reader(
    in_acme, as_member, challenge, submission, voting, name, button
):
    factories.invitation(challenge, in_acme.alice)
    factories.phase(challenge, PhaseKind.SUBMISSION, starts_in=-9, ends_in=submission)
    factories.phase(challenge, PhaseKind.VOTING, starts_in=-9, ends_in=voting)
    for _number in range(2):
        factories.idea(challenge, in_acme.carol)

    text = page(as_member(getattr(in_acme, name)), challenge).content.decode()

    assert button in text
    assert ("Read and vote on 2 ideas" in text) is (voting > 0 and name == "alice")


def test_the_guidelines_are_one_step_away_from_the_challenge_and_from_writing(in_acme, as_member):
    challenge = factories.challenge(in_acme.carol)
    alice, address = as_member(in_acme.alice), reverse("pages:guidelines")

    for url in (
        reverse("pages:challenge", args=[challenge.public_id]),
        reverse("ideas:new", args=[challenge.public_id]),
    ):
        assert f'href="{address}"' in alice.get(url, follow=True).content.decode()

    page = alice.get(address).content.decode()
    assert "Disagree with the idea and not with the person" in page
    assert "Your name is not shown to its author." in page
