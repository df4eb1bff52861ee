"""Exports of reports: asked for, watched and taken away by HR; on record for auditors."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpResponse
from django_filters import rest_framework as filters
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, status
from rest_framework.decorators import action
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from crowdhub.api.base import VisibleRows
from crowdhub.api.enums import Scope
from crowdhub.api.fields import PersonSerializer, ViewerSerializer
from crowdhub.api.filters import StableOrdering
from crowdhub.common.http import refuse_unless
from crowdhub.reports import rules
from crowdhub.reports.domain.exports import download_export, request_export
from crowdhub.reports.enums import ExportFormat, ExportKind, ExportState
from crowdhub.reports.files import CONTENT_TYPES
from crowdhub.reports.models import Export
from crowdhub.reports.queries import downloads_of, exports_on_record


class DownloadSerializer(serializers.Serializer[Any]):
    """That somebody took the file."""

    person = PersonSerializer()
    at = serializers.DateTimeField()


class ExportSerializer(ViewerSerializer):
    """A report that somebody asked for, and who took it."""

    id = serializers.CharField(source="public_id")
    kind = serializers.ChoiceField(ExportKind.choices)
    file_format = serializers.ChoiceField(ExportFormat.choices)
    first_month = serializers.DateField()
    last_month = serializers.DateField()
    requested_by = serializers.SerializerMethodField()
    requested_at = serializers.DateTimeField()
    state = serializers.ChoiceField(ExportState.choices)
    progress = serializers.IntegerField(help_text="Per cent.")
    finished_at = serializers.DateTimeField(allow_null=True)
    error = serializers.CharField(allow_blank=True)
    file_name = serializers.CharField(allow_blank=True)
    downloads = serializers.SerializerMethodField()

    @extend_schema_field(PersonSerializer)
    def get_requested_by(self, export: Export) -> dict[str, Any]:
        return self.shown(export.requested_by)

    @extend_schema_field(DownloadSerializer(many=True))
    def get_downloads(self, export: Export) -> Any:
        events = self.context["downloads"].get(export.pk, [])
        rows = [{"person": self.shown(event.actor), "at": event.occurred_at} for event in events]
        return DownloadSerializer(rows, many=True).data


class ExportBody(serializers.Serializer[Any]):
    """A report about full calendar months; any day of a month stands for it."""

    kind = serializers.ChoiceField(ExportKind.choices, default=ExportKind.ENGAGEMENT)
    file_format = serializers.ChoiceField(ExportFormat.choices, default=ExportFormat.XLSX)
    first_month = serializers.DateField()
    last_month = serializers.DateField()


class ExportFilters(filters.FilterSet):
    state = filters.ChoiceFilter(choices=ExportState.choices)
    ordering = StableOrdering(fields=["requested_at"])

    class Meta:
        model = Export
        fields: ClassVar[list[str]] = []


class FileRenderer(JSONRenderer):
    """Whatever the client accepts: the answer is a file."""

    media_type = "*/*"
    format = "file"


class ExportViewSet(VisibleRows):
    """The log of exports, for HR and auditors; the figures are for HR alone."""

    queryset = Export.objects.none()
    serializer_class = ExportSerializer
    filterset_class = ExportFilters
    scopes: ClassVar[dict[str, Scope]] = {"*": Scope.EXPORT}

    def visible(self) -> QuerySet[Export]:
        refuse_unless(rules.see_export_log, self.member, None, rules.LOG_READERS_ONLY)
        return exports_on_record()

    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response(self._serializer(page, many=True).data)

    def retrieve(self, request: Request, id: str) -> Response:
        return Response(self._serializer(self.get_object()).data)

    @extend_schema(request=ExportBody, responses={202: ExportSerializer})
    def create(self, request: Request) -> Response:
        """Ask for a report; a worker makes it. The same request while one is running returns that one."""
        refuse_unless(rules.request_export.test, self.member, None, rules.HR_ONLY)
        export = request_export(actor=self.member, **self.checked(ExportBody))
        return Response(self._serializer(export).data, status.HTTP_202_ACCEPTED)

    @extend_schema(responses={(200, content_type): OpenApiTypes.BINARY for content_type in CONTENT_TYPES.values()})
    @action(detail=True, methods=["get"], url_path="file", renderer_classes=[FileRenderer])
    def file(self, request: Request, id: str) -> HttpResponse:
        """The file; that it was taken is put on record. A conflict (409) while it is not finished."""
        export = self.get_object()
        refuse_unless(rules.see_figures.test, self.member, None, rules.HR_ONLY)
        content = download_export(export, actor=self.member)
        response = HttpResponse(content, content_type=CONTENT_TYPES[ExportFormat(export.file_format)])
        response.headers["Content-Disposition"] = f'attachment; filename="{export.file_name}"'
        response.headers["Cache-Control"] = "no-store"
        return response

    def _serializer(self, shown: Any, *, many: bool = False) -> Any:
        """Return a serializer that knows who took the files."""
        downloads = downloads_of(shown if many else [shown])
        context = {**self.get_serializer_context(), "downloads": downloads}
        return ExportSerializer(shown, many=many, context=context)
