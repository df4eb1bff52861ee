"""Whom a challenge asks, as managers write and read it."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from challenges.domain.audience import AudienceChoice
from challenges.enums import ClauseKind
from challenges.models import AudienceClause, Challenge
from challenges.reach import Reach
from challenges.wording import reach_warnings
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


class DepartmentReachSerializer(serializers.Serializer[Any]):
    """How many of an audience are in a department."""

    name = serializers.CharField()
    count = serializers.IntegerField()


class CoverageSerializer(serializers.Serializer[Any]):
    """How many of an audience have a skill that is asked for, and how many answers that lets one expect."""

    skill = NamedSerializer(source="clause.skill")
    level = serializers.IntegerField(source="clause.min_level")
    holders = serializers.IntegerField()
    expected_answers = serializers.FloatField()
    is_thin = serializers.BooleanField()


class ReachWarningSerializer(serializers.Serializer[Any]):
    """Something to know before the launch: a code that stays the same, and the sentence that the page shows."""

    code = serializers.CharField()
    text = serializers.CharField()


class SampledPersonSerializer(serializers.Serializer[Any]):
    """One of those who would be asked."""

    person = PersonSerializer()
    department = serializers.CharField(allow_blank=True)


class ReachSerializer(ViewerSerializer):
    """Whom a draft would reach if it were launched now: the figures of the page on which its audience is chosen."""

    count = serializers.IntegerField()
    expected_answers = serializers.FloatField()
    departments = serializers.SerializerMethodField(help_text="The largest first; not those who are in none.")
    coverage = CoverageSerializer(many=True)
    asked_often_count = serializers.IntegerField(
        source="tired_count", help_text="Were invited twice or more in the past 30 days."
    )
    warnings = serializers.SerializerMethodField()
    sample = serializers.SerializerMethodField(help_text="Some of them, the same ones each time.")

    @extend_schema_field(DepartmentReachSerializer(many=True))
    def get_departments(self, reach: Reach) -> Any:
        return [{"name": name, "count": count} for name, count in reach.departments]

    @extend_schema_field(ReachWarningSerializer(many=True))
    def get_warnings(self, reach: Reach) -> Any:
        return ReachWarningSerializer(reach_warnings(reach), many=True).data

    @extend_schema_field(SampledPersonSerializer(many=True))
    def get_sample(self, reach: Reach) -> Any:
        return [{"person": self.shown(person), "department": department} for person, department in reach.sample]
