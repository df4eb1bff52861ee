"""What is refused before anybody reads it."""

import pytest
from django.test import RequestFactory

from crowdhub.common.limits import LARGEST_REQUEST, SizeLimitMiddleware
from crowdhub.people.domain.import_file import LARGEST_FILE

pytestmark = pytest.mark.django_db


def test_upload_larger_than_any_form_takes_is_refused_unread(in_acme, visitor):
    """Django writes every part of a form that is a file to the disk, whoever sends it and wherever to."""
    response = visitor.generic("POST", "/accounts/login/", "", CONTENT_LENGTH=str(LARGEST_REQUEST + 1))

    assert (response.status_code, response.headers["Connection"]) == (413, "close")


def test_largest_file_of_an_import_passes():
    assert LARGEST_FILE < LARGEST_REQUEST


@pytest.mark.parametrize("length", ["", "many", "-1", "²"])
def test_length_that_is_none_is_for_others_to_refuse(length):
    request = RequestFactory().post("/", CONTENT_LENGTH=length)

    assert SizeLimitMiddleware(lambda request: "answered")(request) == "answered"
