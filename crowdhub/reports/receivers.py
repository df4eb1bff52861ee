"""What this app does when something happened elsewhere."""

from __future__ import annotations

from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.activity.registry import after_commit
from crowdhub.reports.tasks import run_export


@after_commit("reports", Verb.EXPORT_REQUESTED)
def start_exports(events: list[Event]) -> None:
    """Send each export to a worker of its own: it takes longer than a batch of events may.

    So this row of the outbox closes when the broker has the message, not when the file is there. Nothing is lost by it:
    the export's own row is what says that work is left, and `start_waiting_exports` starts again what nobody works on.
    """
    for event in events:
        run_export.delay(event.organization_id, event.export_id)
