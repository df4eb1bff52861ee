"""The digest: what it says, and how it is stopped and had again."""

from __future__ import annotations

import http.client
import re
from contextlib import closing
from email.message import EmailMessage
from urllib.parse import urlsplit

from playwright.sync_api import Page, expect

from tests.browser.product import Product
from tests.browser.story import IDEA, NEXT_QUESTION, WAITING_IDEA


def says_all_three_things(mail: EmailMessage) -> None:
    """What is asked of Alice, what happened, and when her next answer is due: as text, and as HTML."""
    for kind in ("plain", "html"):
        body = mail.get_body((kind,))
        assert body is not None, kind
        said = re.sub(r"<(style|head)\b.*?</\1>|<[^>]+>", " ", body.get_content(), flags=re.DOTALL)
        said = re.sub(r"\s+", " ", said)
        asked, happened, due = re.split("(?i)what happened|your next answers", said)
        assert re.search(rf"{re.escape(NEXT_QUESTION)}\W+\d+ days left, until \w+", asked), kind
        assert "Your idea was answered: Selected" in happened, kind
        assert IDEA in happened, kind
        assert re.search(rf"{WAITING_IDEA}\W+answer promised by \w+", due), kind


def stop_with_one_click(mail: EmailMessage, product: Product) -> None:
    """As a mail program does it: a POST from elsewhere, without a session or a page."""
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    address = urlsplit(str(mail["List-Unsubscribe"]).strip(" <>"))
    headers = {"Host": address.netloc, "Content-Type": "application/x-www-form-urlencoded"}
    with closing(http.client.HTTPConnection("127.0.0.1", product.port, timeout=30)) as connection:
        connection.request("POST", address.path, "List-Unsubscribe=One-Click", headers)
        assert connection.getresponse().status == 200


def has_it_again(alice: Page) -> None:
    """She gets no more mail, says how often she wants it, and has it again."""
    alice.goto("/inbox/preferences/")
    expect(alice.get_by_label("Never")).to_be_checked()
    alice.get_by_label("Every working day").check()
    alice.get_by_role("button", name="Save").click()
    alice.goto("/inbox/preferences/")
    expect(alice.get_by_label("Every working day")).to_be_checked()
