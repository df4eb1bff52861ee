"""People, their skills, and who is asking."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from crowdhub.api.base import VisibleRows, member_of
from crowdhub.api.enums import Scope
from crowdhub.api.fields import NamedSerializer, PersonSerializer, ViewerSerializer
from crowdhub.api.filters import PublicIdFilter, StableOrdering
from crowdhub.api.models import PersonalToken
from crowdhub.api.skill_levels import SkillLevelBody, skills_named
from crowdhub.common.http import refuse_unless
from crowdhub.people.domain.skills import MAX_SKILLS, remove_skill, state_skill
from crowdhub.people.enums import Kind, Role, SkillSource
from crowdhub.people.models import Member, Skill
from crowdhub.people.names import shown_name
from crowdhub.people.queries import directory_of, people_found, people_visible_to, skills_of
from crowdhub.people.rules import open_directory, see_account, see_roles_of, see_skills


class HeldSkillSerializer(serializers.Serializer[Any]):
    """What somebody can do, and how that is known; `claimed_level` is their own word above the confirmed level."""

    skill = NamedSerializer()
    level = serializers.IntegerField()
    claimed_level = serializers.IntegerField(allow_null=True)
    source = serializers.ChoiceField(SkillSource.choices)  # type: ignore[assignment]  # the metaclass takes declared fields off the class
    is_confirmed = serializers.BooleanField()
    updated_at = serializers.DateTimeField()


class MemberListSerializer(ViewerSerializer):
    """A colleague. What the reader may not know is null."""

    id = serializers.CharField(source="public_id")
    name = serializers.SerializerMethodField()
    kind = serializers.ChoiceField(Kind.choices)
    department = NamedSerializer(allow_null=True)
    location = NamedSerializer(allow_null=True)
    email = serializers.SerializerMethodField()
    is_active = serializers.SerializerMethodField()
    joined_on = serializers.SerializerMethodField()

    def get_name(self, person: Member) -> str:
        return shown_name(person, viewer=self.viewer)

    @extend_schema_field(serializers.EmailField(allow_null=True))
    def get_email(self, person: Member) -> str | None:
        return person.email if self.sees_more(person) else None

    @extend_schema_field(serializers.BooleanField(allow_null=True))
    def get_is_active(self, person: Member) -> bool | None:
        return person.is_active if self.sees_more(person) else None

    @extend_schema_field(serializers.DateField(allow_null=True))
    def get_joined_on(self, person: Member) -> str | None:
        return person.joined_on.isoformat() if self.sees_more(person) else None

    def sees_more(self, person: Member) -> bool:
        """Whether the directory tells the reader about that person, or the reader is that person."""
        return bool(see_account(self.viewer, person)) or person.pk == self.viewer.pk


class MemberSerializer(MemberListSerializer):
    """A person's page."""

    manager = serializers.SerializerMethodField()
    roles = serializers.SerializerMethodField()
    skills = serializers.SerializerMethodField()

    @extend_schema_field(PersonSerializer(allow_null=True))
    def get_manager(self, person: Member) -> dict[str, Any] | None:
        return self.shown(person.manager) if person.manager_id and self.sees_more(person) else None

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(Role.choices), allow_null=True))
    def get_roles(self, person: Member) -> list[str] | None:
        return sorted(person.roles) if see_roles_of(self.viewer, person) else None

    @extend_schema_field(HeldSkillSerializer(many=True, allow_null=True))
    def get_skills(self, person: Member) -> Any:
        if not see_skills(self.viewer, person):
            return None
        return HeldSkillSerializer(skills_of(person), many=True).data


class MeSerializer(MemberSerializer):
    """Who is asking, and what the request's token may do."""

    language = serializers.CharField()
    timezone = serializers.CharField()
    scopes = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.ChoiceField(Scope.choices)))
    def get_scopes(self, person: Member) -> list[str]:
        token = self.context["request"].auth
        return list(token.scopes) if isinstance(token, PersonalToken) else list(Scope.values)


class MemberFilters(filters.FilterSet):
    search = filters.CharFilter(method="keep_found", max_length=100, label="Words of the name or the e-mail address")
    department = PublicIdFilter("department")
    location = PublicIdFilter("location")
    kind = filters.ChoiceFilter(choices=Kind.choices)
    is_active = filters.BooleanFilter()
    ordering = StableOrdering(fields=["name", "joined_on"])

    class Meta:
        model = Member
        fields: ClassVar[list[str]] = []

    def keep_found(self, people: QuerySet[Member], name: str, words: str) -> QuerySet[Member]:
        return people.filter(pk__in=people_found(words).values("pk"))


class MemberViewSet(VisibleRows):
    """Colleagues."""

    queryset = Member.objects.none()
    serializer_class = MemberSerializer
    filterset_class = MemberFilters

    def visible(self) -> QuerySet[Member]:
        return people_visible_to(self.member).order_by("name", "pk")

    @extend_schema(responses=MemberListSerializer(many=True))
    def list(self, request: Request) -> Response:
        """The directory; for administrators, HR and auditors. Whoever administers departments gets the people there."""
        reason = _("The directory is for administrators, HR and auditors.")
        refuse_unless(open_directory.test, self.member, None, reason)
        people = self.get_queryset().filter(pk__in=directory_of(self.member).values("pk"))
        page = self.paginate_queryset(self.filter_queryset(people))
        serializer = MemberListSerializer(page, many=True, context=self.get_serializer_context())
        return self.get_paginated_response(serializer.data)

    def retrieve(self, request: Request, id: str) -> Response:
        return self.shown(self.get_object())


class SkillSerializer(serializers.Serializer[Any]):
    """Something that people can do, and that a challenge can ask for."""

    id = serializers.CharField(source="public_id")
    name = serializers.CharField()
    description = serializers.CharField(allow_blank=True)


class SkillFilters(filters.FilterSet):
    search = filters.CharFilter(field_name="name", lookup_expr="icontains", max_length=100)
    ordering = StableOrdering(fields=["name"])

    class Meta:
        model = Skill
        fields: ClassVar[list[str]] = []


class SkillViewSet(VisibleRows):
    """The skills that the organization knows."""

    queryset = Skill.objects.none()
    serializer_class = SkillSerializer
    filterset_class = SkillFilters

    def visible(self) -> QuerySet[Skill]:
        return Skill.objects.order_by(Lower("name"), "pk")

    def list(self, request: Request) -> Response:
        return self.listed()

    def retrieve(self, request: Request, id: str) -> Response:
        return self.shown(self.get_object())


class MeView(APIView):
    """Who is asking."""

    @extend_schema(operation_id="me_retrieve", responses=MeSerializer)
    def get(self, request: Request) -> Response:
        member = people_visible_to(member_of(request)).get(pk=member_of(request).pk)
        return Response(MeSerializer(member, context={"request": request}).data)


class MySkillsView(APIView):
    """What the member says they can do."""

    @extend_schema(operation_id="me_skills_list", responses=HeldSkillSerializer(many=True))
    def get(self, request: Request) -> Response:
        return self._mine(request)

    @extend_schema(
        operation_id="me_skills_replace", request=SkillLevelBody(many=True), responses=HeldSkillSerializer(many=True)
    )
    def put(self, request: Request) -> Response:
        """Replace the list: levels above a confirmed one are one's own word, and what is left out is taken off."""
        body = MySkillsBody(data={"skills": request.data})
        body.is_valid(raise_exception=True)
        member = member_of(request)
        wanted = dict(skills_named(body.validated_data["skills"]))
        with transaction.atomic():
            for held in skills_of(member):
                if held.skill not in wanted:
                    remove_skill(member, held.skill)
            for skill, level in wanted.items():
                state_skill(member, skill, level)
        return self._mine(request)

    def _mine(self, request: Request) -> Response:
        return Response(HeldSkillSerializer(skills_of(member_of(request)), many=True).data)


class MySkillsBody(serializers.Serializer[Any]):
    """The whole list; at most as long as the domain lets it be."""

    skills = serializers.ListField(child=SkillLevelBody(), max_length=MAX_SKILLS)
