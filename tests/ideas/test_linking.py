"""Ideas that build on each other, are parts of each other, or say the same."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from challenges.enums import Visibility
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.tenancy.context import tenant
from ideas.domain import linking
from ideas.domain.linking import link_ideas, unlink_ideas
from ideas.enums import IdeaState, LinkKind
from ideas.models import Idea, IdeaLink
from ideas.queries import ideas_to_link, links_of
from tests import factories
from tests.harness.races import overlap

BUILDS_ON, PART_OF, SAME = LinkKind.BUILDS_ON, LinkKind.PART_OF, LinkKind.DUPLICATE_OF


@pytest.fixture
def other(in_acme, challenge) -> Idea:
    """Ed's published idea in the same challenge."""
    return factories.idea(challenge, in_acme.ed, title="A calendar for the presses")


def verbs() -> list[str]:
    return list(Event.objects.order_by("pk").values_list("verb", flat=True))


def url(name: str, idea: Idea) -> str:
    return reverse(f"ideas:{name}", args=[idea.public_id])


# --- Setting and taking away ---------------------------------------------------------------------


def test_linking_twice_is_linking_once(in_acme, idea, other):
    link, is_new = link_ideas(idea, other, BUILDS_ON, actor=in_acme.alice)
    again, is_new_again = link_ideas(idea, other, BUILDS_ON, actor=in_acme.alice)

    assert (link, is_new, is_new_again) == (again, True, False)
    assert verbs() == [Verb.IDEA_LINKED]
    assert Event.objects.get().data == {"other": other.pk, "kind": BUILDS_ON}


@pytest.mark.parametrize(
    ("who", "kinds"),
    [
        ("alice", {BUILDS_ON, PART_OF}),  # its author
        ("bob", set(LinkKind)),  # a moderator
        ("carol", set(LinkKind)),  # the manager of its challenge
        ("ed", set()),  # the author of the other one
        ("grace", set()),
        ("frank", set()),
    ],
)
def test_kinds_of_links_are_for_those_who_can_tell(in_acme, idea, other, who, kinds):
    done = set()
    for kind in LinkKind:
        try:
            link, _is_new = link_ideas(idea, other, kind, actor=getattr(in_acme, who))
            assert unlink_ideas(link, actor=getattr(in_acme, who))
            done.add(kind)
        except linking.LinkNotAllowed:
            continue

    assert done == kinds


def test_a_kind_that_does_not_exist_is_refused(in_acme, idea, other):
    with pytest.raises(linking.LinkNotAllowed):
        link_ideas(idea, other, "nonsense", actor=in_acme.bob)


@pytest.mark.parametrize("state", [state for state in IdeaState if state != IdeaState.PUBLISHED])
def test_only_published_ideas_are_built_on(in_acme, challenge, idea, state):
    unpublished = factories.idea(challenge, in_acme.alice, state=state)

    with pytest.raises(linking.OtherIdeaNotThere):
        link_ideas(idea, unpublished, BUILDS_ON, actor=in_acme.alice)
    with pytest.raises(linking.LinkNotAllowed):
        link_ideas(unpublished, idea, BUILDS_ON, actor=in_acme.alice)


def test_an_idea_that_the_actor_cannot_see_cannot_be_linked(in_acme, idea):
    secret = factories.idea(factories.challenge(in_acme.carol, visibility=Visibility.INVITED), in_acme.ed)

    with pytest.raises(linking.OtherIdeaNotThere):
        link_ideas(idea, secret, BUILDS_ON, actor=in_acme.alice)
    assert link_ideas(idea, secret, BUILDS_ON, actor=in_acme.bob)


def test_no_idea_is_linked_to_itself(in_acme, idea):
    with pytest.raises(linking.OtherIdeaNotThere):
        link_ideas(idea, idea, BUILDS_ON, actor=in_acme.alice)
    with pytest.raises(IntegrityError):
        IdeaLink.objects.create(organization=in_acme.acme, idea=idea, other=idea, kind=BUILDS_ON)


@pytest.mark.parametrize("kind", [SAME, PART_OF])
@pytest.mark.parametrize("length", [2, 4])
def test_links_do_not_go_in_circles(in_acme, challenge, kind, length):
    ideas = [factories.idea(challenge, in_acme.alice) for _ in range(length)]
    for one, following in pairwise(ideas):
        link_ideas(one, following, kind, actor=in_acme.bob)

    with pytest.raises(linking.LinkGoesInCircles):
        link_ideas(ideas[-1], ideas[0], kind, actor=in_acme.bob)
    assert link_ideas(ideas[-1], ideas[0], BUILDS_ON, actor=in_acme.bob)
    assert link_ideas(ideas[0], factories.idea(challenge, in_acme.ed), kind, actor=in_acme.bob)


def test_two_who_close_a_circle_at_once_come_one_after_the_other(committed_db):
    acme = factories.organization("acme")
    with tenant(acme), transaction.atomic():
        carol, bob = factories.member("Carol"), factories.member("Bob")
        factories.grant(bob, "moderator")
        challenge = factories.challenge(carol)
        one, two = (factories.idea(challenge, carol) for _ in range(2))

    outcome = overlap(
        acme,
        lambda: link_ideas(one, two, SAME, actor=bob),
        lambda: Idea.objects.get(pk=two.pk),
        lambda again: link_ideas(again, one, SAME, actor=bob),
    )

    assert isinstance(outcome, linking.LinkGoesInCircles)
    with tenant(acme), transaction.atomic():
        assert IdeaLink.objects.count() == 1


def test_an_idea_points_at_no_more_than_can_be_read(in_acme, idea, challenge, monkeypatch):
    monkeypatch.setattr(linking, "MOST_LINKS", 2)
    for _ in range(2):
        link_ideas(idea, factories.idea(challenge, in_acme.ed), BUILDS_ON, actor=in_acme.alice)

    with pytest.raises(linking.TooManyLinks, match="2 others"):
        link_ideas(idea, factories.idea(challenge, in_acme.ed), BUILDS_ON, actor=in_acme.alice)


def test_a_link_is_taken_away_once_and_by_those_who_could_set_it(in_acme, idea, other):
    link, _is_new = link_ideas(idea, other, SAME, actor=in_acme.bob)

    for stranger in (in_acme.alice, in_acme.ed, in_acme.grace):
        with pytest.raises(linking.LinkNotAllowed):
            unlink_ideas(link, actor=stranger)
    assert unlink_ideas(link, actor=in_acme.carol)
    assert not unlink_ideas(link, actor=in_acme.carol)
    assert verbs() == [Verb.IDEA_LINKED, Verb.IDEA_UNLINKED]


# --- Who sees them -------------------------------------------------------------------------------


def test_a_link_is_there_for_those_alone_who_see_both_ends(in_acme, idea, as_member):
    hidden = factories.challenge(in_acme.carol, visibility=Visibility.INVITED)
    factories.invitation(hidden, in_acme.grace)
    secret = factories.idea(hidden, in_acme.grace, title="Nobody but a few")
    link_ideas(idea, secret, BUILDS_ON, actor=in_acme.bob)
    readers = ("alice", "ed", "grace", "bob", "carol", "frank", "dave")

    listed = {name for name in readers if links_of(idea, getattr(in_acme, name)).exists()}
    pages = {name: as_member(getattr(in_acme, name)) for name in readers}
    answers = {
        name: browser.get(f"/api/v1/ideas/{idea.public_id}/links/").content.decode() for name, browser in pages.items()
    }
    told = {
        name for name, browser in pages.items() if secret.title in browser.get(url("detail", idea)).content.decode()
    }
    all_told = {
        name for name, browser in pages.items() if secret.title in browser.get(url("links", idea)).content.decode()
    }

    assert listed == told == all_told == {"grace", "bob", "carol", "frank"}
    assert {name for name, answer in answers.items() if json.loads(answer)["count"]} == listed
    assert {name for name, answer in answers.items() if secret.public_id in answer} == listed


def test_the_page_says_how_in_both_directions(in_acme, challenge, idea, other, as_member):
    whole = factories.idea(challenge, in_acme.grace, title="<b>The</b> night shift")
    link_ideas(idea, other, BUILDS_ON, actor=in_acme.alice)
    link_ideas(idea, whole, PART_OF, actor=in_acme.alice)
    link_ideas(idea, other, SAME, actor=in_acme.bob)
    ed = as_member(in_acme.ed)

    page = " ".join(ed.get(url("detail", idea)).content.decode().split())
    back = " ".join(ed.get(url("detail", other)).content.decode().split())

    titled = f'<a href="{url("detail", other)}" lang="en">A calendar for the presses</a>'
    assert f"Builds on {titled}" in page
    assert f"Says the same as {titled}" in page
    assert "&lt;b&gt;The&lt;/b&gt; night shift" in page
    here = f'<a href="{url("detail", idea)}" lang="en">Switch the presses off</a>'
    assert f"{here} builds on this" in back
    assert f"{here} says the same as this" in back
    assert "Connect it with another idea" not in page


# --- The page that connects ----------------------------------------------------------------------


def test_search_takes_every_word_and_begins_with_the_same_challenge(in_acme, challenge, idea):
    elsewhere = factories.challenge(in_acme.carol)
    far = factories.idea(elsewhere, in_acme.ed, title="Quiet presses at night")
    near = factories.idea(challenge, in_acme.ed, title="Night presses")
    alike = factories.idea(challenge, in_acme.ed, title="Switch the old presses off")
    factories.idea(challenge, in_acme.ed, title="Night presses of a draft", state=IdeaState.DRAFT)

    assert list(ideas_to_link(idea, in_acme.alice, "night  PRESS")) == [near, far]
    assert list(ideas_to_link(idea, in_acme.alice, "night \0 100%_")) == []
    assert list(ideas_to_link(idea, in_acme.alice)) == [alike]


def test_an_author_connects_an_idea_without_script(in_acme, idea, other, as_member):
    alice = as_member(in_acme.alice)
    page = alice.get(url("links", idea), {"q": "calendar"}).content.decode()
    assert f'value="{other.public_id}"' in page
    assert "Says the same as" not in page

    sent = {"q": "calendar", "kind": "builds_on", "other": other.public_id}
    done = alice.post(url("links", idea), sent, follow=True).content.decode()
    assert "The ideas are connected." in done

    link = IdeaLink.objects.get()
    removed = alice.post(url("unlink", idea), {"link": link.public_id}, follow=True).content.decode()
    assert "The ideas are no longer connected." in removed
    assert "Not connected yet" in removed


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"kind": "duplicate_of"},
        {"other": ""},
        {"other": "nonsense"},
        {"other": "\0"},
        {"kind": "\0"},
        {"q": "nothing has this name"},
        {"q": "x" * 100_000},
    ],
)
def test_a_connection_that_is_incomplete_keeps_what_was_chosen(in_acme, idea, other, as_member, sent):
    complete = {"q": "calendar", "kind": "part_of", "other": other.public_id}
    body = {} if not sent else complete | sent

    response = as_member(in_acme.alice).post(url("links", idea), body)

    page = response.content.decode()
    assert (response.status_code, IdeaLink.objects.count()) == (422, 0)
    assert 'class="error' in page
    if body.get("kind") == "part_of" and body["q"] == "calendar":
        assert re.search(r'<input[^>]*value="part_of"[^>]*checked', page)


def test_the_link_of_another_idea_is_not_taken_away(in_acme, idea, other, as_member):
    theirs, _is_new = link_ideas(other, idea, BUILDS_ON, actor=in_acme.ed)

    as_member(in_acme.alice).post(url("unlink", idea), {"link": theirs.public_id})

    assert IdeaLink.objects.count() == 1


@pytest.mark.parametrize("count", [1, 12])
@pytest.mark.parametrize(("page", "most"), [("detail", 8), ("links", 8)])
def test_pages_take_as_many_queries_for_one_connection_as_for_twelve(
    in_acme, challenge, idea, as_member, count, page, most
):
    for _ in range(count):
        link_ideas(factories.idea(challenge, in_acme.ed), idea, BUILDS_ON, actor=in_acme.ed)
    browser = as_member(in_acme.grace if page == "detail" else in_acme.alice)
    browser.get(reverse("ideas:mine"))  # a process looks the host up once

    with CaptureQueriesContext(connection) as queries:
        shown = browser.get(url(page, idea)).content.decode()

    told = [query["sql"] for query in queries if "set_config" not in query["sql"] and "SAVEPOINT" not in query["sql"]]
    assert len(told) == most, told
    assert shown.count("builds on this") == min(count, 10 if page == "detail" else count)
    assert ("All connected ideas" in shown) is (page == "detail" and count > 10)


# --- The API -------------------------------------------------------------------------------------


def test_the_api_links_lists_and_unlinks(in_acme, idea, other, as_member):
    alice, address = as_member(in_acme.alice), f"/api/v1/ideas/{idea.public_id}/links/"
    body = {"other": other.public_id, "kind": "builds_on"}

    made = alice.post(address, body, content_type="application/json")
    again = alice.post(address, body, content_type="application/json")
    listed = alice.get(address).json()["results"]

    assert (made.status_code, again.status_code) == (201, 200)
    assert [(one["kind"], one["other"]["id"], one["may_remove"]) for one in listed] == [
        ("builds_on", other.public_id, True)
    ]
    ed = as_member(in_acme.ed)
    [seen] = ed.get(f"/api/v1/ideas/{other.public_id}/links/").json()["results"]
    assert (seen["idea"]["id"], seen["may_remove"]) == (idea.public_id, False)
    assert ed.delete(f"/api/v1/ideas/{other.public_id}/links/{seen['id']}/").status_code == 403
    assert ed.post(address, body, content_type="application/json").status_code == 403
    assert alice.delete(f"{address}{seen['id']}/").status_code == 204
    assert alice.delete(f"{address}{seen['id']}/").status_code == 404


@pytest.mark.parametrize(
    ("change", "status"),
    [({"kind": "duplicate_of"}, 403), ({"kind": "nonsense"}, 400), ({"other": "nothere"}, 400), ({"other": None}, 400)],
)
def test_the_api_says_why_not(in_acme, idea, other, as_member, change, status):
    body = {"other": other.public_id, "kind": "builds_on"} | change

    response = as_member(in_acme.alice).post(
        f"/api/v1/ideas/{idea.public_id}/links/", body, content_type="application/json"
    )

    assert response.status_code == status, response.content
    assert not IdeaLink.objects.exists()
