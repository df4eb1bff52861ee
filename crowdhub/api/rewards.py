"""One's own points, each with its reason."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet, Sum
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crowdhub.api.base import VisibleRows, member_of
from crowdhub.api.filters import StableOrdering
from crowdhub.people.models import Member
from rewards.domain.standings import choose_listing
from rewards.enums import EntryKind, RuleCode
from rewards.models import LedgerEntry, Standing
from rewards.queries import LEDGER_TIE, entries_of
from rewards.reasons import reason_of


class LedgerEntrySerializer(serializers.Serializer[Any]):
    """Points that were earned or taken back, and why."""

    kind = serializers.ChoiceField(EntryKind.choices)
    rule = serializers.ChoiceField(RuleCode.choices, source="rule.code")
    rule_version = serializers.IntegerField(source="rule.version")
    points = serializers.IntegerField(source="shown_points", help_text="Of votes the sum for an idea.")
    reason = serializers.SerializerMethodField()
    idea = serializers.CharField(source="idea_public_id", allow_null=True)
    occurred_at = serializers.DateTimeField(source="shown_at", help_text="Of votes the end of voting.")

    def get_reason(self, entry: LedgerEntry) -> str:
        return reason_of(entry)


class LedgerFilters(filters.FilterSet):
    kind = filters.ChoiceFilter(choices=EntryKind.choices)
    rule = filters.ChoiceFilter(field_name="rule__code", choices=RuleCode.choices)
    ordering = StableOrdering(fields={"shown_at": "occurred_at", "shown_points": "points"}, tie=LEDGER_TIE)

    class Meta:
        model = LedgerEntry
        fields: ClassVar[list[str]] = []


class LedgerViewSet(VisibleRows):
    """The reader's own ledger. Votes come as one sum for each idea when voting has closed: who voted stays a secret."""

    queryset = LedgerEntry.objects.none()
    serializer_class = LedgerEntrySerializer
    filterset_class = LedgerFilters

    def visible(self) -> QuerySet[LedgerEntry]:
        return entries_of(self.member)

    def list(self, request: Request) -> Response:
        return self.listed()


class StandingSerializer(serializers.Serializer[Any]):
    """The sum of the ledger, and whether the reader wants to be seen on the leaderboard."""

    points = serializers.IntegerField(read_only=True)
    is_listed = serializers.BooleanField()


class StandingView(APIView):
    """The reader's own standing."""

    @extend_schema(operation_id="standing_retrieve", responses=StandingSerializer)
    def get(self, request: Request) -> Response:
        return Response(_standing_of(member_of(request)))

    @extend_schema(operation_id="standing_update", request=StandingSerializer, responses=StandingSerializer)
    def patch(self, request: Request) -> Response:
        """Join the leaderboard, or leave it."""
        body = StandingSerializer(data=request.data)
        body.is_valid(raise_exception=True)
        choose_listing(member_of(request), listed=body.validated_data["is_listed"])
        return Response(_standing_of(member_of(request)))


def _standing_of(member: Member) -> dict[str, Any]:
    points = entries_of(member).order_by().aggregate(points=Sum("shown_points", default=0))["points"]
    return {"points": points, "is_listed": Standing.objects.filter(member=member, is_listed=True).exists()}
