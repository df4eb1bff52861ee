"""A skill with a level, as it comes in bodies and goes out of profiles and audiences."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from crowdhub.api.fields import PublicId, rows_with
from crowdhub.people.enums import SkillLevel
from crowdhub.people.models import Skill


class SkillLevelBody(serializers.Serializer[Any]):
    """A skill by its id, and a level from 1 (beginner) to 5 (expert)."""

    skill = PublicId()
    level = serializers.IntegerField(min_value=SkillLevel.BEGINNER, max_value=SkillLevel.EXPERT)


def skills_named(chosen: list[dict[str, Any]]) -> list[tuple[Skill, int]]:
    """Return the skills with their levels, by one query; raises ValidationError for one that is not there."""
    skills = rows_with([one["skill"] for one in chosen], Skill.objects.all())
    return list(zip(skills, (one["level"] for one in chosen), strict=True))
