from __future__ import annotations

from collections import defaultdict

from crowdhub.activity.domain import consume
from crowdhub.activity.models import OutboxRow


def run_consumers() -> int:
    """Do in this process what the workers would do for the open tenant, until nothing is left; return how many."""
    done = 0
    while True:
        waiting: dict[str, list[int]] = defaultdict(list)
        for row in OutboxRow.objects.filter(done_at=None).order_by("event_id"):
            waiting[row.consumer].append(row.pk)
        if not waiting:
            return done
        for consumer, ids in waiting.items():
            done += consume(consumer, ids)
