"""What stands in logs, and above all what does not."""

import pytest

from crowdhub.common.logs import LAST_PROCESSORS, RequestLogMiddleware, hide_secrets

SECRET = "dif0ja-ff7ea4fe8aa8264b514b2589b048952b"


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (f"/accounts/password/reset/key/x-{SECRET}/", "/accounts/password/reset/key/…/"),
        (f"/inbox/unsubscribe/{SECRET}/", "/inbox/unsubscribe/…/"),
        (f"/accounts/confirm-email/{SECRET}/", "/accounts/confirm-email/…/"),
        ("/accounts/password/reset/key/done/", "/accounts/password/reset/key/…/"),
        ("/ideas/2345678901/", "/ideas/2345678901/"),
    ],
)
def test_links_that_open_an_account_are_hidden(path, shown):
    line = hide_secrets(None, "info", {"request": f"GET {path}", "event": f"Not Found: {path}", "code": 404})

    assert line == {"request": f"GET {shown}", "event": f"Not Found: {shown}", "code": 404}


def test_every_line_goes_past_that():
    assert hide_secrets in LAST_PROCESSORS


def test_what_was_searched_for_is_not_logged(rf):
    request = rf.get("/people/", {"q": "alice@acme.example"})

    assert RequestLogMiddleware.format_request(request) == "GET /people/"
