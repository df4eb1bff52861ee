"""Of an idea that was sent back everybody but its authors reads what was handed in, until it is handed in again."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.base import ContentFile
from django.test import Client
from django.urls import reverse

from crowdhub.pages.search import search_for
from ideas.domain.attaching import attach_file
from ideas.domain.writing import DraftConflict, IdeaIncomplete, save_text, submit_idea, withdraw_idea
from ideas.enums import IdeaState
from ideas.models import Attachment, Idea, Revision
from ideas.queries import attachments_visible_to
from moderation.domain.deciding import decide_case, undo_decision
from moderation.models import Case
from tests import factories

HANDED_IN, WORKING = "HANDEDIN", "WORKINGTEXT"
REASON = "Please say in which hall this happens."
READERS = ("bob", "carol", "frank")


def write(idea: Idea, text: str, actor) -> Idea:
    return save_text(idea, actor=actor, title=f"About {text}", body=f"All of {text}.", language="en")


@pytest.fixture
def case(in_acme, challenge, stored) -> Case:
    """The decided case of Alice's idea, which was sent back, and on which she has worked since."""
    idea = factories.idea(challenge, in_acme.alice, state=IdeaState.DRAFT)
    write(idea, HANDED_IN, in_acme.alice)
    attach_file(idea, file=ContentFile(b"first,line\n", name="first.csv"), actor=in_acme.alice)
    submit_idea(idea, actor=in_acme.alice)
    case = Case.objects.get(idea=idea)
    decide_case(case, outcome="changes_requested", reason=REASON, actor=in_acme.bob)
    write(idea, WORKING, in_acme.alice)
    attach_file(idea, file=ContentFile(b"second,line\n", name="private.csv"), actor=in_acme.alice)
    return case


@pytest.fixture
def idea(case: Case) -> Idea:
    return Idea.objects.get(pk=case.idea_id)


def addresses(idea: Idea, case: Case) -> list[str]:
    return [
        idea.get_absolute_url(),
        f"/api/v1/ideas/{idea.public_id}/",
        "/api/v1/ideas/",
        f"/api/v1/ideas/{idea.public_id}/attachments/",
        reverse("ideas:revisions", args=[idea.public_id]),
        reverse("ideas:links", args=[idea.public_id]),
    ]


@pytest.mark.parametrize("who", READERS)
def test_nobody_else_reads_what_the_authors_write_now(in_acme, idea, case, as_member, who):
    reader = as_member(getattr(in_acme, who))

    for address in addresses(idea, case):
        shown = reader.get(address)
        text = shown.content.decode()
        assert (shown.status_code, WORKING in text, "private.csv" in text) == (200, False, False), address
    assert HANDED_IN in reader.get(idea.get_absolute_url()).content.decode()
    assert "first.csv" in reader.get(idea.get_absolute_url()).content.decode()


@pytest.mark.parametrize("who", ["bob", "frank"])
def test_the_case_shows_what_was_handed_in(in_acme, case, as_member, who):
    reader = as_member(getattr(in_acme, who))

    for address in (reverse("moderation:case", args=[case.public_id]), f"/api/v1/cases/{case.public_id}/"):
        text = reader.get(address).content.decode()
        assert (HANDED_IN in text, WORKING in text, "private.csv" in text) == (True, False, False), address


@pytest.mark.parametrize("who", READERS)
def test_no_search_tells_what_is_written_now(in_acme, idea, who):
    reader = getattr(in_acme, who)

    assert not search_for(WORKING, member=reader).ideas
    assert list(search_for(HANDED_IN, member=reader).ideas) == [idea]


@pytest.mark.parametrize("who", READERS)
def test_files_that_were_added_since_are_not_there(in_acme, idea, as_member, who):
    reader = as_member(getattr(in_acme, who))
    first, private = Attachment.objects.filter(idea=idea).order_by("pk")

    for file, status in ((first, 200), (private, 404)):
        api = f"/api/v1/ideas/{idea.public_id}/attachments/{file.public_id}/file/"
        for address in (file.get_absolute_url(), api):
            response = reader.get(address)
            response.getvalue()  # closes the file
            assert response.status_code == status, address


def test_author_goes_on_where_they_were(in_acme, idea, as_member):
    alice = as_member(in_acme.alice)

    for address in (
        idea.get_absolute_url(),
        reverse("ideas:edit", args=[idea.public_id]),
        f"/api/v1/ideas/{idea.public_id}/",
    ):
        text = alice.get(address).content.decode()
        assert (f"All of {WORKING}" in text, f"All of {HANDED_IN}" in text) == (True, False), address
    assert f"About {WORKING}" in alice.get(reverse("ideas:mine")).content.decode()
    assert "private.csv" in alice.get(idea.get_absolute_url()).content.decode()


def by_form(alice: Client, idea: Idea) -> None:
    sent = {"title": "By form", "body": WORKING, "language": "en", "version": str(idea.version), "save": "1"}
    page = alice.post(reverse("ideas:edit", args=[idea.public_id]), sent, follow=True).content.decode()
    assert "Your draft is saved. Only its authors can see it." in page


def by_itself(alice: Client, idea: Idea) -> None:
    sent = {"title": "By itself", "body": WORKING, "language": "en", "version": str(idea.version)}
    assert alice.post(reverse("ideas:save", args=[idea.public_id]), sent).status_code == 200


def by_api(alice: Client, idea: Idea) -> None:
    # What is left out stays as the author has written it, not as it was handed in.
    answer = alice.patch(f"/api/v1/ideas/{idea.public_id}/", {"title": "By API"}, "application/json")
    assert (answer.json()["title"], answer.json()["body"]) == ("By API", f"All of {WORKING}.")


@pytest.mark.parametrize("save", [by_form, by_itself, by_api])
def test_what_is_saved_is_for_authors_only(in_acme, idea, as_member, save: Callable[[Client, Idea], None]):
    save(as_member(in_acme.alice), idea)

    idea.refresh_from_db()
    assert (idea.draft_title or "").startswith("By ")
    assert (idea.title, idea.body) == (f"About {HANDED_IN}", f"All of {HANDED_IN}.")


def test_handing_in_again_shows_it_to_all_who_read_it_then(in_acme, idea, as_member):
    submit_idea(idea, actor=in_acme.alice)

    page = as_member(in_acme.bob).get(idea.get_absolute_url()).content.decode()
    assert (f"All of {WORKING}" in page, "private.csv" in page) == (True, True)
    assert list(search_for(WORKING, member=in_acme.bob).ideas) == [idea]
    assert list(Revision.objects.filter(idea=idea).values_list("number", "body")) == [
        (1, f"All of {HANDED_IN}."),
        (2, f"All of {WORKING}."),
    ]
    idea.refresh_from_db()
    assert (idea.draft_title, idea.draft_body, idea.draft_body_html) == (None, "", "")


def test_a_draft_without_a_text_is_not_handed_in(in_acme, idea):
    save_text(idea, actor=in_acme.alice, title="", body="", language="en")

    with pytest.raises(IdeaIncomplete):
        submit_idea(idea, actor=in_acme.alice)
    idea.refresh_from_db()
    assert (idea.title, idea.draft_title) == (f"About {HANDED_IN}", "")


def test_conflict_shows_what_was_saved_elsewhere(in_acme, idea):
    with pytest.raises(DraftConflict) as conflict:
        save_text(idea, actor=in_acme.alice, title="x", body="x", language="en", known_version=0)

    assert conflict.value.other.body == f"All of {WORKING}."


def test_undoing_the_request_brings_back_what_was_handed_in(in_acme, case, as_member):
    undo_decision(case, actor=in_acme.bob)

    for who in ("alice", "bob"):
        page = as_member(getattr(in_acme, who)).get(case.idea.get_absolute_url()).content.decode()
        assert (f"All of {HANDED_IN}" in page, WORKING in page) == (True, False), who
    decide_case(case, outcome="changes_requested", reason=REASON, actor=in_acme.bob)
    assert WORKING in as_member(in_acme.alice).get(case.idea.get_absolute_url()).content.decode()  # nothing is lost


def test_withdrawn_idea_keeps_the_draft_for_its_authors(in_acme, idea, case, as_member):
    withdraw_idea(idea, actor=in_acme.alice)

    assert f"All of {WORKING}" in as_member(in_acme.alice).get(idea.get_absolute_url()).content.decode()
    api = as_member(in_acme.frank).get(f"/api/v1/cases/{case.public_id}/").content.decode()
    assert WORKING not in api


def test_the_page_shows_the_files_that_the_query_finds(in_acme, idea, as_member):
    for who in ("alice", "bob", "carol", "frank"):
        reader = getattr(in_acme, who)
        shown = as_member(reader).get(idea.get_absolute_url()).context["idea"]
        found = attachments_visible_to(reader).filter(idea=idea).order_by("pk")

        assert [file.name for file in shown.attachments.all()] == [file.name for file in found], who
