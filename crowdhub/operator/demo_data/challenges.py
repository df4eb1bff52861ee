"""Challenges: their terms, their dates relative to today, whom they ask, and their launch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from challenges.domain.audience import AudienceChoice, set_audience
from challenges.domain.closing import close_challenge
from challenges.domain.drafting import create_challenge, set_dates
from challenges.domain.inviting import invite_audiences
from challenges.domain.launching import launch_challenge
from challenges.domain.managing import appoint_moderator
from challenges.domain.terms import publish_terms
from challenges.enums import ChallengeKind, ManagerPart, PhaseKind, Visibility
from challenges.models import Challenge, ChallengeManager, Invitation, TermsVersion
from crowdhub.operator.demo_data.content import Entry, challenges_of, terms_of
from crowdhub.operator.demo_data.slots import person_in
from crowdhub.operator.demo_data.timeline import Timeline
from crowdhub.operator.demo_data.world import Person, World

KINDS = {"problem_solving": ChallengeKind.PROBLEM}
OPENS_AT = timedelta(hours=7)
NEVER_LAUNCHED = "draft"


@dataclass(frozen=True)
class Dates:
    """When a challenge's phases are; one begins where the one before ends."""

    opens: datetime
    submissions_close: datetime
    voting_closes: datetime
    decided: datetime

    @classmethod
    def of(cls, entry: Entry, world: World) -> Dates:
        days, clock = entry["days"], world.clock
        return cls(
            opens=clock.end_of(days["opens"]) - timedelta(days=1) + OPENS_AT,
            submissions_close=clock.end_of(days["submissions_close"]),
            voting_closes=clock.end_of(days["voting_closes"]),
            decided=clock.end_of(days["decide_by"]),
        )

    def phases(self) -> dict[PhaseKind, tuple[datetime, datetime] | None]:
        return {
            PhaseKind.SUBMISSION: (self.opens, self.submissions_close),
            PhaseKind.VOTING: (self.submissions_close, self.voting_closes),
            PhaseKind.REVIEW: (self.voting_closes, self.decided),
        }


@dataclass(frozen=True)
class ChallengeStory:
    """A challenge of the texts and what its ideas, comments and votes have to keep to."""

    key: str
    entry: Entry
    dates: Dates
    manager: Person
    deputies: list[Person]

    def admits(self, person: Person) -> bool:
        """Tell whether somebody was here at the launch and may see the challenge."""
        if person.member.joined_on > self.dates.opens.date():
            return False
        if self.entry["visibility"] == Visibility.ORGANIZATION:
            return True
        wanted = {asked["skill"]: asked["level"] for asked in self.entry["audience"]["skills"]}
        return any(key in person.confirmed and person.levels[key] >= level for key, level in wanted.items())


def plan_challenges(world: World, timeline: Timeline) -> list[ChallengeStory]:
    """Plan the terms and every challenge; return those that have been launched."""
    terms: dict[int, TermsVersion] = {}
    for entry in terms_of(world.organization.slug):
        _plan_terms(world, timeline, entry, terms)
    stories = []
    for entry in challenges_of(world.organization.slug):
        manager, *deputies = [person_in(world, slot) for slot in entry["managers"]]
        story = ChallengeStory(entry["key"], entry, Dates.of(entry, world), manager, deputies)
        _plan_challenge(world, timeline, story, terms)
        if entry["state"] != NEVER_LAUNCHED:
            stories.append(story)
    return stories


def _plan_terms(world: World, timeline: Timeline, entry: Entry, terms: dict[int, TermsVersion]) -> None:
    moment = world.clock.at(entry["day"], 10)
    author = next(person for person in world.people if person.cast)

    def publish() -> None:
        terms[entry["version"]] = publish_terms(entry["text"], actor=author.member, now=moment)

    timeline.add(moment, publish)


def _plan_challenge(world: World, timeline: Timeline, story: ChallengeStory, terms: dict[int, TermsVersion]) -> None:
    created_at = world.clock.at(story.entry["created_day"], 14, 20)
    timeline.add(created_at, lambda: _create(world, story, terms[story.entry["terms"]["version"]], created_at))
    if story.entry["state"] != NEVER_LAUNCHED:
        timeline.add(story.dates.opens, lambda: _launch(world, story))
    if story.entry["state"] == "closed":
        timeline.add(story.dates.decided, lambda: _close(world, story))


def _create(world: World, story: ChallengeStory, terms: TermsVersion, moment: datetime) -> None:
    entry, manager = story.entry, story.manager.member
    challenge = create_challenge(
        actor=manager,
        title=entry["title"],
        kind=KINDS.get(entry["kind"], ChallengeKind.IDEAS),
        language=entry["language"],
        visibility=entry["visibility"],
        objective=entry["objective"],
        # What there is to win belongs to why somebody should take the trouble.
        why_it_matters="\n\n".join(filter(None, [entry["why_it_matters"], entry["awards"]])),
        good_answer=entry["what_a_good_answer_looks_like"],
        success_measure=entry["success_measure"],
        answer_within_days=entry["answer_within_working_days"],
        terms=terms,
    )
    Challenge.objects.filter(pk=challenge.pk).update(created_at=moment)
    ChallengeManager.objects.bulk_create(
        ChallengeManager(
            organization=world.organization, challenge=challenge, member=deputy.member, part=ManagerPart.DEPUTY
        )
        for deputy in story.deputies
    )
    for slot in entry.get("moderators", ()):
        appoint_moderator(challenge, member=person_in(world, slot).member, actor=manager, now=moment)
    set_dates(challenge, actor=manager, dates=story.dates.phases())
    set_audience(challenge, actor=manager, choice=_audience(world, entry["audience"]))
    world.challenges[story.key] = challenge


def _audience(world: World, entry: Entry) -> AudienceChoice:
    kinds = ("skills", "departments", "locations", "groups")
    return AudienceChoice(
        everyone=not any(entry[kind] for kind in kinds),
        skills=tuple((world.skills[asked["skill"]], asked["level"]) for asked in entry["skills"]),
        departments=tuple(world.departments[key] for key in entry["departments"]),
        locations=tuple(world.locations[key] for key in entry["locations"]),
        groups=tuple(world.groups[key] for key in entry["groups"]),
    )


def _launch(world: World, story: ChallengeStory) -> None:
    """Launch, and invite as the workers would have done right after."""
    challenge, now = world.challenges[story.key], story.dates.opens
    launch_challenge(challenge, actor=story.manager.at(now), now=now)
    invite_audiences([challenge.pk], now=now + timedelta(seconds=4))
    # Whoever was hired since could not be asked yet.
    later = {person.member.pk for person in world.people if person.member.joined_on > story.dates.opens.date()}
    Invitation.objects.filter(challenge=challenge, member__in=later).delete()


def _close(world: World, story: ChallengeStory) -> None:
    close_challenge(world.challenges[story.key], actor=story.manager.at(story.dates.decided), now=story.dates.decided)
