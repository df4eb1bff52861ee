"""The moderators' queue: cases, claims, decisions and their undoing."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import Prefetch, QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crowdhub.api.base import VisibleRows
from crowdhub.api.enums import Scope
from crowdhub.api.fields import PersonSerializer, Reference, Text, ViewerSerializer
from crowdhub.api.idea_links import IdeaReferenceSerializer
from crowdhub.common.http import refuse_unless
from crowdhub.people.models import Member
from ideas.models import Contributor
from ideas.queries import ideas_visible_to
from moderation.domain.claiming import claim_case, held_by_another
from moderation.domain.deciding import (
    MAX_REASON_LENGTH,
    CaseAlreadyDecided,
    CaseHeldByAnother,
    NotModerated,
    decide_case,
    undo_decision,
)
from moderation.enums import CaseKind, CaseOutcome, CaseState, ReportReason
from moderation.models import Case, Decision, Report
from moderation.queries import (
    QueueFilter,
    cases_visible_to,
    decided_cases,
    open_cases,
    original_of,
    with_original,
)
from moderation.rules import MODERATORS_ONLY, QUEUE_READERS_ONLY, read_cases, work_on_cases


class ReportSerializer(serializers.Serializer[Any]):
    """A flag that somebody put on the content; who it was stays with the moderators' log."""

    reason = serializers.ChoiceField(ReportReason.choices)
    text = serializers.CharField(allow_blank=True)
    created_at = serializers.DateTimeField()


class DecisionSerializer(ViewerSerializer):
    """How the case was decided; one that was undone stays on record."""

    outcome = serializers.ChoiceField(CaseOutcome.choices)
    reason = serializers.CharField(allow_blank=True)
    reason_html = serializers.CharField(allow_blank=True)
    decided_by = serializers.SerializerMethodField()
    decided_at = serializers.DateTimeField()
    undone_at = serializers.DateTimeField(allow_null=True)
    original = serializers.SerializerMethodField(help_text="The idea that says the same, for those who can see it.")

    @extend_schema_field(IdeaReferenceSerializer(allow_null=True))
    def get_original(self, decision: Decision) -> dict[str, Any] | None:
        original = original_of(decision)
        return None if original is None else dict(IdeaReferenceSerializer(original).data)

    @extend_schema_field(PersonSerializer)
    def get_decided_by(self, decision: Decision) -> dict[str, Any]:
        return self.shown(decision.decided_by)


class ContentSerializer(ViewerSerializer):
    """What the case is about: an idea, or a comment."""

    idea = serializers.CharField(help_text="The idea, also that of a comment.")
    comment = serializers.CharField(allow_null=True)
    challenge = serializers.CharField()
    title = serializers.CharField(allow_blank=True, help_text="The idea's.")
    html = serializers.CharField(allow_blank=True)
    authors = PersonSerializer(many=True)


class CaseSerializer(ViewerSerializer):
    """Something that a moderator has to decide."""

    id = serializers.CharField(source="public_id")
    kind = serializers.ChoiceField(CaseKind.choices)
    state = serializers.ChoiceField(CaseState.choices)
    content = serializers.SerializerMethodField()
    opened_at = serializers.DateTimeField()
    due_at = serializers.DateTimeField()
    claimed_by = serializers.SerializerMethodField()
    claimed_until = serializers.DateTimeField(allow_null=True)
    decided_at = serializers.DateTimeField(allow_null=True)
    reports = ReportSerializer(many=True)
    decisions = DecisionSerializer(many=True)

    @extend_schema_field(ContentSerializer)
    def get_content(self, case: Case) -> dict[str, Any]:
        idea = case.comment.idea if case.comment is not None else case.idea
        assert idea is not None  # noqa: S101  the database holds that one of the two is set
        authors = [case.comment.author] if case.comment else [one.member for one in idea.contributors.all()]
        return {
            "idea": idea.public_id,
            "comment": case.comment.public_id if case.comment else None,
            "challenge": idea.challenge.public_id,
            "title": idea.title,
            "html": case.comment.body_html if case.comment else idea.body_html,
            "authors": [self.shown(author) for author in authors],
        }

    @extend_schema_field(PersonSerializer(allow_null=True))
    def get_claimed_by(self, case: Case) -> dict[str, Any] | None:
        return self.shown(case.claimed_by) if case.claimed_by_id else None


class DecisionBody(serializers.Serializer[Any]):
    """A decision; asking for changes, rejecting and hiding need a reason (Markdown), which the author reads."""

    outcome = serializers.ChoiceField(CaseOutcome.choices)
    reason = Text(max_length=MAX_REASON_LENGTH, default="", allow_blank=True)
    original = Reference(
        ideas_visible_to, required=False, help_text="With a rejected idea: the published one that says the same."
    )


class QueueFilters(filters.FilterSet):
    """The queue's own filters, handed to its query."""

    kind = filters.ChoiceFilter(choices=CaseKind.choices)
    state = filters.ChoiceFilter(
        choices=[(state.value, state.label) for state in (CaseState.OPEN, CaseState.DECIDED)],
        label="Open cases, the most urgent first (as without it), or decided ones, the latest first",
    )
    challenge = filters.CharFilter(max_length=10, label="Cases about ideas of this challenge")
    mine = filters.BooleanFilter(label="Only those that I hold")

    class Meta:
        model = Case
        fields: ClassVar[list[str]] = []

    def filter_queryset(self, queryset: QuerySet[Case]) -> QuerySet[Case]:
        chosen = self.form.cleaned_data
        wanted = QueueFilter(chosen["kind"] or "", chosen["challenge"] or "", bool(chosen["mine"]))
        listed = decided_cases if chosen["state"] == CaseState.DECIDED else open_cases
        return _with_lists(listed(self.request.user, wanted), self.request.user)


class CaseViewSet(VisibleRows):
    """Cases, for moderators, and for auditors to read. Moderators of single challenges have the cases of these."""

    queryset = Case.objects.none()
    serializer_class = CaseSerializer
    filterset_class = QueueFilters
    scopes: ClassVar[dict[str, Scope]] = {"*": Scope.MODERATE}

    def visible(self) -> QuerySet[Case]:
        refuse_unless(read_cases, self.member, None, QUEUE_READERS_ONLY)
        return _with_lists(cases_visible_to(self.member), self.member)

    def list(self, request: Request) -> Response:
        """The open cases, the most urgent first; or the decided ones, the latest first."""
        return self.listed()

    def retrieve(self, request: Request, id: str) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=None, responses=CaseSerializer)
    @action(detail=True, methods=["post"])
    def claim(self, request: Request, id: str) -> Response:
        """Hold an open case for a quarter of an hour, or renew that; any other case that one holds is let go."""
        case = self._workable()
        if case.state != CaseState.OPEN:
            raise CaseAlreadyDecided
        claim_case(case.public_id, actor=self.member)
        case = self.get_object()
        if held_by_another(case, self.member):
            raise CaseHeldByAnother
        return self.shown(case)

    @extend_schema(request=DecisionBody, responses={201: DecisionSerializer})
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, id: str) -> Response:
        """Decide a case; its content follows at once."""
        case = self._workable()
        decision = decide_case(case, actor=self.member, **self.checked(DecisionBody))
        shown = with_original(Decision.objects.select_related("decided_by"), self.member).get(pk=decision.pk)
        serializer = DecisionSerializer(shown, context=self.get_serializer_context())
        return Response(serializer.data, status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=CaseSerializer)
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, id: str) -> Response:
        """Take one's own decision back, within a minute."""
        undo_decision(self._workable(), actor=self.member)
        return self.shown(self.get_object())

    def _workable(self) -> Case:
        refuse_unless(work_on_cases, self.member, None, MODERATORS_ONLY)
        case: Case = self.get_object()
        refuse_unless(work_on_cases, self.member, case, NotModerated.message)
        return case


def _with_lists(cases: QuerySet[Case], reader: Member) -> QuerySet[Case]:
    """Bring along what the serializer shows, in four queries whatever the number of cases."""
    decisions = Decision.objects.select_related("decided_by").order_by("decided_at", "pk")
    return (
        cases.select_related("idea__challenge", "comment__idea__challenge", "comment__author", "claimed_by")
        .prefetch_related(None)
        .prefetch_related(
            Prefetch("idea__contributors", Contributor.objects.select_related("member").order_by("pk")),
            Prefetch("reports", Report.objects.order_by("created_at", "pk")),
            Prefetch("decisions", with_original(decisions, reader)),
        )
    )
