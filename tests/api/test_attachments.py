"""Attachments by the API."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from crowdhub.api.enums import Scope
from crowdhub.tenancy.context import tenant
from ideas.domain.attaching import attach_file
from ideas.enums import IdeaState
from ideas.models import Attachment
from tests import factories
from tests.api.conftest import API, fields_of, problem_of
from tests.harness import uploads
from tests.harness.queries import page_and_queries
from tests.harness.uploads import upload

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("stored")]


@pytest.fixture
def attachment(in_acme, idea) -> Attachment:
    return attach_file(idea, file=upload(uploads.CSV, "costs.csv"), actor=in_acme.alice)[0]


def url(idea, *rest: str) -> str:
    return "/".join([f"ideas/{idea.public_id}/attachments", *rest, ""])


def send(program, idea, file: SimpleUploadedFile):
    return program.client.post(API + url(idea), {"file": file})


def test_uploaded_listed_read_and_removed(in_acme, api, idea):
    alice = api(in_acme.alice)

    made = send(alice, idea, upload(name="Plan.PNG", claimed="text/html"))
    again = send(alice, idea, upload(name="Plan.PNG"))
    listed = alice.get(url(idea)).json()
    file = alice.get(url(idea, made.json()["id"], "file"))
    removed = alice.delete(url(idea, made.json()["id"]))

    assert (made.status_code, again.status_code) == (201, 200)
    assert listed["results"] == [made.json()]
    assert again.json() == made.json()
    described = made.json() | {"id": "", "sha256": "", "created_at": ""}
    assert described == {
        "id": "",
        "sha256": "",
        "created_at": "",
        "name": "Plan.PNG",
        "kind": "png",
        "content_type": "image/png",
        "size": len(uploads.png()),
        "uploader": {"id": in_acme.alice.public_id, "name": "Alice"},
    }
    assert b"".join(file) == uploads.png()
    assert file.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert removed.status_code == 204
    assert alice.get(url(idea)).json()["results"] == []


@pytest.mark.parametrize(
    ("who", "read", "write"), [("bob", 200, 403), ("carol", 200, 403), ("ed", 404, 404), ("mallory", 404, 404)]
)
def test_others_read_at_most(in_acme, api, idea, attachment, who, read, write):
    program = api(getattr(in_acme, who))

    for address in (url(idea), url(idea, attachment.public_id), url(idea, attachment.public_id, "file")):
        response = program.get(address)
        assert (response.status_code, uploads.CSV in b"".join(response)) == (read, "/file/" in address and read == 200)
    assert problem_of(send(program, idea, upload()))[0] == write
    assert problem_of(program.delete(url(idea, attachment.public_id)))[0] == write
    assert Attachment.objects.count() == 1


def test_attachment_of_another_idea_is_not_found(in_acme, api, idea, challenge, attachment):
    other = factories.idea(challenge, in_acme.alice, state=IdeaState.DRAFT)

    assert problem_of(api(in_acme.alice).get(url(other, attachment.public_id)))[0] == 404
    assert problem_of(api(in_acme.alice).delete(url(other, attachment.public_id)))[0] == 404


def test_attachment_of_another_organization_is_not_found_at_ones_own_idea(in_acme, api, attachment):
    with tenant(in_acme.globex):
        own = factories.idea(factories.challenge(in_acme.mallory), in_acme.mallory)

    assert problem_of(api(in_acme.mallory).get(url(own, attachment.public_id, "file")))[0] == 404


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        (upload(b""), "empty-file"),
        (upload(b"<svg/>", "a.svg"), "file-kind-not-allowed"),
        (upload(b"x" * (10 * 1024 * 1024 + 1), "a.txt"), "file-too-large"),
    ],
)
def test_refusals_name_the_field(in_acme, api, idea, file, kind):
    response = send(api(in_acme.alice), idea, file)

    assert problem_of(response)[0] == 422
    assert response.json()["type"] == f"urn:crowdhub:refusal:{kind}"
    assert fields_of(response) == {"file"}


def test_what_cannot_be_changed_any_more_is_forbidden(in_acme, api, challenge):
    waiting = factories.idea(challenge, in_acme.alice, state=IdeaState.SUBMITTED)

    assert problem_of(send(api(in_acme.alice), waiting, upload()))[0] == 403


def test_only_a_form_with_a_file_is_taken(in_acme, api, idea):
    alice = api(in_acme.alice)

    assert problem_of(alice.post(url(idea), {"file": "x"}))[0] == 415
    assert problem_of(alice.client.post(API + url(idea), {"file": "words"}))[0] == 400
    assert problem_of(alice.client.post(API + url(idea), {}))[0] == 400
    too_many = {f"file{number}": upload() for number in range(101)}
    assert problem_of(alice.client.post(API + url(idea), too_many))[0] == 400


def test_a_token_needs_the_scope(in_acme, by_token, idea, attachment):
    reader, writer = by_token(in_acme.alice, Scope.READ), by_token(in_acme.alice, Scope.WRITE)

    assert b"".join(reader.get(url(idea, attachment.public_id, "file"))) == uploads.CSV
    assert problem_of(send(reader, idea, upload()))[0] == 403
    assert problem_of(writer.get(url(idea)))[0] == 403
    assert send(writer, idea, upload()).status_code == 201


def test_same_number_of_queries_for_one_and_three(in_acme, api, idea, attachment):
    client = api(in_acme.alice).client
    _page, one = page_and_queries(client, API + url(idea))
    for number in range(2):
        attach_file(idea, file=upload(f"{number}".encode(), "x.txt"), actor=in_acme.alice)

    _page, three = page_and_queries(client, API + url(idea))

    assert len(one) == len(three)
