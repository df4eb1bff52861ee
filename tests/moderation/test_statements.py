from __future__ import annotations

from typing import Any

from django.db import connection
from django.template import Context, Template
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from crowdhub.people.models import Member
from ideas.enums import CommentState
from ideas.models import Comment, Idea
from moderation.domain.deciding import decide_case
from moderation.domain.reporting import report_comment
from moderation.enums import CaseOutcome, ReportReason
from tests import factories

REASON = "Please say in which hall this happens."
HTMX = {"HX-Request": "true", "HX-Target": "panel"}


def shown(source: str, reader: Member, **context: Any) -> str:
    request = RequestFactory().get("/")
    request.user = reader
    return Template("{% load moderation %}" + source).render(Context({"request": request, **context})).strip()


def test_authors_and_moderators_read_the_statement_of_reasons(in_acme, case):
    decide_case(case, outcome=CaseOutcome.CHANGES_REQUESTED, reason=REASON, actor=in_acme.bob)
    idea = Idea.objects.get(pk=case.idea_id)

    for reader, reads in [(in_acme.alice, True), (in_acme.bob, True), (in_acme.frank, True), (in_acme.ed, False)]:
        assert (REASON in shown("{% statement_of_reasons idea %}", reader, idea=idea)) is reads


def test_there_is_no_statement_about_a_published_idea(in_acme, case):
    decide_case(case, outcome=CaseOutcome.APPROVED, reason="", actor=in_acme.bob)
    idea = Idea.objects.get(pk=case.idea_id)

    with CaptureQueriesContext(connection) as queries:
        assert shown("{% statement_of_reasons idea %}", in_acme.alice, idea=idea) == ""
    assert len(queries) == 0


def test_the_author_of_a_hidden_comment_reads_why(in_acme, challenge):
    comment = factories.comment(factories.idea(challenge, in_acme.alice), in_acme.ed)
    case = report_comment(comment, reporter=in_acme.alice, reason=ReportReason.OFFENSIVE).case
    decide_case(case, outcome=CaseOutcome.HIDDEN, reason=REASON, actor=in_acme.bob)
    hidden = Comment.objects.get(state=CommentState.HIDDEN)

    for reader, reads in [(in_acme.ed, True), (in_acme.bob, True), (in_acme.alice, False)]:
        assert (REASON in shown("{% statement_for_comment comment %}", reader, comment=hidden)) is reads
