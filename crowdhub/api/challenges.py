"""Challenges: read by those who may know of them, written and launched by their managers."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, ClassVar

from django.conf import settings
from django.db import transaction
from django.db.models import Prefetch, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from challenges import rules
from challenges.domain import closing, drafting, launching, terms
from challenges.enums import ChallengeKind, ChallengeState, PhaseKind, Visibility
from challenges.models import AudienceClause, Challenge, ChallengeManager, Invitation, TermsVersion
from challenges.queries import challenges_asking, challenges_visible_to, managed_by
from challenges.reach import audience_reach
from challenges.wording import why_asked_each
from crowdhub.api.audience import AudienceBody, AudienceSerializer, ReachSerializer, choice_from
from crowdhub.api.base import VisibleRows
from crowdhub.api.enums import Scope
from crowdhub.api.fields import PersonSerializer, Reference, Text, ViewerSerializer
from crowdhub.api.filters import StableOrdering
from crowdhub.api.problems import SeveralRefusals
from crowdhub.common.errors import Refusal
from crowdhub.common.http import refuse_unless
from crowdhub.common.text import MAX_TEXT_LENGTH
from crowdhub.people.models import Member
from crowdhub.tenancy.bounds import LONGEST_PROMISE, SHORTEST_PROMISE
from ideas.queries import answer_rate


class PhaseSerializer(serializers.Serializer[Any]):
    """From when until when something is open."""

    kind = serializers.ChoiceField(PhaseKind.choices)
    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class TermsSerializer(serializers.Serializer[Any]):
    """A version of the terms on ideas."""

    id = serializers.CharField(source="public_id")
    number = serializers.IntegerField()
    text = serializers.CharField()
    created_at = serializers.DateTimeField()


class AnswerRateSerializer(serializers.Serializer[Any]):
    """How far the promise was kept."""

    published = serializers.IntegerField(help_text="Ideas that everyone with access can read.")
    answered = serializers.IntegerField(help_text="Those of the published ones that have their answer.")
    in_time = serializers.IntegerField(help_text="Those of the answered ones that had it in time.")
    not_published = serializers.IntegerField(help_text="More ideas, which were not published, with reasons.")


class ChallengeListSerializer(ViewerSerializer):
    """A challenge without its brief."""

    id = serializers.CharField(source="public_id")
    title = serializers.CharField(allow_blank=True)
    kind = serializers.ChoiceField(ChallengeKind.choices)
    state = serializers.ChoiceField(ChallengeState.choices)
    visibility = serializers.ChoiceField(Visibility.choices)
    language = serializers.CharField()
    answer_within_days = serializers.IntegerField(help_text="Working days.")
    phases = PhaseSerializer(many=True)
    managers = serializers.SerializerMethodField()
    is_managed_by_me = serializers.SerializerMethodField()
    counts_are_public = serializers.SerializerMethodField(help_text="Whether voting has closed for good.")
    why_me = serializers.SerializerMethodField(help_text="Why the reader is asked; null for who is not.")
    version = serializers.IntegerField(help_text="Send it with a change to refuse overwriting.")
    created_at = serializers.DateTimeField()
    launched_at = serializers.DateTimeField(allow_null=True)
    closed_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(PersonSerializer(many=True))
    def get_managers(self, challenge: Challenge) -> list[dict[str, Any]]:
        return [self.shown(manager.member) for manager in challenge.managers.all()]

    def get_is_managed_by_me(self, challenge: Challenge) -> bool:
        return bool(rules.manages(self.viewer, challenge))

    def get_counts_are_public(self, challenge: Challenge) -> bool:
        return rules.counts_are_public(challenge)

    def get_why_me(self, challenge: Challenge) -> str | None:
        reasons: dict[int, str] = self.context["reasons"]
        return reasons.get(challenge.pk)


class ChallengeSerializer(ChallengeListSerializer):
    """A challenge with its brief in Markdown, and rendered in `brief_html`."""

    objective = serializers.CharField(allow_blank=True)
    why_it_matters = serializers.CharField(allow_blank=True)
    good_answer = serializers.CharField(allow_blank=True)
    success_measure = serializers.CharField(allow_blank=True)
    brief_html = serializers.DictField(child=serializers.CharField(allow_blank=True))
    terms = TermsSerializer(allow_null=True)
    answer_rate = serializers.SerializerMethodField()
    own_word_counts = serializers.BooleanField()
    audience = serializers.SerializerMethodField(help_text="Null for everyone but the challenge's managers.")

    @extend_schema_field(AnswerRateSerializer)
    def get_answer_rate(self, challenge: Challenge) -> Any:
        return AnswerRateSerializer(answer_rate(challenge)).data

    @extend_schema_field(AudienceSerializer(allow_null=True))
    def get_audience(self, challenge: Challenge) -> Any:
        if not rules.manages(self.viewer, challenge):
            return None
        return AudienceSerializer(challenge, context=self.context).data


class SpanBody(serializers.Serializer[Any]):
    """From when until when."""

    starts_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()


class PhasesBody(serializers.Serializer[Any]):
    """When what is open; null takes a phase out, and what is left out stays as it is."""

    submission = SpanBody(required=False, allow_null=True)
    voting = SpanBody(required=False, allow_null=True)
    review = SpanBody(required=False, allow_null=True)


class ChallengeBody(serializers.Serializer[Any]):
    """A draft; nothing is required of it, and what is left out stays as it is."""

    title = serializers.CharField(max_length=140, required=False, allow_blank=True)
    kind = serializers.ChoiceField(ChallengeKind.choices, required=False)
    language = serializers.ChoiceField(settings.LANGUAGES, required=False)
    visibility = serializers.ChoiceField(Visibility.choices, required=False)
    objective = Text(max_length=MAX_TEXT_LENGTH, required=False, allow_blank=True)
    why_it_matters = Text(max_length=MAX_TEXT_LENGTH, required=False, allow_blank=True)
    good_answer = Text(max_length=MAX_TEXT_LENGTH, required=False, allow_blank=True)
    success_measure = Text(max_length=MAX_TEXT_LENGTH, required=False, allow_blank=True)
    answer_within_days = serializers.IntegerField(min_value=SHORTEST_PROMISE, max_value=LONGEST_PROMISE, required=False)
    own_word_counts = serializers.BooleanField(required=False)
    terms = Reference(lambda member: TermsVersion.objects.all(), required=False, allow_null=True)
    phases = PhasesBody(required=False)
    audience = AudienceBody(required=False)


class ChallengeChanges(ChallengeBody):
    """What a draft is to say; what is left out stays as it is."""

    version = serializers.IntegerField(min_value=0, required=False)


class EndsBody(serializers.Serializer[Any]):
    """Later ends of phases; what is left out stays as it is."""

    submission = serializers.DateTimeField(required=False)
    voting = serializers.DateTimeField(required=False)
    review = serializers.DateTimeField(required=False)


class LaunchBody(serializers.Serializer[Any]):
    """The version that was checked, so that nothing else is launched."""

    version = serializers.IntegerField(min_value=0, required=False)


class ChallengeFilters(filters.FilterSet):
    state = filters.ChoiceFilter(choices=ChallengeState.choices)
    managed = filters.BooleanFilter(method="keep_managed", label="Only those that I manage")
    asking_me = filters.BooleanFilter(method="keep_asking", label="Only those to which I am invited")
    ordering = StableOrdering(fields=["created_at", "launched_at", "title"])

    class Meta:
        model = Challenge
        fields: ClassVar[list[str]] = []

    def keep_managed(self, challenges: QuerySet[Challenge], name: str, wanted: bool) -> QuerySet[Challenge]:
        return _kept(challenges, managed_by(self.request.user), wanted)

    def keep_asking(self, challenges: QuerySet[Challenge], name: str, wanted: bool) -> QuerySet[Challenge]:
        return _kept(challenges, challenges_asking(self.request.user), wanted)


class ChallengeViewSet(VisibleRows):
    """Challenges whose existence the member may know of."""

    queryset = Challenge.objects.none()
    serializer_class = ChallengeSerializer
    filterset_class = ChallengeFilters
    scopes: ClassVar[dict[str, Scope]] = dict.fromkeys(
        ("create", "partial_update", "destroy", "launch", "extend", "close"), Scope.MANAGE
    )

    def visible(self) -> QuerySet[Challenge]:
        challenges = challenges_visible_to(self.member).select_related("terms").prefetch_related("phases")
        managers = ChallengeManager.objects.select_related("member").order_by("pk")
        challenges = challenges.prefetch_related(Prefetch("managers", managers))
        if self.action != "list":
            challenges = challenges.prefetch_related(Prefetch("audience", _clauses_with_names()))
        return challenges.order_by("-created_at", "-pk")

    @extend_schema(responses=ChallengeListSerializer(many=True))
    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()).defer("brief_html")) or []
        context = {**self.get_serializer_context(), "reasons": _reasons(self.member, page)}
        return self.get_paginated_response(ChallengeListSerializer(page, many=True, context=context).data)

    def retrieve(self, request: Request, id: str) -> Response:
        return self.again(self.get_object())

    @extend_schema(request=ChallengeBody, responses={201: ChallengeSerializer})
    def create(self, request: Request) -> Response:
        """Write a draft, which the member then manages."""
        refuse_unless(rules.create_challenge.test, self.member, None, rules.WHO_CREATES)
        data = self.checked(ChallengeBody)
        with transaction.atomic():
            challenge = drafting.create_challenge(actor=self.member, **_draft_fields(data))
            drafting.save_draft(challenge, actor=self.member, **_draft_parts(data))
        return self.again(challenge, status.HTTP_201_CREATED)

    @extend_schema(request=ChallengeChanges, responses=ChallengeSerializer)
    def partial_update(self, request: Request, id: str) -> Response:
        """Change a draft; what somebody else changed since the version that is sent is a conflict (409)."""
        challenge = self._managed()
        data = self.checked(ChallengeChanges)
        drafting.save_draft(
            challenge,
            actor=self.member,
            known_version=data.pop("version", None),
            **_draft_parts(data),
            **_draft_fields(data),
        )
        return self.again(challenge)

    @extend_schema(responses={204: None})
    def destroy(self, request: Request, id: str) -> Response:
        """Delete a draft for good."""
        drafting.discard_draft(self._managed(), actor=self.member)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=LaunchBody, responses=ChallengeSerializer)
    @action(detail=True, methods=["post"])
    def launch(self, request: Request, id: str) -> Response:
        """Launch a draft: its audience is invited. Everything that stands in the way is listed (422)."""
        challenge = self._managed()
        known = self.checked(LaunchBody).get("version")
        try:
            launching.launch_challenge(challenge, actor=self.member, known_version=known)
        except Refusal as first:
            if first.status == HTTPStatus.CONFLICT:
                raise
            raise SeveralRefusals(launching.problems_of(challenge) or [first]) from first
        return self.again(challenge)

    @extend_schema(responses=ReachSerializer)
    @action(detail=True, methods=["get"])
    def reach(self, request: Request, id: str) -> Response:
        """Whom a draft would reach if it were launched now, for its managers."""
        challenge = self.get_object()
        if not rules.see_reach(self.member, challenge):
            raise Http404
        found = audience_reach(challenge, list(challenge.audience.all()))
        return Response(ReachSerializer(found, context=self.get_serializer_context()).data)

    @extend_schema(request=EndsBody, responses=ChallengeSerializer)
    @action(detail=True, methods=["post"])
    def extend(self, request: Request, id: str) -> Response:
        """Let phases of a running challenge end later, never earlier."""
        challenge = self._managed()
        ends = {PhaseKind(kind): end for kind, end in self.checked(EndsBody).items()}
        closing.extend_dates(challenge, actor=self.member, ends=ends)
        return self.again(challenge)

    @extend_schema(request=None, responses=ChallengeSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, id: str) -> Response:
        """End a challenge that is running."""
        return self.again(closing.close_challenge(self._managed(), actor=self.member))

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["put"], url_path="terms")
    def accept_terms(self, request: Request, id: str) -> Response:
        """Accept the terms of the challenge, which handing in an idea requires."""
        challenge = self.get_object()
        refuse_unless(rules.takes_part, self.member, challenge, rules.WHO_IS_ASKED)
        terms.accept_terms(challenge, member=self.member)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def again(self, challenge: Challenge, status_code: int = status.HTTP_200_OK) -> Response:
        """Return the challenge as it is now."""
        found = self.get_queryset().get(pk=challenge.pk)
        context = {**self.get_serializer_context(), "reasons": _reasons(self.member, [found])}
        return Response(ChallengeSerializer(found, context=context).data, status_code)

    def _managed(self) -> Challenge:
        challenge: Challenge = self.get_object()
        refuse_unless(rules.edit_challenge, self.member, challenge, rules.WHO_MANAGES)
        return challenge


class TermsFilters(filters.FilterSet):
    ordering = StableOrdering(fields=["number"])

    class Meta:
        model = TermsVersion
        fields: ClassVar[list[str]] = []


class TermsViewSet(VisibleRows):
    """The versions of the terms that a challenge can be given; for challenge managers."""

    queryset = TermsVersion.objects.none()
    serializer_class = TermsSerializer
    filterset_class = TermsFilters
    scopes: ClassVar[dict[str, Scope]] = {"*": Scope.MANAGE}

    def visible(self) -> QuerySet[TermsVersion]:
        refuse_unless(rules.create_challenge.test, self.member, None, _("Only challenge managers choose terms."))
        return TermsVersion.objects.order_by("-number")

    def list(self, request: Request) -> Response:
        return self.listed()


def _kept(challenges: QuerySet[Challenge], some: QuerySet[Challenge], wanted: bool) -> QuerySet[Challenge]:
    ids = some.values("pk")
    return challenges.filter(pk__in=ids) if wanted else challenges.exclude(pk__in=ids)


def _clauses_with_names() -> QuerySet[AudienceClause]:
    named = AudienceClause.objects.select_related("skill", "department", "location", "group", "member")
    return named.order_by("pk")


def _draft_parts(data: dict[str, Any]) -> dict[str, Any]:
    """Return the dates and the audience that a valid body holds, as the domain takes them."""
    parts: dict[str, Any] = {}
    if "phases" in data:
        spans = {PhaseKind(kind): span for kind, span in data["phases"].items()}
        parts["dates"] = {kind: (span["starts_at"], span["ends_at"]) if span else None for kind, span in spans.items()}
    if "audience" in data:
        parts["audience"] = choice_from(data["audience"])
    return parts


def _draft_fields(data: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name not in {"phases", "audience"}}


def _reasons(member: Member, challenges: list[Challenge]) -> dict[int, str]:
    """Return why the member is asked, by the id of the challenge."""
    standing = Invitation.objects.filter(challenge__in=challenges, member=member, withdrawn_at=None)
    found = {invitation.pk: invitation.challenge_id for invitation in standing}
    return {found[pk]: sentence for pk, sentence in why_asked_each(standing).items()}
