"""The files of an idea."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from crowdhub.api.base import VisibleRows
from crowdhub.api.comments import ideas_to_discuss
from crowdhub.api.fields import PersonSerializer, ViewerSerializer
from crowdhub.api.parameters import IDEA_ID, in_path
from crowdhub.api.parsers import FormParser
from crowdhub.api.reports import FileRenderer
from crowdhub.common.file_kinds import CONTENT_TYPES, FileKind
from crowdhub.common.http import refuse_unless
from ideas import rules
from ideas.domain.attaching import attach_file, remove_attachment
from ideas.models import Attachment, Idea
from ideas.queries import attachments_visible_to
from ideas.serving import attachment_response

ATTACHMENT_ID = in_path("attachment", "The attachment.")


class AttachmentSerializer(ViewerSerializer):
    """A file that belongs to an idea."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    kind = serializers.ChoiceField(FileKind.choices)
    content_type = serializers.CharField(help_text="Told from the file, never from what its sender claimed.")
    size = serializers.IntegerField(help_text="Bytes.")
    sha256 = serializers.CharField(help_text="Of what is stored: pictures lose their camera's notes.")
    uploader = serializers.SerializerMethodField()
    created_at = serializers.DateTimeField()

    @extend_schema_field(PersonSerializer)
    def get_uploader(self, attachment: Attachment) -> dict[str, Any]:
        return self.shown(attachment.uploader)


class AttachmentBody(serializers.Serializer[Any]):
    """A file; its name is that of the part of the form."""

    file = serializers.FileField(allow_empty_file=True)


@extend_schema(parameters=[IDEA_ID])
class AttachmentViewSet(VisibleRows):
    """The files of a visible idea, the oldest first."""

    queryset = Attachment.objects.none()
    serializer_class = AttachmentSerializer
    parser_classes = (FormParser,)
    lookup_url_kwarg = "attachment"

    @cached_property
    def idea(self) -> Idea:
        """The idea of the address; 404 unless the member may see it."""
        found: Idea = get_object_or_404(ideas_to_discuss(self.member), public_id=self.kwargs["id"])
        return found

    def visible(self) -> QuerySet[Attachment]:
        visible = attachments_visible_to(self.member).filter(idea=self.idea)
        return visible.select_related("uploader").order_by("created_at", "pk")

    def list(self, request: Request, id: str) -> Response:
        return self.listed()

    @extend_schema(
        request={"multipart/form-data": AttachmentBody},
        responses={201: AttachmentSerializer, 200: AttachmentSerializer},
    )
    def create(self, request: Request, id: str) -> Response:
        """Attach a file (201); the same bytes again change nothing (200)."""
        self._check_may_change()
        attached, is_new = attach_file(self.idea, file=self.checked(AttachmentBody)["file"], actor=self.member)
        return self.shown(attached, status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)

    @extend_schema(parameters=[ATTACHMENT_ID])
    def retrieve(self, request: Request, id: str, attachment: str) -> Response:
        return self.shown(self.get_object())

    @extend_schema(responses={204: None}, parameters=[ATTACHMENT_ID])
    def destroy(self, request: Request, id: str, attachment: str) -> Response:
        """Remove a file."""
        found = self.get_object()
        self._check_may_change()
        remove_attachment(found, actor=self.member)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(
        responses={(200, content_type): OpenApiTypes.BINARY for content_type in CONTENT_TYPES.values()},
        parameters=[ATTACHMENT_ID],
    )
    @action(detail=True, methods=["get"], url_path="file", renderer_classes=[FileRenderer])
    def file(self, request: Request, id: str, attachment: str) -> HttpResponseBase:
        """The file itself."""
        return attachment_response(request._request, self.get_object())

    def _check_may_change(self) -> None:
        refuse_unless(rules.open_editor, self.member, self.idea, rules.CANNOT_CHANGE)
