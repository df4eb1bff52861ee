"""What people belong to: the names that audiences and filters are made of."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from challenges.rules import create_challenge
from crowdhub.api.base import VisibleRows
from crowdhub.api.fields import NamedSerializer, id_of
from crowdhub.common.http import refuse_unless
from crowdhub.people.models import Department, Group, Location
from crowdhub.people.rules import see_directory


class DepartmentSerializer(NamedSerializer):
    """A department, and the one above it."""

    parent = serializers.SerializerMethodField()  # type: ignore[assignment]  # the metaclass takes it off the class

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_parent(self, department: Department) -> str | None:
        return id_of(department.parent)


class NameFilters(filters.FilterSet):
    search = filters.CharFilter(field_name="name", lookup_expr="icontains", max_length=100)


class NamedRows(VisibleRows):
    """For those who aim challenges or keep the directory."""

    serializer_class: type[serializers.Serializer[Any]] = NamedSerializer
    filterset_class = NameFilters

    def visible(self) -> QuerySet[Any]:
        reason = _("This list is for challenge managers and for those who keep the directory.")
        refuse_unless((create_challenge | see_directory).test, self.member, None, reason)
        return self.rows().order_by(Lower("name"), "pk")

    def rows(self) -> QuerySet[Any]:
        """Return what there is in the organization."""
        raise NotImplementedError

    def list(self, request: Request) -> Response:
        return self.listed()


class DepartmentViewSet(NamedRows):
    queryset = Department.objects.none()
    serializer_class = DepartmentSerializer

    def rows(self) -> QuerySet[Department]:
        return Department.objects.select_related("parent")


class LocationViewSet(NamedRows):
    queryset = Location.objects.none()

    def rows(self) -> QuerySet[Location]:
        return Location.objects.all()


class GroupViewSet(NamedRows):
    queryset = Group.objects.none()

    def rows(self) -> QuerySet[Group]:
        return Group.objects.all()
