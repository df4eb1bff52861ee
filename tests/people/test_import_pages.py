"""Importing people page by page: upload, preview, confirm, result, and what is refused on the way."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from crowdhub.people.domain import importing
from crowdhub.people.enums import ImportState
from crowdhub.people.models import ImportProblem, MemberImport
from crowdhub.tenancy.context import tenant
from tests.harness.outbox import run_consumers
from tests.harness.queries import page_and_queries


def text_of(response) -> str:
    return response.content.decode()


def csv(text: str) -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile("people.csv", text.encode(), content_type="text/csv")}


def work(cast) -> None:
    """Do what the workers do."""
    with tenant(cast.acme):
        run_consumers()


def test_import_from_upload_to_done(cast, as_member):
    client = as_member(cast.erin)

    uploaded = client.post(
        reverse("people:imports"),
        csv("name,email,skills\nAnn,ann@acme.example,Brazing:2\nAlice B,alice@acme.example,\n"),
    )
    reading = text_of(client.get(uploaded.url))
    work(cast)
    preview = client.get(uploaded.url)
    confirmed = client.post(
        reverse("people:import-confirm", args=[uploaded.url.split("/")[-2]]),
        {"digest": preview.context["upload"].digest},
    )
    running = text_of(client.get(confirmed.url))
    work(cast)
    done = text_of(client.get(confirmed.url))

    assert "ann@acme.example" in text_of(preview)
    assert "<del>Alice</del> <ins>Alice B</ins>" in text_of(preview)
    assert "Brazing" in text_of(preview)
    assert "New: 1. Changed: 1. Unchanged: 0." in done
    for page, label in ((reading, "Reading the file"), (running, "Importing")):
        assert "<progress" in page
        assert label in page
        assert '<noscript><meta http-equiv="refresh" content="3"></noscript>' in page
        assert 'hx-trigger="every 2s"' in page
    assert all("http-equiv" not in page for page in (text_of(preview), done))


def test_import_page_refreshes_itself_and_then_shows_the_whole_result(cast, as_member):
    client = as_member(cast.erin)
    uploaded = client.post(reverse("people:imports"), csv("name,email\nAnn,ann@acme.example\n"))

    polled = client.get(uploaded.url, headers={"hx-request": "true"})
    work(cast)
    finished = client.get(uploaded.url, headers={"hx-request": "true"})

    assert text_of(polled).strip().startswith('<div id="progress"')
    assert "HX-Refresh" not in polled.headers
    assert finished.headers["HX-Refresh"] == "true"


def test_showing_a_preview_takes_few_queries_and_does_not_read_the_file(cast, as_member):
    client = as_member(cast.erin)
    uploaded = client.post(reverse("people:imports"), csv("name,email\nAnn,ann@acme.example\n"))
    work(cast)

    _page, queries = page_and_queries(client, uploaded.url)

    assert len(queries) <= 8, queries
    assert not any('"content"' in query for query in queries)


def test_preview_that_is_outdated_when_it_is_confirmed_says_so(cast, as_member):
    client = as_member(cast.erin)
    uploaded = client.post(reverse("people:imports"), csv("name,email\nAnn,ann@acme.example\n"))
    work(cast)

    response = client.post(reverse("people:import-confirm", args=[uploaded.url.split("/")[-2]]), {"digest": "0" * 64})

    assert response.status_code == 409
    assert "changed since the preview" in text_of(response)


def test_import_whose_preview_is_gone_is_read_again(cast, as_member):
    client = as_member(cast.erin)
    uploaded = client.post(reverse("people:imports"), csv("name,email\nAnn,ann@acme.example\n"))
    with tenant(cast.acme):
        MemberImport.objects.update(state=ImportState.PREVIEW, preview={})
    before = text_of(client.get(uploaded.url))

    client.post(reverse("people:import-reopen", args=[uploaded.url.split("/")[-2]]))
    work(cast)

    assert "There is no longer a preview of this file." in before
    assert "ann@acme.example" in text_of(client.get(uploaded.url))


def test_limits_of_an_import_are_said_before_the_upload(cast, as_member):
    page = text_of(as_member(cast.erin).get(reverse("people:imports")))

    assert "at most 20 MB and 100,000 rows, columns separated by commas or semicolons." in page


def test_import_with_problems_cannot_be_confirmed(cast, as_member):
    client = as_member(cast.erin)
    uploaded = client.post(reverse("people:imports"), csv("name,email\nAnn,nonsense\nBo,bo@acme.example\n"))
    work(cast)

    page = text_of(client.get(uploaded.url))

    assert "1 problem keeps this file from being imported." in page
    assert "“nonsense” is not an e-mail address." in page
    assert "Import all of it" not in page


def test_every_bad_row_is_reported_with_its_line_page_by_page_and_as_a_file(cast, as_member):
    client = as_member(cast.erin)
    bad = ["Bad,=bad\n", "Bad\n", *["Bad,bad\n"] * 248]
    uploaded = client.post(reverse("people:imports"), csv("name,email\n" + "".join(bad)))
    work(cast)
    file_url = reverse("people:import-problems", args=[uploaded.url.split("/")[-2]])

    pages = [text_of(client.get(uploaded.url, {"page": number})) for number in (1, 2, 3)]
    taken = client.get(file_url)
    text = b"".join(taken).decode()

    assert [int(line) for page in pages for line in re.findall(r'<th scope="row" class="num">(\d+)', page)] == [
        *range(2, 252)
    ]
    assert "250 problems keep this file from being imported." in pages[2]
    assert all(f"Page {number} of 3" in page and file_url in page for number, page in enumerate(pages, 1))
    assert text.startswith("\ufeffLine,Column,Problem\r\n2,email,“=bad” is not an e-mail address.\r\n3,,1 columns")
    assert len(text.splitlines()) == 251
    assert taken.headers["Content-Disposition"].startswith('attachment; filename="import_problems_')


def test_no_problem_acts_as_a_formula_in_the_file(cast, as_member):
    with tenant(cast.acme):
        upload = importing.upload_members("x.csv", b"name,email\nX,x@acme.example\n", actor=cast.erin)
        ImportProblem.objects.create(organization=cast.acme, upload=upload, line=2, message="=1+1")

    taken = as_member(cast.erin).get(reverse("people:import-problems", args=[upload.public_id]))

    assert b"".join(taken).decode().splitlines()[1] == "2,,'=1+1"


def test_page_with_many_problems_takes_as_few_queries_as_one_with_few(cast, as_member):
    client = as_member(cast.erin)
    counts = []
    for count in (1, 250):
        uploaded = client.post(reverse("people:imports"), csv("name,email\n" + "Bad,bad\n" * count))
        work(cast)
        counts.append(len(page_and_queries(client, uploaded.url)[1]))

    assert counts[0] == counts[1] <= 8


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("name;phone\nAnn;1\n", "missing: email"),
        ("", "empty"),
        ("name,email\n", "no rows"),
    ],
)
def test_unreadable_upload_is_refused_beside_the_field(cast, as_member, content, said):
    response = as_member(cast.erin).post(reverse("people:imports"), csv(content))

    assert response.status_code == 422
    assert said in text_of(response)


def test_latin_1_is_refused_clearly(cast, as_member):
    file = SimpleUploadedFile("people.csv", "name,email\nJürgen,j@acme.example\n".encode("latin-1"))

    response = as_member(cast.erin).post(reverse("people:imports"), {"file": file})

    assert "not UTF-8" in text_of(response)


def test_import_of_another_organization_is_not_found(cast, as_member):
    with tenant(cast.globex):
        foreign = importing.upload_members("x.csv", b"name,email\nX,x@globex.example\n", actor=cast.mallory)
    client = as_member(cast.erin)

    assert client.get(reverse("people:import", args=[foreign.public_id])).status_code == 404
    assert {
        client.post(reverse(f"people:import-{act}", args=[foreign.public_id])).status_code
        for act in ("confirm", "discard", "reopen")
    } == {404}


def test_import_is_discarded(cast, as_member):
    client = as_member(cast.erin)
    uploaded = client.post(reverse("people:imports"), csv("name,email\nAnn,ann@acme.example\n"))

    client.post(reverse("people:import-discard", args=[uploaded.url.split("/")[-2]]))

    assert "was discarded" in text_of(client.get(uploaded.url))
    with tenant(cast.acme):
        assert MemberImport.objects.get().state == ImportState.DISCARDED
