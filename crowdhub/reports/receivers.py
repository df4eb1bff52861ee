"""What this app does when something happened elsewhere."""

from __future__ import annotations

from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.activity.registry import after_commit
from crowdhub.reports.tasks import run_export


@after_commit("reports", Verb.EXPORT_REQUESTED)
def start_exports(events: list[Event]) -> None:
    """Send each export to a worker of its own: it takes longer than a batch of events may."""
    for event in events:
        run_export.delay(event.organization_id, event.export_id)
