"""Nobody fills the disk, or the database with drafts that nobody reads; and whoever is at a bound is told before."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.urls import reverse

from ideas.domain import attaching, quotas, writing
from ideas.enums import ContributorPart, IdeaState
from ideas.models import Attachment, Contributor, Idea
from tests import factories
from tests.harness import uploads


@pytest.fixture
def challenge(in_acme):
    return factories.challenge(in_acme.carol)


@pytest.fixture
def few_drafts(monkeypatch):
    monkeypatch.setattr(quotas, "MAX_DRAFTS", 2)


def save(challenge, member, **changes):
    fields = {"title": "T", "body": "B", "language": "en", "client_uuid": uuid4()} | changes
    return writing.save_draft(challenge, actor=member, **fields)


def fill(challenge, member):
    return [save(challenge, member) for _draft in range(2)]


def attach(idea, member, content=uploads.CSV):
    return attaching.attach_file(idea, file=uploads.upload(content, "a.csv"), actor=member)


@pytest.fixture
def room(settings, monkeypatch):
    """Let a "MB" be ten bytes more than a file, and set the bounds in it: for a member, for the organization."""
    monkeypatch.setattr(quotas, "MB", len(uploads.CSV) + 10)

    def set_room(member, organization):
        settings.MEMBER_FILES_MB, settings.ORGANIZATION_FILES_MB = member, organization

    return set_room


def test_one_draft_too_many_is_refused_and_the_others_can_be_saved(in_acme, challenge, few_drafts):
    first, _second = fill(challenge, in_acme.alice)

    with pytest.raises(quotas.TooManyDrafts):
        save(challenge, in_acme.alice)
    with pytest.raises(quotas.TooManyDrafts):
        writing.begin_draft(challenge, actor=in_acme.alice, client_uuid=uuid4(), language="en")

    again = save(challenge, in_acme.alice, client_uuid=first.client_uuid, body="Changed")
    assert (again.pk, again.body) == (first.pk, "Changed")
    assert Idea.objects.count() == 2


def test_drafts_of_other_challenges_count_and_those_of_others_do_not(in_acme, challenge, few_drafts):
    other = factories.challenge(in_acme.carol)
    save(other, in_acme.alice)
    for_ed = save(challenge, in_acme.ed)
    Contributor.objects.create(
        organization=in_acme.acme, idea=for_ed, member=in_acme.alice, part=ContributorPart.CO_AUTHOR, share=0
    )
    save(challenge, in_acme.alice)

    with pytest.raises(quotas.TooManyDrafts):
        save(challenge, in_acme.alice)


@pytest.mark.parametrize("state", [IdeaState.SUBMITTED, IdeaState.WITHDRAWN, IdeaState.PUBLISHED])
def test_what_is_no_draft_any_more_makes_room(in_acme, challenge, few_drafts, state):
    first, _second = fill(challenge, in_acme.alice)
    Idea.objects.filter(pk=first.pk).update(state=state)

    assert save(challenge, in_acme.alice).pk


def test_whoever_is_at_the_bound_is_told_before_writing(in_acme, challenge, few_drafts, as_member):
    fill(challenge, in_acme.alice)
    new = reverse("ideas:new", args=[challenge.public_id])

    response = as_member(in_acme.alice).get(f"{new}?draft={uuid4()}", follow=True)

    assert response.redirect_chain == [(reverse("ideas:mine"), 302)]
    assert "reached the limit for drafts" in response.content.decode()


def test_the_form_keeps_what_was_typed_when_it_is_one_too_many(in_acme, challenge, few_drafts, as_member):
    fill(challenge, in_acme.alice)
    sent = {"title": "Mine", "body": "Typed words", "language": "en", "client_uuid": str(uuid4()), "version": "0"}

    response = as_member(in_acme.alice).post(reverse("ideas:new", args=[challenge.public_id]), sent)

    assert response.status_code == 409
    assert "the limit for drafts" in response.content.decode()
    assert "Typed words" in response.content.decode()


def test_the_api_says_so(in_acme, challenge, few_drafts, as_member):
    fill(challenge, in_acme.alice)
    body = {"challenge": challenge.public_id, "title": "T", "body": "B", "language": "en"}

    response = as_member(in_acme.alice).post(reverse("api:idea-list"), body, content_type="application/json")

    assert (response.status_code, response.json()["type"]) == (409, "urn:crowdhub:refusal:too-many-drafts")


def test_files_above_the_members_room_are_refused(in_acme, challenge, room, stored):
    room(member=1, organization=100)
    first, second = save(challenge, in_acme.alice), save(challenge, in_acme.alice)
    attach(first, in_acme.alice)

    with pytest.raises(quotas.NoRoomForYourFiles):
        attach(second, in_acme.alice)
    assert quotas.room_for_files(in_acme.alice) == 10
    assert len(stored()) == 1

    attach(save(challenge, in_acme.ed), in_acme.ed)
    attaching.remove_attachment(Attachment.objects.get(idea=first), actor=in_acme.alice)
    attach(second, in_acme.alice)


def test_the_same_file_again_needs_no_room(in_acme, challenge, room, stored):
    room(member=1, organization=1)
    idea = save(challenge, in_acme.alice)

    assert attach(idea, in_acme.alice)[0] == attach(idea, in_acme.alice)[0]


def test_files_above_the_organizations_room_are_refused(in_acme, challenge, room, stored):
    room(member=100, organization=1)
    attach(save(challenge, in_acme.alice), in_acme.alice)

    with pytest.raises(quotas.NoRoomForFiles):
        attach(save(challenge, in_acme.ed), in_acme.ed)


def test_the_room_of_one_organization_is_not_anothers(in_acme, challenge, room, stored):
    from crowdhub.tenancy.context import tenant

    room(member=100, organization=1)
    attach(save(challenge, in_acme.alice), in_acme.alice)

    with tenant(in_acme.globex):
        theirs = save(factories.challenge(in_acme.mallory), in_acme.mallory)
        assert attach(theirs, in_acme.mallory)[0].size == len(uploads.CSV)


def test_without_bounds_there_are_none(in_acme, challenge, room, stored):
    room(member=0, organization=0)

    for _number in range(3):
        attach(save(challenge, in_acme.alice), in_acme.alice)
    assert quotas.room_for_files(in_acme.alice) is None


def test_the_editor_says_how_much_room_is_left_before_it_is_too_little(in_acme, challenge, settings, as_member):
    idea = save(challenge, in_acme.alice)
    editor = reverse("ideas:edit", args=[idea.public_id])
    told = []
    for settings.MEMBER_FILES_MB in (500, 3):
        told.append("room for 3.0" in as_member(in_acme.alice).get(editor).content.decode())

    assert told == [False, True]


def test_the_page_says_why_a_file_was_refused(in_acme, challenge, room, as_member, stored):
    room(member=1, organization=100)
    attach(save(challenge, in_acme.alice), in_acme.alice)
    second = save(challenge, in_acme.alice)

    response = as_member(in_acme.alice).post(
        reverse("ideas:attach", args=[second.public_id]),
        {"file": uploads.upload(uploads.CSV, "a.csv")},
        headers={"hx-request": "true"},
    )

    assert response.status_code == 422
    assert "take up all the room" in response.content.decode()
