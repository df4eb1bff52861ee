"""The files behind attachments, when their rows go."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from crowdhub.tenancy.context import current_organization
from crowdhub.tenancy.files import delete_file, files_on, forget_file
from ideas.models import Attachment, Idea

SHELF: Final = "attachments"
# Above what any transaction takes: until it is committed, a file that was just stored belongs to no row.
STRAY_AFTER: Final = timedelta(days=1)
BATCH: Final = 500


def forget_attachments(idea: Idea) -> None:
    """Delete the attachments of an idea, and their files after the commit."""
    attachments = Attachment.objects.filter(idea=idea)
    for key in attachments.values_list("storage_key", flat=True):
        forget_file(key)
    attachments.delete()


def forget_stray_files(*, now: datetime | None = None) -> int:
    """Delete the open organization's files that no attachment names, a day after they were stored; return how many.

    A process that is killed between storing a file and committing its row leaves one; so does a row that is deleted
    past the domain calls. Opens short transactions of its own, because there may be many files to look at.
    """
    before = (now or timezone.now()) - STRAY_AFTER
    keys = list(files_on(SHELF, organization_id=current_organization().pk, before=before))
    count = 0
    for start in range(0, len(keys), BATCH):
        batch = keys[start : start + BATCH]
        with transaction.atomic():
            named = set(Attachment.objects.filter(storage_key__in=batch).values_list("storage_key", flat=True))
        for key in batch:
            if key not in named:
                delete_file(key)
                count += 1
    return count
