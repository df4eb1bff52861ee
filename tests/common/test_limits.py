"""What is refused before anybody reads it."""

import pytest
from django.http import HttpResponse
from django.test import RequestFactory

from crowdhub.api.problems import CONTENT_TYPE
from crowdhub.common import limits
from crowdhub.common.limits import LARGEST_HEARD, LARGEST_REQUEST, SizeLimitMiddleware
from crowdhub.people.domain.import_file import LARGEST_FILE

pytestmark = pytest.mark.django_db


def send_too_much(browser, path: str, **options):
    return browser.generic("POST", path, "", CONTENT_LENGTH=str(LARGEST_HEARD + 1), **options)


def test_upload_larger_than_any_form_takes_is_refused_unread(in_acme, visitor):
    """Django writes every part of a form that is a file to the disk, whoever sends it and wherever to."""
    response = send_too_much(visitor, "/accounts/login/", headers={"accept-language": "de"})

    assert (response.status_code, response.headers["Connection"]) == (413, "close")
    assert "<h1>Das ist mehr, als auf einmal gesendet werden kann</h1>" in response.content.decode()


def test_the_api_tells_it_as_a_problem(in_acme, visitor):
    response = send_too_much(visitor, "/api/v1/ideas/")

    assert response.headers["Content-Type"] == CONTENT_TYPE
    assert response.json() == {
        "type": "about:blank",
        "title": "Request Entity Too Large",
        "status": 413,
        "detail": "This is more than can be sent at once.",
        "instance": "/api/v1/ideas/",
        "errors": [],
    }


def test_a_body_that_is_a_little_too_large_is_read_to_its_end(monkeypatch):
    """A browser hears an answer only when it has said everything."""
    monkeypatch.setattr(limits, "LARGEST_REQUEST", 100_000)
    request = RequestFactory().post("/", b"x" * 200_000, content_type="text/csv")

    assert SizeLimitMiddleware(lambda request: HttpResponse())(request).status_code == 413
    assert request.read() == b""


def test_largest_file_of_an_import_passes():
    assert LARGEST_FILE < LARGEST_REQUEST


@pytest.mark.parametrize("length", ["", "many", "-1", "²"])
def test_length_that_is_none_is_for_others_to_refuse(length):
    request = RequestFactory().post("/", CONTENT_LENGTH=length)

    assert SizeLimitMiddleware(lambda request: "answered")(request) == "answered"
