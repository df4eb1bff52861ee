"""A consumer for the kill test, in a table without any unique key: an effect that happens twice is seen twice.

A worker that is started with CROWDHUB_TEST_EFFECTS=1 and `-A tests.harness.effects` has it too.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from django.db import connection

if TYPE_CHECKING:
    from crowdhub.activity.models import Event  # the worker imports this module before the models

NAME = "tests.effects"
TABLE = "CREATE TABLE test_effect (organization_id bigint NOT NULL, event_id bigint NOT NULL)"


def note_effects(events: list[Event]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO test_effect VALUES (%s, %s)", [(event.organization_id, event.pk) for event in events]
        )


if os.environ.get("CROWDHUB_TEST_EFFECTS"):
    from celery.signals import import_modules

    from crowdhub.celery import app  # noqa: F401  what `celery -A` looks for

    @import_modules.connect
    def register(**kwargs: object) -> None:
        from crowdhub.activity.enums import Verb
        from crowdhub.activity.registry import after_commit, consumers_of

        if NAME not in consumers_of(Verb.IDEA_FOLLOWED):
            after_commit(NAME, Verb.IDEA_FOLLOWED)(note_effects)
