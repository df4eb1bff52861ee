"""Whom a challenge asks, as managers write and read it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from challenges.domain.audience import AudienceChoice
from challenges.enums import ClauseKind
from challenges.models import AudienceClause, Challenge
from crowdhub.api.fields import NamedSerializer, PersonSerializer, References, ViewerSerializer
from crowdhub.api.skill_levels import SkillLevelBody, skills_named
from crowdhub.people.models import Department, Group, Location, Member

MOST_SKILLS = 60
MOST_NAMES = 500


def _people(member: Member) -> QuerySet[Member]:
    """Return everyone whom a manager can add or leave out by name."""
    return Member.objects.filter(is_active=True, erased_at=None)


class AudienceBody(serializers.Serializer[Any]):
    """Alternatives within each list; whoever is asked meets one of every list that is not empty.

    Departments include those below them, and count as one list with locations. `included` and `excluded` name people.
    """

    everyone = serializers.BooleanField(default=False)
    skills = serializers.ListField(child=SkillLevelBody(), default=list, max_length=MOST_SKILLS)
    departments = References(lambda member: Department.objects.all(), default=list)
    locations = References(lambda member: Location.objects.all(), default=list)
    groups = References(lambda member: Group.objects.all(), default=list)
    included = References(_people, default=list, max_length=MOST_NAMES)
    excluded = References(_people, default=list, max_length=MOST_NAMES)

    def validate_skills(self, chosen: list[dict[str, Any]]) -> list[Any]:
        return skills_named(chosen)


def choice_from(data: dict[str, Any]) -> AudienceChoice:
    """Return the choice that a valid body makes."""
    lists = {name: tuple(value) for name, value in data.items() if name != "everyone"}
    return AudienceChoice(everyone=data["everyone"], **lists)


class AskedSkillSerializer(serializers.Serializer[Any]):
    """A skill that is asked for, with the lowest level that is enough."""

    skill = NamedSerializer()
    level = serializers.IntegerField(source="min_level")


class AudienceSerializer(ViewerSerializer):
    """Whom a challenge asks."""

    everyone = serializers.BooleanField()
    skills = serializers.SerializerMethodField()
    departments = serializers.SerializerMethodField()
    locations = serializers.SerializerMethodField()
    groups = serializers.SerializerMethodField()
    included = serializers.SerializerMethodField()
    excluded = serializers.SerializerMethodField()

    @extend_schema_field(AskedSkillSerializer(many=True))
    def get_skills(self, challenge: Challenge) -> Any:
        return AskedSkillSerializer(self._clauses(challenge, ClauseKind.SKILL), many=True).data

    @extend_schema_field(NamedSerializer(many=True))
    def get_departments(self, challenge: Challenge) -> Any:
        return self._named(challenge, ClauseKind.DEPARTMENT)

    @extend_schema_field(NamedSerializer(many=True))
    def get_locations(self, challenge: Challenge) -> Any:
        return self._named(challenge, ClauseKind.LOCATION)

    @extend_schema_field(NamedSerializer(many=True))
    def get_groups(self, challenge: Challenge) -> Any:
        return self._named(challenge, ClauseKind.GROUP)

    @extend_schema_field(PersonSerializer(many=True))
    def get_included(self, challenge: Challenge) -> Any:
        return [self.shown(clause.member) for clause in self._clauses(challenge, ClauseKind.INCLUDE)]

    @extend_schema_field(PersonSerializer(many=True))
    def get_excluded(self, challenge: Challenge) -> Any:
        return [self.shown(clause.member) for clause in self._clauses(challenge, ClauseKind.EXCLUDE)]

    def _named(self, challenge: Challenge, kind: ClauseKind) -> Any:
        return NamedSerializer([getattr(one, kind.value) for one in self._clauses(challenge, kind)], many=True).data

    def _clauses(self, challenge: Challenge, kind: ClauseKind) -> list[AudienceClause]:
        """Return the prefetched clauses of one kind."""
        return [clause for clause in challenge.audience.all() if clause.kind == kind]
