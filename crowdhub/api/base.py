"""What every view of the API shares."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import Http404
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView
from rest_framework.viewsets import GenericViewSet

from crowdhub.api.enums import Scope
from crowdhub.people.models import Member


def member_of(request: Request) -> Member:
    """Return who asks; the permission class has seen to it that there is somebody."""
    member = request.user
    assert isinstance(member, Member)  # noqa: S101  tells the type checker what SignedInWithScope has ensured
    return member


class VisibleRows(GenericViewSet):
    """Views on rows that a member can see: `visible()` is the permission, so anything else is a 404."""

    scopes: ClassVar[dict[str, Scope]] = {}
    http_method_names = ["get", "head", "post", "put", "patch", "delete"]
    lookup_field = "public_id"
    lookup_url_kwarg = "id"
    lookup_value_regex = "[a-z0-9]{1,10}"

    @property
    def member(self) -> Member:
        return member_of(self.request)

    def visible(self) -> QuerySet[Any]:
        """Return what the member may see."""
        raise NotImplementedError

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            # The schema asks for the model only, and has no tenant.
            nothing: QuerySet[Any] = type(self).__dict__["queryset"]
            return nothing
        return self.visible()

    def filter_queryset(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        """Filters and orders are for lists; one row is found by its id alone."""
        return queryset if self.detail else super().filter_queryset(queryset)

    def listed(self) -> Response:
        """Return one page of what is visible and was asked for."""
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset()))
        return self.get_paginated_response(self.get_serializer(page, many=True).data)

    def shown(self, row: Any, status_code: int = 200) -> Response:
        """Return one row."""
        return Response(self.get_serializer(row).data, status_code)

    def checked(self, body: type[Serializer[Any]]) -> dict[str, Any]:
        """Return the valid body of the request; raises ValidationError."""
        serializer = body(data=self.request.data, context=self.get_serializer_context())
        serializer.is_valid(raise_exception=True)
        data: dict[str, Any] = serializer.validated_data
        return data


class NotHere(APIView):
    """An address that the API does not have, for any method and anybody."""

    authentication_classes = ()
    permission_classes = ()
    throttle_classes = ()

    @extend_schema(exclude=True)
    def get(self, request: Request, path: str = "") -> Response:
        raise Http404

    post = put = patch = delete = head = options = get
