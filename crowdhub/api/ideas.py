"""Ideas, from the draft to the answer, with votes and follows."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID, uuid4

from django.conf import settings
from django.db.models import Count, Exists, IntegerField, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from challenges.models import Challenge
from challenges.queries import challenges_visible_to
from challenges.rules import WHO_IS_ASKED, counts_are_public, takes_part
from crowdhub.api.base import VisibleRows
from crowdhub.api.enums import Scope
from crowdhub.api.fields import PersonSerializer, Reference, Text, ViewerSerializer
from crowdhub.api.filters import PublicIdFilter, StableOrdering
from crowdhub.common.http import refuse_unless
from crowdhub.common.text import MAX_TEXT_LENGTH
from crowdhub.people.models import Member
from ideas import rules
from ideas.domain import answering, voting, writing
from ideas.domain.exposure import note_exposure
from ideas.drafts import as_read_by
from ideas.enums import ContributorPart, IdeaState, Outcome
from ideas.models import Answer, Contributor, Follow, Idea, Vote
from ideas.queries import ideas_of, ideas_visible_to
from ideas.wording import why_not_to_vote


class ContributorSerializer(ViewerSerializer):
    """Who wrote an idea, and their part in it."""

    person = serializers.SerializerMethodField()
    part = serializers.ChoiceField(ContributorPart.choices)

    @extend_schema_field(PersonSerializer)
    def get_person(self, contributor: Contributor) -> dict[str, Any]:
        return self.shown(contributor.member)


class AnswerSerializer(ViewerSerializer):
    """What the organization decided about an idea, and why."""

    outcome = serializers.ChoiceField(Outcome.choices)
    reasons = serializers.CharField()
    reasons_html = serializers.CharField()
    author = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()

    @extend_schema_field(PersonSerializer)
    def get_author(self, answer: Answer) -> dict[str, Any]:
        return self.shown(answer.author)


class ChallengeReferenceSerializer(serializers.Serializer[Any]):
    """The challenge that an idea answers."""

    id = serializers.CharField(source="public_id")
    title = serializers.CharField()


class IdeaListSerializer(serializers.Serializer[Any]):
    """An idea without its text."""

    id = serializers.CharField(source="public_id")
    challenge = ChallengeReferenceSerializer()
    state = serializers.ChoiceField(IdeaState.choices)
    title = serializers.CharField(allow_blank=True)
    language = serializers.CharField()
    contributors = ContributorSerializer(many=True)
    revision_number = serializers.IntegerField(help_text="How many times it was handed in or revised.")
    version = serializers.IntegerField(help_text="Send it with a change to refuse overwriting.")
    created_at = serializers.DateTimeField()
    saved_at = serializers.DateTimeField()
    submitted_at = serializers.DateTimeField(allow_null=True)
    published_at = serializers.DateTimeField(allow_null=True)
    answer_due_at = serializers.DateTimeField(allow_null=True)
    answered_at = serializers.DateTimeField(allow_null=True)
    outcome = serializers.SerializerMethodField(help_text="The latest answer's.")
    vote_count = serializers.SerializerMethodField(help_text="Null until voting has closed.")
    my_vote = serializers.BooleanField()
    following = serializers.BooleanField()

    def to_representation(self, idea: Idea) -> dict[str, Any]:
        return super().to_representation(as_read_by(self.context["request"].user, idea))

    @extend_schema_field(serializers.ChoiceField(Outcome.choices, allow_null=True))
    def get_outcome(self, idea: Idea) -> str | None:
        answers = list(idea.answers.all())
        return answers[-1].outcome if answers else None

    def get_vote_count(self, idea: Any) -> int | None:
        return vote_count_of(idea)


class IdeaSerializer(IdeaListSerializer):
    """An idea with its text and its answers, the first one first."""

    body = serializers.CharField(allow_blank=True, help_text="Markdown.")
    body_html = serializers.CharField(allow_blank=True)
    answers = AnswerSerializer(many=True)


def challenges_to_answer(member: Member) -> QuerySet[Challenge]:
    """Return the visible challenges with what the rule about writing asks of them."""
    return challenges_visible_to(member).prefetch_related("phases")


class IdeaBody(serializers.Serializer[Any]):
    """A new idea. Sending the same `client_uuid` again saves the same draft."""

    challenge = Reference(challenges_to_answer)
    title = Text(max_length=writing.MAX_TITLE_LENGTH, default="", allow_blank=True)
    body = Text(max_length=MAX_TEXT_LENGTH, default="", allow_blank=True)
    language = serializers.ChoiceField(settings.LANGUAGES, required=False)
    client_uuid = serializers.UUIDField(required=False)


class IdeaChanges(serializers.Serializer[Any]):
    """What an idea is to say; what is left out stays as it is."""

    title = Text(max_length=writing.MAX_TITLE_LENGTH, required=False, allow_blank=True)
    body = Text(max_length=MAX_TEXT_LENGTH, required=False, allow_blank=True)
    language = serializers.ChoiceField(settings.LANGUAGES, required=False)
    version = serializers.IntegerField(min_value=0, required=False)


class AnswerBody(serializers.Serializer[Any]):
    """A decision about an idea, with its reasons in Markdown."""

    outcome = serializers.ChoiceField(Outcome.choices)
    reasons = Text(max_length=MAX_TEXT_LENGTH)


class IdeaFilters(filters.FilterSet):
    challenge = PublicIdFilter("challenge")
    state = filters.ChoiceFilter(choices=IdeaState.choices)
    mine = filters.BooleanFilter(method="keep_mine", label="Only those that I contribute to")
    ordering = StableOrdering(
        fields={
            "created_at": "created_at",
            "saved_at": "saved_at",
            "published_at": "published_at",
            "answer_due_at": "answer_due_at",
            "title": "title",
            "all_votes": "vote_count",
        },
        help_text="vote_count only together with a challenge in which voting has closed.",
    )

    class Meta:
        model = Idea
        fields: ClassVar[list[str]] = []

    def keep_mine(self, ideas: QuerySet[Idea], name: str, wanted: bool) -> QuerySet[Idea]:
        own = ideas_of(self.request.user).values("pk")
        return ideas.filter(pk__in=own) if wanted else ideas.exclude(pk__in=own)

    def filter_queryset(self, queryset: QuerySet[Idea]) -> QuerySet[Idea]:
        wanted = self.form.cleaned_data
        if any("vote_count" in name for name in wanted["ordering"] or []):
            self._refuse_hidden_order(wanted["challenge"])
        found: QuerySet[Idea] = super().filter_queryset(queryset)
        return found

    def _refuse_hidden_order(self, public_id: str) -> None:
        """An order by votes would tell the counts that are hidden."""
        visible = challenges_visible_to(self.request.user).prefetch_related("phases")
        challenge = visible.filter(public_id=public_id).first()
        if challenge is None or not counts_are_public(challenge):
            message = _("Ideas can be ordered by votes only within a challenge in which voting has closed.")
            raise serializers.ValidationError({"ordering": [message]})


class IdeaViewSet(VisibleRows):
    """Published ideas within reach, one's own, and for moderators and managers what was handed in."""

    queryset = Idea.objects.none()
    serializer_class = IdeaSerializer
    filterset_class = IdeaFilters
    scopes: ClassVar[dict[str, Scope]] = {"answer": Scope.MANAGE}

    def visible(self) -> QuerySet[Idea]:
        return with_lists(ideas_visible_to(self.member), self.member).order_by("-created_at", "-pk")

    @extend_schema(responses=IdeaListSerializer(many=True))
    def list(self, request: Request) -> Response:
        ideas = self.filter_queryset(self.get_queryset()).defer("body", "body_html")
        page = self.paginate_queryset(ideas)
        serializer = IdeaListSerializer(page, many=True, context=self.get_serializer_context())
        return self.get_paginated_response(serializer.data)

    def retrieve(self, request: Request, id: str) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=IdeaBody, responses={201: IdeaSerializer})
    def create(self, request: Request) -> Response:
        """Save a new draft."""
        data = self.checked(IdeaBody)
        challenge = data["challenge"]
        if self._has_begun(challenge, data.get("client_uuid")):
            refuse_unless(takes_part, self.member, challenge, WHO_IS_ASKED)
        else:
            refuse_unless(rules.write_idea, self.member, challenge, rules.CANNOT_WRITE)
        idea = writing.save_draft(
            challenge,
            actor=self.member,
            title=data["title"],
            body=data["body"],
            language=data.get("language", challenge.language),
            client_uuid=data.get("client_uuid") or uuid4(),
        )
        return self.again(idea, status.HTTP_201_CREATED)

    @extend_schema(request=IdeaChanges, responses=IdeaSerializer)
    def partial_update(self, request: Request, id: str) -> Response:
        """Save a draft, or revise a published idea."""
        idea = as_read_by(self.member, self.get_object())
        refuse_unless(rules.open_editor, self.member, idea, rules.CANNOT_CHANGE)
        sent = self.checked(IdeaChanges)
        known = sent.pop("version", None)
        change = writing.revise_idea if idea.state == IdeaState.PUBLISHED else writing.save_text
        return self.again(change(idea, actor=self.member, known_version=known, **sent))

    @extend_schema(request=None, responses=IdeaSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, id: str) -> Response:
        """Hand in a draft, or the idea again after changes were asked for."""
        idea = self.get_object()
        refuse_unless(rules.submit_idea, self.member, idea, rules.CANNOT_SUBMIT)
        return self.again(writing.submit_idea(idea, actor=self.member))

    @extend_schema(request=None, responses=IdeaSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, id: str) -> Response:
        """Take an idea back that has not been answered."""
        idea = self.get_object()
        refuse_unless(rules.withdraw_idea, self.member, idea, rules.CANNOT_WITHDRAW)
        return self.again(writing.withdraw_idea(idea, actor=self.member))

    @extend_schema(request=AnswerBody, responses={201: AnswerSerializer})
    @action(detail=True, methods=["post"])
    def answer(self, request: Request, id: str) -> Response:
        """Decide about an idea, with reasons; for managers of its challenge."""
        idea = self.get_object()
        refuse_unless(rules.answer_idea, self.member, idea, str(answering.why_not_to_answer(idea, self.member) or ""))
        given = answering.answer_idea(idea, actor=self.member, **self.checked(AnswerBody))
        serializer = AnswerSerializer(given, context=self.get_serializer_context())
        return Response(serializer.data, status.HTTP_201_CREATED)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["put"], url_path="vote")
    def vote(self, request: Request, id: str) -> Response:
        """Vote for an idea; a second time changes nothing."""
        idea = self._votable()
        note_exposure(idea, self.member)
        voting.cast_vote(idea, actor=self.member)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses={204: None})
    @vote.mapping.delete
    def withdraw_vote(self, request: Request, id: str) -> Response:
        """Take one's vote back while voting is open."""
        voting.withdraw_vote(self._votable(), actor=self.member)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["put"], url_path="follow")
    def follow(self, request: Request, id: str) -> Response:
        """Hear what happens to a published idea."""
        idea = self.get_object()
        refuse_unless(rules.follow_idea, self.member, idea, rules.CANNOT_FOLLOW)
        voting.follow_idea(idea, actor=self.member)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses={204: None})
    @follow.mapping.delete
    def unfollow(self, request: Request, id: str) -> Response:
        """Stop following an idea."""
        voting.unfollow_idea(self.get_object(), actor=self.member)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _has_begun(self, challenge: Challenge, client_uuid: UUID | None) -> bool:
        if client_uuid is None:
            return False
        return ideas_of(self.member).filter(challenge=challenge, client_uuid=client_uuid).exists()

    def _votable(self) -> Idea:
        idea: Any = self.get_object()
        idea.vote_count = vote_count_of(idea)
        refuse_unless(rules.vote_on_idea, self.member, idea, why_not_to_vote(self.member, idea))
        found: Idea = idea
        return found

    def again(self, idea: Idea, status_code: int = status.HTTP_200_OK) -> Response:
        """Return the idea as it is now, with its lists."""
        return self.shown(with_lists(ideas_of(self.member), self.member).get(pk=idea.pk), status_code)


def with_lists(ideas: QuerySet[Idea], member: Member) -> QuerySet[Idea]:
    """Bring along what the serializers and the rules ask of ideas, in six queries whatever their number."""
    votes = Vote.objects.filter(idea=OuterRef("pk"))
    counted = votes.order_by().values("idea").annotate(count=Count("pk")).values("count")
    return (
        ideas.select_related("challenge")
        .annotate(
            all_votes=Coalesce(Subquery(counted, output_field=IntegerField()), 0),
            my_vote=Exists(votes.filter(member=member)),
            following=Exists(Follow.objects.filter(idea=OuterRef("pk"), member=member)),
        )
        .prefetch_related(
            "challenge__phases",
            "challenge__managers",
            Prefetch("contributors", Contributor.objects.select_related("member").order_by("pk")),
            Prefetch("answers", Answer.objects.select_related("author").order_by("created_at", "pk")),
        )
    )


def vote_count_of(idea: Any) -> int | None:
    """Return the votes of an idea that came from `with_lists`, or None while nobody may know."""
    return idea.all_votes if counts_are_public(idea.challenge) else None
