"""Telling members what concerns them. Every function may run again on the same events: a notification is unique."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import datetime

from django.db.models import Exists, OuterRef, Q

from challenges.models import Invitation
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.inbox.enums import Channel, Reason
from crowdhub.inbox.invited_sql import notify_invitees
from crowdhub.inbox.link_news import LinkNews, news_of_links
from crowdhub.inbox.models import Notification
from crowdhub.inbox.reach import Reach
from crowdhub.inbox.reported_sql import notify_audience
from crowdhub.inbox.wishes import Wishes
from crowdhub.people.models import Member
from ideas.models import Comment, Contributor, Follow, Idea
from ideas.queries import ideas_visible_to
from moderation.models import Decision

INVITING = (Verb.CHALLENGE_INVITED, Verb.CHALLENGE_CHANGED)
ABOUT_TEAMS = (Verb.CONTRIBUTOR_ADDED, Verb.CONTRIBUTOR_REMOVED)
ABOUT_IDEAS = (
    Verb.IDEA_PUBLISHED,
    Verb.IDEA_CHANGES_REQUESTED,
    Verb.IDEA_REJECTED,
    Verb.IDEA_ANSWERED,
    Verb.IDEA_LINKED,
    Verb.JOIN_ASKED,
    Verb.JOIN_INVITED,
    Verb.JOIN_DECLINED,
    *ABOUT_TEAMS,
)
FOLLOWERS_HEAR = (Verb.IDEA_PUBLISHED, Verb.IDEA_ANSWERED, Verb.COMMENT_POSTED)
ABOUT_COMMENTS = (Verb.COMMENT_POSTED, Verb.COMMENT_HIDDEN)
# What may keep some of those who were told of an idea or a comment from reading it any more.
HIDING = (
    Verb.COMMENT_HIDDEN,
    Verb.IDEA_REJECTED,
    Verb.IDEA_WITHDRAWN,
    Verb.CONTRIBUTOR_REMOVED,
    Verb.JOIN_TAKEN_BACK,
    Verb.JOIN_DECLINED,
    Verb.CASE_REOPENED,
)
# What a moderator decided, and can undo for a minute.
DECISIONS = (Verb.IDEA_PUBLISHED, Verb.IDEA_CHANGES_REQUESTED, Verb.IDEA_REJECTED, Verb.COMMENT_HIDDEN)


class _Batch:
    """The recipients of a batch of events: one reason for each member and event, the most personal one."""

    def __init__(self, events: Iterable[Event]) -> None:
        self.events = [event for event in events if event.verb in (*ABOUT_IDEAS, *ABOUT_COMMENTS)]
        comment_ids = [event.comment_id for event in self.events if event.comment_id is not None]
        self.comments = Comment.objects.select_related("parent").defer("body", "body_html").in_bulk(comment_ids)
        self.idea_ids = {idea_id for event in self.events if (idea_id := self.idea_of(event)) is not None}
        self.recipients: dict[tuple[int, int], Reason] = {}
        self.links: dict[int, LinkNews] = {}  # by the event

    def idea_of(self, event: Event) -> int | None:
        if event.comment_id is None:
            return event.idea_id
        comment = self.comments.get(event.comment_id)
        return None if comment is None else comment.idea_id

    def add(self, event: Event, members: Iterable[int | None], reason: Reason) -> None:
        for member_id in members:
            if member_id is not None and member_id != event.actor_id:
                self.recipients.setdefault((member_id, event.pk), reason)


def notify(events: list[Event]) -> None:
    """Write the notifications about ideas and comments.

    None is for the actor, for one who cannot read the subject, or for one who does not want to hear of it.
    """
    batch = _Batch(events)
    _keep_decisions_still(batch.idea_ids)
    undone = _undone(batch.events)
    batch.events = [event for event in batch.events if event.pk not in undone]
    contributors = _members_by_idea(Contributor, batch.idea_ids)
    followers = _members_by_idea(Follow, batch.idea_ids)
    _tell_of_links(batch)
    for event in batch.events:
        idea_id = batch.idea_of(event)
        if idea_id is not None:
            _choose_recipients(batch, event, contributors[idea_id], followers[idea_id])
    _write(batch)


def notify_invited(events: list[Event]) -> None:
    """Tell everyone who is invited by now to the events' challenges and was not told before; managers know already.

    An audience is invited by an event of its own, one person by name in a change of the challenge.
    """
    for event in events:
        if event.verb == Verb.CHALLENGE_INVITED or "invited" in event.data:
            notify_invitees(event)


def notify_reported(events: list[Event]) -> None:
    """Tell everyone who was asked in the events' challenges, or took part in them, what came of them."""
    for event in events:
        notify_audience(event)


def take_back(events: list[Event]) -> None:
    """Remove the unread notifications of decisions that were undone; what was read stays where it was read."""
    decisions = Decision.objects.select_related("case__comment").in_bulk([event.data["decision"] for event in events])
    subjects = {_idea_id(decision) for decision in decisions.values()}
    _keep_decisions_still({idea_id for idea_id in subjects if idea_id is not None})
    for decision in decisions.values():
        same_subject = (
            Q(event__comment=decision.case.comment_id)
            if decision.case.comment_id
            else Q(event__idea=decision.case.idea_id)
        )
        by_decision = Q(event__verb__in=DECISIONS, event__occurred_at=decision.decided_at)
        by_links = Q(reason=Reason.LINKED, created_at=decision.decided_at)  # which it has let others read
        Notification.objects.filter(same_subject, by_decision | by_links, read_at=None).delete()


def settle_hidden(events: list[Event]) -> None:
    """Mark as read what members were told and cannot read any more: the inbox does not show it, so it counts nothing.

    A decision that is undone makes it news again: what was marked for it bears its time.
    """
    reopened = [event.data["decision"] for event in events if event.verb == Verb.CASE_REOPENED]
    decisions = Decision.objects.select_related("case__comment").in_bulk(reopened)
    since: dict[int, datetime] = {}  # by the idea: when it was decided about, or the first of the events happened to it
    for event in events:
        decision = decisions[event.data["decision"]] if event.verb == Verb.CASE_REOPENED else None
        idea_id = _idea_id(decision) if decision else event.comment.idea_id if event.comment else event.idea_id
        if idea_id is not None and (idea_id not in since or event.verb in DECISIONS):
            since[idea_id] = event.occurred_at
    _keep_decisions_still(set(since))
    ideas = _ideas_told_of(since)
    told = Notification.objects.filter(event__in=ideas)
    decided_at = [decision.decided_at for decision in decisions.values()]
    if decided_at:
        told.filter(read_at__in=decided_at).update(read_at=None)
    unread = list(told.filter(read_at=None).select_related("event__comment"))
    reach = Reach(since, {one.member_id for one in unread})
    hidden: dict[datetime, list[int]] = defaultdict(list)
    for one in unread:
        if not reach.can_read(one.member_id, one.event):
            hidden[since[ideas[one.event_id]]].append(one.pk)
    for at, ids in hidden.items():
        Notification.objects.filter(pk__in=ids).update(read_at=at)


def _ideas_told_of(idea_ids: Collection[int]) -> dict[int, int]:
    """Return the events that members are told of these ideas and their comments, each with its idea.

    Two queries, because no index serves both at once.
    """
    told = Event.objects.filter(verb__in=(*ABOUT_IDEAS, *ABOUT_COMMENTS))
    of_ideas = told.filter(idea__in=idea_ids).values_list("pk", "idea_id")
    of_comments = told.filter(comment__idea__in=idea_ids).values_list("pk", "comment__idea_id")
    return dict([*of_ideas, *of_comments]) if idea_ids else {}


def forget_uninvited(events: list[Event]) -> None:
    """Remove what a member was told about a challenge from which they were uninvited, as far as they cannot read it."""
    for event in events:
        member = Member.objects.filter(pk=event.data.get("member")).first()
        standing = Invitation.objects.filter(challenge=event.challenge_id, member=member, withdrawn_at=None)
        if member is None or standing.exists():
            continue
        theirs = Notification.objects.filter(member=member)
        theirs.filter(event__challenge=event.challenge_id).delete()
        visible = ideas_visible_to(member).filter(challenge=event.challenge_id).values("pk")
        theirs.filter(event__idea__challenge=event.challenge_id).exclude(event__idea__in=visible).delete()
        theirs.filter(event__comment__idea__challenge=event.challenge_id).exclude(
            event__comment__idea__in=visible
        ).delete()


def _choose_recipients(batch: _Batch, event: Event, contributors: set[int], followers: set[int]) -> None:
    comment = batch.comments.get(event.comment_id) if event.comment_id is not None else None
    if event.verb == Verb.COMMENT_HIDDEN:
        batch.add(event, [comment.author_id if comment else None], Reason.AUTHOR)
        return
    if comment is not None and comment.parent is not None:
        batch.add(event, [comment.parent.author_id], Reason.PARENT)
    if event.verb == Verb.JOIN_INVITED:
        batch.add(event, [event.data["member"]], Reason.COLLEAGUE)
        return
    if event.verb == Verb.JOIN_DECLINED:
        # Whoever has asked hears of it: the member, or an author.
        author = event.data.get("invited_by")
        batch.add(event, [author or event.data["member"]], Reason.CONTRIBUTOR if author else Reason.ASKER)
        return
    if event.verb == Verb.IDEA_LINKED:
        if "because" in event.data or event.pk not in batch.links:
            return  # whoever wrote the idea hears of the decision, or of another such link
        contributors = contributors - batch.links[event.pk].told
    if event.verb in ABOUT_TEAMS:
        batch.add(event, [event.data["member"]], Reason.CONTRIBUTOR)
    batch.add(event, contributors, Reason.CONTRIBUTOR)
    if event.verb in FOLLOWERS_HEAR:
        batch.add(event, followers, Reason.FOLLOWER)


def _tell_of_links(batch: _Batch) -> None:
    """Choose the authors of ideas that others were connected with, each for what they have not heard of."""
    batch.links = {one.event.pk: one for one in news_of_links(batch.events)}
    authors = _members_by_idea(Contributor, {one.other_id for one in batch.links.values()})
    for one in batch.links.values():
        batch.add(one.event, authors[one.other_id] - one.told, Reason.LINKED)


def _write(batch: _Batch) -> None:
    member_ids = {member_id for member_id, _event_id in batch.recipients}
    active = Member.objects.filter(pk__in=member_ids, is_active=True, erased_at=None)
    organizations = dict(active.values_list("pk", "organization_id"))
    reach = Reach(batch.idea_ids, list(organizations))
    by_id = {event.pk: event for event in batch.events} | {pk: one.event for pk, one in batch.links.items()}
    wishes = Wishes(list(organizations), batch.idea_ids | {one.other_id for one in batch.links.values()})
    Notification.objects.bulk_create(
        (
            Notification(
                organization_id=organizations[member_id],
                member_id=member_id,
                event=by_id[event_id],
                reason=reason,
                created_at=batch.links[event_id].since if event_id in batch.links else by_id[event_id].occurred_at,
            )
            for (member_id, event_id), reason in sorted(batch.recipients.items())
            if member_id in organizations
            and _can_read(reach, batch, by_id[event_id], member_id)
            and _is_wanted(wishes, batch, by_id[event_id], member_id, reason)
        ),
        ignore_conflicts=True,
        batch_size=1_000,
    )


def _can_read(reach: Reach, batch: _Batch, event: Event, member_id: int) -> bool:
    if event.comment_id is not None:
        return event.comment_id in batch.comments and reach.can_read_comment(
            member_id, batch.comments[event.comment_id]
        )
    return event.idea_id is not None and reach.can_read_idea(member_id, event.idea_id)


def _is_wanted(wishes: Wishes, batch: _Batch, event: Event, member_id: int, reason: Reason) -> bool:
    linked = batch.links[event.pk].other_id if event.pk in batch.links else None
    return wishes.channel(member_id, event.verb, reason, batch.idea_of(event), linked) != Channel.NONE


def _keep_decisions_still(idea_ids: set[int]) -> None:
    """Lock the ideas, so that a decision and its undoing, in two workers at once, are worked on one after the other."""
    list(Idea.objects.select_for_update(no_key=True).filter(pk__in=idea_ids).order_by("pk").values_list("pk"))


def _undone(events: list[Event]) -> set[int]:
    """Return the events whose decision has been undone since; the decision and its effect bear the same time."""
    same_time = Decision.objects.filter(decided_at=OuterRef("occurred_at"), undone_at__isnull=False)
    same_subject = same_time.filter(Q(case__idea=OuterRef("idea")) | Q(case__comment=OuterRef("comment")))
    ids = [event.pk for event in events if event.verb in DECISIONS]
    return set(Event.objects.filter(Exists(same_subject), pk__in=ids).values_list("pk", flat=True)) if ids else set()


def _idea_id(decision: Decision) -> int | None:
    comment = decision.case.comment
    return decision.case.idea_id if comment is None else comment.idea_id


def _members_by_idea(model: type[Contributor] | type[Follow], idea_ids: set[int]) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    for idea_id, member_id in model.objects.filter(idea__in=idea_ids).values_list("idea_id", "member_id"):
        found[idea_id].add(member_id)
    return found
