"""Pages travel compressed; what is short, or no page, does not."""

from __future__ import annotations

import gzip

import pytest
from django.http import HttpResponse, StreamingHttpResponse
from django.test import RequestFactory
from django.urls import reverse

from crowdhub.common.compression import WORTH_IT, CompressionMiddleware

PAGE = "<li>A row of a table</li>" * 400
ASKED = {"Accept-Encoding": "gzip, deflate, br"}


def sent(response: HttpResponse, **headers: str) -> HttpResponse:
    return CompressionMiddleware(lambda request: response)(RequestFactory().get("/", headers=headers or ASKED))


def test_a_page_is_compressed_for_who_can_read_that():
    response = sent(HttpResponse(PAGE))

    assert response["Content-Encoding"] == "gzip"
    assert response["Vary"] == "Accept-Encoding"
    assert gzip.decompress(response.content).decode() == PAGE
    assert len(response.content) < len(PAGE) / 4


def test_who_cannot_gets_it_as_it_is():
    response = sent(HttpResponse(PAGE), **{"Accept-Encoding": "identity"})

    assert (response.content.decode(), response["Vary"]) == (PAGE, "Accept-Encoding")
    assert "Content-Encoding" not in response.headers


def test_the_size_of_the_same_page_varies():
    sizes = {len(sent(HttpResponse(PAGE)).content) for _time in range(30)}

    assert len(sizes) > 5


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse(PAGE, content_type="application/json"),
        HttpResponse(PAGE, content_type="text/csv"),
        HttpResponse(PAGE, headers={"Content-Encoding": "br"}),
        HttpResponse(PAGE[: WORTH_IT - 1]),
        StreamingHttpResponse([PAGE.encode()]),
    ],
    ids=["of the API", "a download", "compressed already", "short", "a stream"],
)
def test_anything_else_passes_as_it_is(response):
    before = dict(response.headers)

    assert dict(sent(response).headers) == before


def test_a_page_of_ours_says_its_length_as_it_travels(in_acme, as_member):
    response = as_member(in_acme.alice).get(reverse("people:me"), headers=ASKED)

    assert response["Content-Encoding"] == "gzip"
    assert int(response["Content-Length"]) == len(response.content)
    assert "Cookie" in response["Vary"]
    assert b"</html>" in gzip.decompress(response.content)
