"""What people say to ideas, what helped, and what was reported."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from crowdhub.operator.demo_data.content import Entry, comments_of_idea
from crowdhub.operator.demo_data.ideas import SOON, IdeaStory
from crowdhub.operator.demo_data.slots import person_in
from crowdhub.operator.demo_data.timeline import Timeline
from crowdhub.operator.demo_data.world import Person, World
from ideas.domain.discussion import mark_helpful, post_comment
from moderation.domain.deciding import decide_case
from moderation.domain.reporting import report_comment
from moderation.enums import CaseOutcome, CaseState, ReportReason
from moderation.models import Case

HELPFUL_SHARE = 0.3  # of the comments that an idea's author did not write
REASONS = {"hide-insult": ReportReason.OFFENSIVE}
# Comments that were reported and are not decided about yet; the moderator will see that nothing is wrong with them.
STILL_OPEN = 2


def plan_comments(world: World, timeline: Timeline, story: IdeaStory) -> list[tuple[datetime, str, Person]]:
    """Plan an idea's discussion; return when which visible comment is written, and by whom."""
    if story.published_at is None:
        return []
    written: dict[str, datetime] = {}
    visible = []
    for entry in comments_of_idea(story.key):
        earliest = written[entry["reply_to"]] if entry["reply_to"] else story.published_at
        moment = world.clock.after(story.submitted_at, entry["minutes_after_idea"])
        written[entry["key"]] = moment = moment if moment > earliest else world.clock.after(earliest, SOON)
        author = _author(world, story, entry)
        timeline.add(moment, partial(_post, world, story, entry, author, moment))
        if not story.is_by(author):
            _plan_thanks(world, timeline, story, entry, moment)
        if entry["hidden"]:
            _plan_hiding(world, timeline, story, entry, author, moment)
        else:
            visible.append((moment, str(entry["key"]), author))
    return visible


def plan_open_reports(
    world: World, timeline: Timeline, written: list[tuple[datetime, str, Person]], witness: Person
) -> None:
    """Let somebody report the newest comments, so that the moderators' queue has such cases."""
    others = [comment for comment in sorted(written, key=lambda comment: comment[0]) if comment[2] is not witness]
    for number, (moment, key, _author) in enumerate(others[-STILL_OPEN:]):
        reported_at = world.clock.between(world.clock.at(-1, 10 + 4 * number), moment, world.clock.now)
        timeline.add(reported_at, partial(_report, world, key, witness, ReportReason.OFF_TOPIC, reported_at))


def _author(world: World, story: IdeaStory, entry: Entry) -> Person:
    if entry["author"].get("idea_author"):
        return story.author
    return person_in(world, entry["author"], others_than=story.author, may=story.challenge.admits)


def _post(world: World, story: IdeaStory, entry: Entry, author: Person, now: datetime) -> None:
    world.comments[entry["key"]] = post_comment(
        world.ideas[story.key],
        actor=author.at(now),
        body=entry["text"],
        parent=world.comments[entry["reply_to"]] if entry["reply_to"] else None,
        language=entry["language"],
        now=now,
    )


def _plan_thanks(world: World, timeline: Timeline, story: IdeaStory, entry: Entry, written_at: datetime) -> None:
    """Plan that the author marks the comment as helpful: some of them, and those that are hidden later.

    So the ledger shows how points are taken back.
    """
    if entry["hidden"]:
        moment = world.clock.after(written_at, entry["hidden"]["minutes_after_comment"] / 3)
    elif world.random.random() < HELPFUL_SHARE:
        moment = world.clock.after(written_at, world.random.randint(30, 1500))
    else:
        return

    def thank() -> None:
        mark_helpful(world.comments[entry["key"]], actor=story.author.at(moment), now=moment)

    timeline.add(moment, thank)


def _plan_hiding(
    world: World, timeline: Timeline, story: IdeaStory, entry: Entry, author: Person, written_at: datetime
) -> None:
    minutes = entry["hidden"]["minutes_after_comment"]
    hidden_at = world.clock.after(written_at, minutes)
    reported_at = world.clock.between(world.clock.after(written_at, minutes / 2), written_at, hidden_at)
    witnesses = [
        person for person in world.people if not person.cast and person is not author and story.challenge.admits(person)
    ]
    reason = REASONS.get(entry["hidden"]["template"], ReportReason.PERSONAL_DATA)
    witness = world.random.choice(witnesses)
    timeline.add(reported_at, partial(_report, world, entry["key"], witness, reason, reported_at))
    timeline.add(hidden_at, partial(_hide, world, entry, hidden_at))


def _report(world: World, key: str, witness: Person, reason: ReportReason, now: datetime) -> None:
    report_comment(world.comments[key], reporter=witness.at(now), reason=reason, now=now)


def _hide(world: World, entry: Entry, now: datetime) -> None:
    case = Case.objects.get(comment=world.comments[entry["key"]], state=CaseState.OPEN)
    moderator = world.cast(entry["hidden"]["by"]).at(now)
    decide_case(case, outcome=CaseOutcome.HIDDEN, reason=entry["hidden"]["reason"], actor=moderator, now=now)
