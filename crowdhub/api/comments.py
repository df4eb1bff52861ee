"""Comments on ideas."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crowdhub.api.base import VisibleRows
from crowdhub.api.fields import NOTHING_THERE, PersonSerializer, PublicId, Reference, Text, ViewerSerializer, id_of
from crowdhub.api.filters import PersonFilter, PublicIdFilter, StableOrdering
from crowdhub.common.http import refuse_unless
from crowdhub.people.models import Member
from ideas import rules
from ideas.domain import discussion
from ideas.enums import CommentState
from ideas.models import Comment, Idea
from ideas.queries import comments_visible_to, ideas_visible_to


class CommentSerializer(ViewerSerializer):
    """A remark on an idea, or on another remark."""

    id = serializers.CharField(source="public_id")
    idea = serializers.CharField(source="idea.public_id")
    parent = serializers.SerializerMethodField()  # type: ignore[assignment]  # the metaclass takes declared fields off the class
    author = serializers.SerializerMethodField()
    body = serializers.CharField(help_text="Markdown.")
    body_html = serializers.CharField()
    language = serializers.CharField()
    state = serializers.ChoiceField(CommentState.choices)
    is_helpful = serializers.BooleanField()
    created_at = serializers.DateTimeField()
    edited_at = serializers.DateTimeField(allow_null=True)

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_parent(self, comment: Comment) -> str | None:
        return id_of(comment.parent)

    @extend_schema_field(PersonSerializer)
    def get_author(self, comment: Comment) -> dict[str, Any]:
        return self.shown(comment.author)


def ideas_to_discuss(member: Member) -> QuerySet[Idea]:
    """Return the visible ideas with what the rule about commenting asks of them."""
    return (
        ideas_visible_to(member)
        .select_related("challenge")
        .prefetch_related("contributors", "challenge__phases", "challenge__managers")
    )


class CommentBody(serializers.Serializer[Any]):
    """A new comment; `parent` is the comment of the same idea that it answers."""

    idea = Reference(ideas_to_discuss)
    parent = PublicId(required=False, allow_null=True, default=None)  # type: ignore[assignment]  # the metaclass takes declared fields off the class
    body = Text(max_length=discussion.MAX_COMMENT_LENGTH)


class CommentChanges(serializers.Serializer[Any]):
    """What a comment is to say."""

    body = Text(max_length=discussion.MAX_COMMENT_LENGTH)


class CommentFilters(filters.FilterSet):
    idea = PublicIdFilter("idea")
    author = PersonFilter("author")
    is_helpful = filters.BooleanFilter()
    ordering = StableOrdering(fields=["created_at"])

    class Meta:
        model = Comment
        fields: ClassVar[list[str]] = []


class CommentViewSet(VisibleRows):
    """Comments on visible ideas; a hidden one is there for its author, moderators and auditors."""

    queryset = Comment.objects.none()
    serializer_class = CommentSerializer
    filterset_class = CommentFilters

    def visible(self) -> QuerySet[Comment]:
        comments = comments_visible_to(self.member).select_related("idea__challenge", "author", "parent")
        if self.action != "list":
            comments = comments.prefetch_related("idea__contributors")
        return comments.order_by("created_at", "pk")

    def list(self, request: Request) -> Response:
        return self.listed()

    def retrieve(self, request: Request, id: str) -> Response:
        return self.shown(self.get_object())

    @extend_schema(request=CommentBody, responses={201: CommentSerializer})
    def create(self, request: Request) -> Response:
        """Comment on a published idea; the same words twice within a minute are one comment."""
        data = self.checked(CommentBody)
        idea = data["idea"]
        refuse_unless(rules.comment_on_idea, self.member, idea, rules.CANNOT_COMMENT)
        posted = discussion.post_comment(
            idea,
            actor=self.member,
            body=data["body"],
            parent=self._parent(idea, data["parent"]),
            language=self.member.language,
        )
        return self.shown(posted, status.HTTP_201_CREATED)

    @extend_schema(request=CommentChanges, responses=CommentSerializer)
    def partial_update(self, request: Request, id: str) -> Response:
        """Change one's own visible comment."""
        comment = self.get_object()
        refuse_unless(rules.edit_comment, self.member, comment, rules.WHO_EDITS_COMMENT)
        data = self.checked(CommentChanges)
        return self.shown(discussion.edit_comment(comment, actor=self.member, body=data["body"]))

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["put"], url_path="helpful")
    def helpful(self, request: Request, id: str) -> Response:
        """Say that someone else's comment on one's own idea helped."""
        discussion.mark_helpful(self._markable(), actor=self.member)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses={204: None})
    @helpful.mapping.delete
    def not_helpful(self, request: Request, id: str) -> Response:
        """Take that back."""
        discussion.unmark_helpful(self._markable(), actor=self.member)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _markable(self) -> Comment:
        comment: Comment = self.get_object()
        refuse_unless(rules.mark_helpful, self.member, comment, rules.WHO_MARKS_HELPFUL)
        return comment

    def _parent(self, idea: Idea, public_id: str | None) -> Comment | None:
        if public_id is None:
            return None
        parent: Comment | None = comments_visible_to(self.member).filter(idea=idea, public_id=public_id).first()
        if parent is None:
            raise serializers.ValidationError({"parent": [NOTHING_THERE]})
        return parent
