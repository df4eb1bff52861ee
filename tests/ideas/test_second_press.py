"""A button that is pressed twice does what one press does, and leads to the same page."""

from __future__ import annotations

from tests.ideas.test_pages import url


def test_two_presses_answer_once_and_lead_to_the_same_page(in_acme, idea, as_member):
    browser, sent = as_member(in_acme.carol), {"outcome": "selected", "reasons": "It pays."}

    first, second = browser.post(url("answer", idea), sent), browser.post(url("answer", idea), sent)
    other = browser.post(url("answer", idea), sent | {"reasons": "In other words."})

    assert first.url == second.url
    assert other.status_code == 422
    assert "This idea has already had that answer." in other.content.decode()
    assert idea.answers.count() == 1


def test_two_presses_post_one_comment_and_lead_to_it(in_acme, idea, as_member):
    browser = as_member(in_acme.alice)

    first, second = (browser.post(url("comment", idea), {"body": "Well said."}) for _press in range(2))

    assert first.url == second.url
    assert idea.comments.count() == 1
