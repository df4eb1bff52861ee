"""Ideas from their first line to their last answer."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from uuid import UUID

from django.core.files.base import ContentFile

from challenges.domain.terms import accept_terms
from crowdhub.operator.demo_data.attachments import files_of
from crowdhub.operator.demo_data.challenges import ChallengeStory
from crowdhub.operator.demo_data.content import Entry
from crowdhub.operator.demo_data.slots import person_in
from crowdhub.operator.demo_data.timeline import Timeline
from crowdhub.operator.demo_data.world import Person, World
from ideas.domain.answering import answer_idea
from ideas.domain.attaching import attach_file
from ideas.domain.joining import accept_invitation, invite_colleague
from ideas.domain.linking import link_ideas
from ideas.domain.writing import revise_idea, save_draft, save_text, submit_idea
from ideas.enums import LinkKind
from moderation.domain.deciding import decide_case
from moderation.enums import CaseKind, CaseState
from moderation.models import Case

WRITING_TAKES = 35  # minutes from the first saved line to handing it in
SOON = 20  # minutes; between two things of which the texts leave open which came how long after


@dataclass
class IdeaStory:
    """An idea of the texts, by whom, and when it came where others can read it (None: never)."""

    entry: Entry
    challenge: ChallengeStory
    author: Person
    co_authors: list[tuple[Person, int]]  # with their shares in per cent
    submitted_at: datetime
    published_at: datetime | None = None
    decisions: list[tuple[datetime, Entry]] = field(default_factory=list)

    @property
    def key(self) -> str:
        return str(self.entry["key"])

    def is_by(self, person: Person) -> bool:
        return person is self.author or any(person is co_author for co_author, _share in self.co_authors)


def plan_idea(world: World, timeline: Timeline, challenge: ChallengeStory, entry: Entry) -> IdeaStory:
    """Plan everything that happens to an idea except what others say to it and their votes."""
    story = _story(world, challenge, entry)
    began_at = world.clock.between(
        story.submitted_at - timedelta(minutes=WRITING_TAKES), challenge.dates.opens, story.submitted_at
    )
    timeline.add(began_at, partial(_begin, world, story, began_at))
    if entry["state"] == "draft":
        return story
    timeline.add(story.submitted_at, partial(_submit, world, story, story.submitted_at))
    for moment, decision in story.decisions:
        timeline.add(moment, partial(_decide, world, story, decision, moment))
    for other in entry.get("builds_on", []):
        assert story.published_at is not None  # noqa: S101  the texts connect published ideas only
        moment = world.clock.after(story.published_at, SOON)
        timeline.add(moment, partial(_connect, world, story, other, moment))
    latest = _plan_revision(world, timeline, story)
    for answer in entry["answers"]:
        planned_at = world.clock.at(answer["day"], answer["hour"])
        latest = planned_at if planned_at > latest else world.clock.after(latest, SOON)
        timeline.add(latest, partial(_answer, world, story, answer, latest))
    return story


def _story(world: World, challenge: ChallengeStory, entry: Entry) -> IdeaStory:
    author = person_in(world, entry["author"], may=challenge.admits)
    co_authors = [
        (person_in(world, other["author"], others_than=author, may=challenge.admits), other["share_percent"])
        for other in entry["contributors"]
    ]
    planned_at = world.clock.at(entry["day"], entry["hour"], entry["minute"])
    latest = min(challenge.dates.submissions_close, world.clock.now)
    submitted_at = planned_at
    if not challenge.dates.opens < planned_at < latest:
        # A day off at either end of the phase has moved it out.
        submitted_at = world.clock.between(
            planned_at, challenge.dates.opens, min(latest, challenge.dates.opens + timedelta(hours=8))
        )
    story = IdeaStory(entry, challenge, author, co_authors, submitted_at)
    before = submitted_at
    for decision in entry["moderation"]:
        planned_at = world.clock.after(submitted_at, decision["minutes_after_submission"])
        before = planned_at if planned_at > before else world.clock.after(before, SOON)
        story.decisions.append((before, decision))
        if decision["decision"] == "approved":
            story.published_at = before
    return story


def _plan_revision(world: World, timeline: Timeline, story: IdeaStory) -> datetime:
    """Plan the second revision, if there is one; return when the moderators or the author were last at it."""
    latest = story.decisions[-1][0] if story.decisions else story.submitted_at
    revision = story.entry["revision_2"]
    if revision is None:
        return latest
    moment = world.clock.after(story.submitted_at, revision["minutes_after_submission"])
    sent_back = [at for at, decision in story.decisions if decision["decision"] == "changes_requested"]
    if sent_back:
        moment = world.clock.between(moment, sent_back[-1], latest)
        timeline.add(moment, partial(_resubmit, world, story, moment))
        return latest
    moment = world.clock.between(moment, latest, min(story.challenge.dates.submissions_close, world.clock.now))
    timeline.add(moment, partial(_revise, world, story, moment))
    return moment


def _begin(world: World, story: IdeaStory, now: datetime) -> None:
    entry, first = story.entry, story.entry["revision_2"]
    world.ideas[story.key] = idea = save_draft(
        world.challenges[story.challenge.key],
        actor=story.author.at(now),
        title=first["earlier_title"] if first else entry["title"],
        body=first["earlier_body"] if first else entry["body"],
        language=entry["language"],
        client_uuid=UUID(int=world.random.getrandbits(128), version=4),
        now=now,
    )
    for name, content in files_of(story.key):
        attach_file(idea, file=ContentFile(content, name=name), actor=story.author.at(now), now=now)
    for co_author, share in story.co_authors:
        asked = invite_colleague(idea, co_author.member, actor=story.author.member, share=share, now=now)
        accept_invitation(asked, actor=co_author.member, now=now)


def _submit(world: World, story: IdeaStory, now: datetime) -> None:
    author = story.author.at(now)
    accept_terms(world.challenges[story.challenge.key], member=author, now=now - timedelta(minutes=1))
    submit_idea(world.ideas[story.key], actor=author, now=now)


def _resubmit(world: World, story: IdeaStory, now: datetime) -> None:
    idea, author, entry = world.ideas[story.key], story.author.at(now), story.entry
    save_text(idea, actor=author, title=entry["title"], body=entry["body"], language=entry["language"], now=now)
    submit_idea(idea, actor=author, now=now)


def _revise(world: World, story: IdeaStory, now: datetime) -> None:
    entry = story.entry
    revise_idea(
        world.ideas[story.key],
        actor=story.author.at(now),
        title=entry["title"],
        body=entry["body"],
        language=entry["language"],
        now=now,
    )


def _connect(world: World, story: IdeaStory, other: str, now: datetime) -> None:
    author = story.author.at(now)
    link_ideas(world.ideas[story.key], world.ideas[other], LinkKind.BUILDS_ON, actor=author, now=now)


def _decide(world: World, story: IdeaStory, decision: Entry, now: datetime) -> None:
    case = Case.objects.get(kind=CaseKind.TRIAGE, idea=world.ideas[story.key], state=CaseState.OPEN)
    moderator = world.cast(decision["by"]).at(now)
    decide_case(case, outcome=decision["decision"], reason=decision["reason"], actor=moderator, now=now)


def _answer(world: World, story: IdeaStory, answer: Entry, now: datetime) -> None:
    manager = world.cast(answer["by"]).at(now)
    answer_idea(world.ideas[story.key], outcome=answer["outcome"], reasons=answer["reasons"], actor=manager, now=now)
