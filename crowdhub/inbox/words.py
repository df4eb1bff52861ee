"""The words of a notification, made for its reader at the moment of reading."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from challenges.models import Challenge
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.inbox.enums import Reason
from crowdhub.inbox.models import Notification
from crowdhub.people.models import Member
from crowdhub.people.names import shown_name
from ideas.enums import LinkKind, Outcome
from ideas.models import Idea


@dataclass(frozen=True)
class Line:
    """A notification as its member reads it; `path` is where it leads."""

    public_id: str
    text: str
    title: str
    language: str
    why: str
    path: str
    challenge: str
    challenge_language: str
    at: datetime
    is_unread: bool
    is_about_idea: bool = False
    invitation: str | None = None  # what can be answered on the spot: an author asks the reader


def line(notification: Notification, viewer: Member) -> Line:
    """Return the words for a notification that came with queries.with_subjects."""
    event = notification.event
    idea, challenge = idea_of(event), challenge_of(event)
    return Line(
        public_id=notification.public_id,
        text=_text(notification, viewer),
        title=(idea or challenge).title,
        language=(idea or challenge).language,
        why=str(Reason(notification.reason).label),
        path=path_of(event),
        challenge=challenge.title,
        challenge_language=challenge.language,
        at=notification.created_at,
        is_unread=notification.read_at is None,
        is_about_idea=idea is not None,
        invitation=getattr(notification, "invitation", None),  # of queries.notifications_of
    )


def path_of(event: Event) -> str:
    """Return the address, without a host, of what the event is about."""
    idea = idea_of(event)
    if idea is None:
        page = reverse("pages:challenge", args=[challenge_of(event).public_id])
        return f"{page}#report-back" if event.verb == Verb.CHALLENGE_REPORTED else page
    if event.verb == Verb.JOIN_ASKED and idea.answered_at is None:
        return f"{reverse('ideas:team', args=[idea.public_id])}#asking"
    return str((event.comment or idea).get_absolute_url())


def idea_of(event: Event) -> Idea | None:
    """Return the idea that the event is about, its comments' included."""
    return event.comment.idea if event.comment is not None else event.idea


def challenge_of(event: Event) -> Challenge:
    """Return the challenge that the event is about, that of its idea included."""
    idea = idea_of(event)
    challenge = event.challenge if idea is None else idea.challenge
    assert challenge is not None  # noqa: S101  notifications are about challenges, ideas and comments only
    return challenge


def _text(notification: Notification, viewer: Member) -> str:
    event, reason = notification.event, notification.reason
    follows = reason == Reason.FOLLOWER
    if event.verb == Verb.COMMENT_POSTED:
        return _comment_text(shown_name(event.actor, viewer=viewer), reason)
    if event.verb in (Verb.CONTRIBUTOR_ADDED, Verb.CONTRIBUTOR_REMOVED):
        return _team_text(event, viewer)
    if event.verb == Verb.IDEA_LINKED:
        return _link_text(event, reason, viewer)
    if event.verb == Verb.JOIN_ASKED:
        return _("%s asks to write your idea with you") % shown_name(event.actor, viewer=viewer)
    if event.verb == Verb.JOIN_INVITED:
        return _("%s asks you to write an idea with them") % shown_name(event.actor, viewer=viewer)
    if event.verb == Verb.JOIN_DECLINED and "invited_by" in event.data:
        return _("%s would rather not write this idea with you") % shown_name(event.actor, viewer=viewer)
    if event.verb == Verb.IDEA_ANSWERED:
        outcome = str(Outcome(event.data["outcome"]).label)
        text = _("An idea that you follow was answered: %s") if follows else _("Your idea was answered: %s")
        return text % outcome
    if event.verb == Verb.IDEA_PUBLISHED:
        return _("An idea that you follow was published") if follows else _("Your idea is published")
    return {
        Verb.IDEA_CHANGES_REQUESTED: _("Changes were asked for; read what is missing"),
        Verb.JOIN_DECLINED: _("The authors are going on without you; your comments still help them"),
        Verb.IDEA_REJECTED: _("Your idea is not published; read why"),
        Verb.COMMENT_HIDDEN: _("A moderator has hidden your comment; read why"),
        Verb.CHALLENGE_REPORTED: _("What came of a challenge in which you were asked"),
    }.get(Verb(event.verb), _("A question for you"))


def _link_text(event: Event, reason: str, viewer: Member) -> str:
    if reason != Reason.LINKED:
        return _("%s connected your idea with another one") % shown_name(event.actor, viewer=viewer)
    return {
        LinkKind.BUILDS_ON: _("An idea builds on yours"),
        LinkKind.PART_OF: _("An idea is a part of yours"),
        LinkKind.DUPLICATE_OF: _("An idea says the same as yours"),
    }[LinkKind(event.data["kind"])]


def _team_text(event: Event, viewer: Member) -> str:
    member_id, by = event.data["member"], shown_name(event.actor, viewer=viewer)
    if event.verb == Verb.CONTRIBUTOR_ADDED:
        if member_id == event.actor_id:
            return _("%s has accepted and now writes your idea with you") % by
        return (_("%s made you a co-author") if member_id == viewer.pk else _("%s added a co-author")) % by
    if member_id == event.actor_id:
        return _("%s no longer writes your idea with you") % by
    return (_("%s removed you from the authors") if member_id == viewer.pk else _("%s removed a co-author")) % by


def _comment_text(name: str, reason: str) -> str:
    texts = {
        Reason.PARENT: _("%s replied to you"),
        Reason.FOLLOWER: _("%s commented on an idea that you follow"),
    }
    return texts.get(Reason(reason), _("%s commented on your idea")) % name
