"""Which links the authors of other ideas hear of, and when: each once, as soon as they can read what links theirs."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.inbox.models import Notification
from ideas.models import IdeaLink


class LinkKey(NamedTuple):
    """What a link says; another kind between the same two ideas is other news."""

    idea_id: int | None
    other_id: int
    kind: str


class LinkNews(NamedTuple):
    """A link that may be news, as the event of its setting, and since when it can be read."""

    event: Event
    since: datetime
    told: frozenset[int]  # members who have heard of such a link before

    @property
    def other_id(self) -> int:
        return key_of(self.event).other_id


def key_of(event: Event) -> LinkKey:
    return LinkKey(event.idea_id, event.data["other"], event.data["kind"])


def news_of_links(events: Iterable[Event]) -> list[LinkNews]:
    """Return what the events tell of links: those that were set, and those that their idea had when it was published.

    An idea can be connected while moderators alone read it. Takes no more than three queries, none without such events.
    """
    events = list(events)
    published_at = {event.idea_id: event.occurred_at for event in events if event.verb == Verb.IDEA_PUBLISHED}
    found = [(event, event.occurred_at) for event in events if event.verb == Verb.IDEA_LINKED]
    if published_at:
        found += [(event, published_at[event.idea_id]) for event in _standing(published_at)]
    first: dict[LinkKey, tuple[Event, datetime]] = {}
    for event, since in sorted(found, key=lambda pair: pair[0].pk):
        first.setdefault(key_of(event), (event, since))
    told = _told(first)
    return [LinkNews(event, since, frozenset(told.get(key, ()))) for key, (event, since) in first.items()]


def _standing(idea_ids: Iterable[int | None]) -> list[Event]:
    """Return the events of the links that ideas have now."""
    links = IdeaLink.objects.filter(idea__in=[pk for pk in idea_ids if pk is not None])
    standing = {LinkKey(*row) for row in links.values_list("idea_id", "other_id", "kind")}
    if not standing:
        return []
    events = Event.objects.filter(verb=Verb.IDEA_LINKED, idea__in={key.idea_id for key in standing})
    return [event for event in events if key_of(event) in standing]


def _told(links: Iterable[LinkKey]) -> dict[LinkKey, set[int]]:
    idea_ids = {link.idea_id for link in links}
    if not idea_ids:
        return {}
    before = Notification.objects.filter(event__verb=Verb.IDEA_LINKED, event__idea__in=idea_ids).select_related("event")
    told: dict[LinkKey, set[int]] = {}
    for notification in before:
        told.setdefault(key_of(notification.event), set()).add(notification.member_id)
    return told
