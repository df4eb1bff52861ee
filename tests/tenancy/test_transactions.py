"""A request is kept whole or not at all: what was written before it failed is gone, as its page says."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import closing

import psycopg2
import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from crowdhub.activity.models import Event
from crowdhub.people.models import Member
from crowdhub.tenancy import middleware
from crowdhub.tenancy.context import tenant
from ideas.domain import voting
from ideas.models import Follow, Idea
from tests import factories


@pytest.fixture
def idea(committed_db) -> Idea:
    with tenant(factories.organization("acme")), transaction.atomic():
        return factories.idea(factories.challenge(factories.member("Carol")), factories.member("Alice"))


@pytest.fixture
def browser(idea, as_member) -> Client:
    """A colleague's, who gets the page of an error as everybody does."""
    with tenant(idea.organization), transaction.atomic():
        reader = Member.objects.select_related("organization").get(pk=factories.member("Ed").pk)
    with transaction.atomic():
        client = as_member(reader)
    client.raise_request_exception = False
    return client


def on_the_page(browser: Client, idea: Idea) -> HttpResponse:
    return browser.post(reverse("ideas:follow", args=[idea.public_id]), {"following": "1"})


def by_the_api(browser: Client, idea: Idea) -> HttpResponse:
    return browser.put(f"/api/v1/ideas/{idea.public_id}/follow/")


def fail_after_writing(monkeypatch: pytest.MonkeyPatch, error: Exception) -> None:
    follow = voting.follow_idea

    def follow_and_fail(idea: Idea, *, actor: Member) -> None:
        follow(idea, actor=actor)
        raise error

    monkeypatch.setattr(voting, "follow_idea", follow_and_fail)


def is_kept(idea: Idea) -> bool:
    with tenant(idea.organization), transaction.atomic():
        return Follow.objects.exists() or Event.objects.exists()


@pytest.mark.parametrize("follow", [on_the_page, by_the_api])
def test_what_does_not_fail_is_kept(browser, idea, follow: Callable[[Client, Idea], HttpResponse]):
    assert follow(browser, idea).status_code < 400
    assert is_kept(idea)


@pytest.mark.parametrize(
    ("follow", "said"),
    [(on_the_page, "Something broke on our side"), (by_the_api, "Something went wrong on our side.")],
)
def test_nothing_is_kept_of_what_fails(browser, idea, monkeypatch, follow, said):
    fail_after_writing(monkeypatch, RuntimeError("broken"))

    response = follow(browser, idea)

    assert response.status_code == 500
    assert said in response.content.decode()
    assert not is_kept(idea)


def test_nothing_is_kept_of_what_is_refused_unexpectedly(browser, idea, monkeypatch):
    fail_after_writing(monkeypatch, voting.IdeaNotPublished())

    response = on_the_page(browser, idea)

    assert response.status_code == 409
    assert "Nothing was changed." in response.content.decode()
    assert not is_kept(idea)


def test_a_page_waits_for_the_database_for_so_long_only(browser, idea, monkeypatch):
    monkeypatch.setattr(middleware, "LONGEST_STATEMENT", 0.2)
    with tenant(idea.organization), transaction.atomic():
        Member.objects.update(language="de")
    with closing(psycopg2.connect(os.environ["DATABASE_OWNER_URL"])) as other:
        other.cursor().execute("LOCK TABLE ideas_follow IN ACCESS EXCLUSIVE MODE")

        response = on_the_page(browser, idea)

    assert response.status_code == 500
    assert "Bei uns ist etwas" in response.content.decode()  # their language, although no query works any more
    assert on_the_page(browser, idea).status_code == 302
    assert is_kept(idea)
