"""The pages of what may not be or is not there: whose words they show, and that they are no error themselves."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

WORDS = "Words from another site"
NOWHERE = "/nowhere/at-all/"


@pytest.fixture
def browser(acme) -> Client:
    """A visitor's browser that is asked for tokens, and gets the page of an error as everybody does."""
    return Client(enforce_csrf_checks=True, raise_request_exception=False, headers={"host": "acme.localhost"})


@pytest.mark.parametrize("address", [NOWHERE, reverse("inbox:unsubscribe", args=["forged"])])
def test_what_another_site_sends_is_not_shown_where_no_token_is_asked_for(browser, address):
    response = browser.post(address, {"body": WORDS}, headers={"origin": "https://elsewhere.example"})

    assert response.status_code == 404
    assert WORDS not in response.content.decode()


def test_more_fields_than_are_read_do_not_break_the_page_of_what_is_not_there(browser):
    assert browser.post(NOWHERE, {f"field-{number}": "x" for number in range(1001)}).status_code == 404


def test_a_form_that_cannot_be_read_does_not_break_the_page_of_what_is_not_there(browser):
    assert browser.post(NOWHERE, b"--", content_type="multipart/form-data").status_code == 404
