"""Everything that people did in one organization, planned and then replayed."""

from __future__ import annotations

from datetime import datetime

from crowdhub.operator.demo_data.challenges import plan_challenges
from crowdhub.operator.demo_data.comments import plan_comments, plan_open_reports
from crowdhub.operator.demo_data.content import ideas_of_challenge, reason_templates
from crowdhub.operator.demo_data.ideas import plan_idea
from crowdhub.operator.demo_data.timeline import Timeline
from crowdhub.operator.demo_data.visits import finish_visits, plan_visits
from crowdhub.operator.demo_data.world import Person, World
from moderation.models import ReasonTemplate

LANGUAGES = ("en", "de")
WITNESS = "ed"  # who reported what the moderators have not looked at yet


def replay_stories(world: World) -> None:
    """Let everything happen that the texts tell of this organization."""
    _load_reason_templates(world)
    timeline = Timeline()
    open_comments: list[tuple[datetime, str, Person]] = []
    for challenge in plan_challenges(world, timeline):
        ideas = [plan_idea(world, timeline, challenge, entry) for entry in ideas_of_challenge(challenge.key)]
        for idea in ideas:
            written = plan_comments(world, timeline, idea)
            open_comments += written if challenge.entry["visibility"] == "organization" else []
        plan_visits(world, timeline, challenge, ideas)
    witness = next((person for person in world.people if person.cast == WITNESS), None)
    if witness is not None:
        plan_open_reports(world, timeline, open_comments, witness)
    timeline.play()
    finish_visits(world)


def _load_reason_templates(world: World) -> None:
    ReasonTemplate.objects.bulk_create(
        ReasonTemplate(
            organization=world.organization,
            outcome=entry["decision"],
            language=language,
            title=entry[f"title_{language}"],
            text=entry[f"text_{language}"],
        )
        for entry in reason_templates()
        for language in LANGUAGES
    )
