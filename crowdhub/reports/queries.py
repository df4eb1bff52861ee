"""Reads of exports that have a name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet

from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.reports.models import Export


def exports_on_record() -> QuerySet[Export]:
    """Return every export of the organization, newest first, without the files."""
    exports: QuerySet[Export] = Export.objects.defer("content").select_related("requested_by")
    return exports.order_by("-requested_at", "-pk")


def directory_exports() -> QuerySet[Event]:
    """Return the events of taking the list of people away, newest first; their data says what the file held."""
    return Event.objects.filter(verb=Verb.MEMBER_EXPORTED).select_related("actor").order_by("-occurred_at", "-pk")


def downloads_of(exports: Iterable[Export]) -> dict[int, list[Any]]:
    """Return who downloaded each export and when: the events, oldest first."""
    found: dict[int, list[Any]] = defaultdict(list)
    events = Event.objects.filter(verb=Verb.EXPORT_DOWNLOADED, export__in=list(exports)).select_related("actor")
    for event in events.order_by("pk"):
        found[event.export_id].append(event)
    return found
