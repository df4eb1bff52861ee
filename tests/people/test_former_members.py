"""Whose name is gone: pages, API, files, inbox and digest speak of a former member."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse
from django.utils import timezone

from crowdhub.inbox.digest_content import collect
from crowdhub.inbox.models import Digest
from ideas.domain.discussion import post_comment
from ideas.models import Idea
from tests import factories
from tests.harness.outbox import run_consumers

TEMPLATES = Path(settings.BASE_DIR, "templates")


@pytest.fixture
def idea(in_acme) -> Idea:
    """Alice's, on which Ed has commented and of which Ed was an author; then Ed was erased."""
    idea = factories.idea(factories.challenge(in_acme.carol), in_acme.alice)
    idea.contributors.create(organization=in_acme.acme, idea=idea, member=in_acme.ed, share=30)
    post_comment(idea, actor=in_acme.ed, body="Which gas?")
    run_consumers()
    in_acme.ed.name, in_acme.ed.erased_at = "Edmund", timezone.now()
    in_acme.ed.save()
    return idea


def test_the_page_of_an_idea_tells_no_name_of_a_former_member(in_acme, as_member, idea):
    page = as_member(in_acme.alice).get(reverse("ideas:detail", args=[idea.public_id])).content.decode()

    assert page.count("Former member") >= 2  # among the authors, and at the comment
    assert "Edmund" not in page


def test_the_api_tells_no_name_of_a_former_member(in_acme, as_member, idea):
    alice = as_member(in_acme.alice)

    paths = (f"ideas/{idea.public_id}/", f"comments/?idea={idea.public_id}")
    answers = [alice.get(f"/api/v1/{path}").content.decode() for path in paths]

    assert ["Former member" in answer for answer in answers] == [True, True]
    assert "Edmund" not in "".join(answers)


def test_the_file_of_all_people_has_no_former_member(in_acme, as_member, idea):
    response = as_member(in_acme.erin).post(reverse("people:export"), {"file_format": "csv"})

    written = b"".join(response).decode()
    assert "Alice" in written
    assert "Edmund" not in written
    assert in_acme.ed.email not in written


def test_the_inbox_tells_no_name_of_a_former_member(in_acme, as_member, idea):
    page = as_member(in_acme.alice).get(reverse("inbox:list")).content.decode()

    assert "Former member commented on your idea" in page
    assert "Edmund" not in page


def test_the_digest_tells_no_name_of_a_former_member(in_acme, idea):
    now = timezone.now()
    digest = Digest(
        organization=in_acme.acme, member=in_acme.alice, day=now.date(), covers_since=now - timedelta(days=1)
    )

    news = [item.text for item in collect([digest], now=now)[in_acme.alice.pk].news]

    assert news == ["Former member commented on your idea"]


NAME = re.compile(r"\b([\w.]+)\.name\b")
# Things that have a name and are no people.
THINGS = (
    *("organization", "request.organization", "step", "open_step", "item", "template", "part.section", "thing"),
    *("form", "field", "attrs", "letter", "token", "attachment"),
)
# Names of people that a template prints as they came to it.
PEOPLE = {
    ("components/topbar.html", "request.user"): "the reader's own",
    ("pages/home.html", "request.user"): "the reader's own",
    ("people/me.html", "request.user"): "the reader's own",
    ("account/login.html", "person"): "the demo's cast, which asked shown_name",
    ("rewards/board_table.html", "row"): "a row of the board, which asked shown_name",
    ("people/import_preview.html", "change"): "what an uploaded file says",
    ("people/import_preview.html", "row"): "what an uploaded file says",
    ("ideas/file_changes.html", "change"): "of a file",
    ("reports/preview.html", "row"): "of a department",
}


def test_templates_print_names_of_people_as_they_may_be_shown():
    printed = {
        (str(path.relative_to(TEMPLATES)), owner)
        for path in TEMPLATES.rglob("*.*")
        if "styleguide" not in path.parts  # shows names that it made up
        for tag in re.findall(r"{[{%].*?[%}]}", path.read_text())
        for owner in NAME.findall(tag)
        if owner not in THINGS
    }

    assert printed == set(PEOPLE)
