"""Importing members from a CSV file: uploaded, read, previewed, confirmed, then all of it or nothing.

Workers read and write: a large file takes longer than a page may. What they are to do is carried by events, so it is
done however often a broker or a worker dies.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from datetime import datetime
from typing import Final

from django.core.cache import cache
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from crowdhub.common.bulk import insert_columns
from crowdhub.common.errors import Refusal
from crowdhub.common.spreadsheets import BYTE_ORDER_MARK, csv_text
from crowdhub.people.domain.import_file import (
    Problem,
    Progress,
    UnreadableFile,
    check_head,
    decode,
    read_members,
    tell_nobody,
)
from crowdhub.people.domain.import_plan import Directory, Plan, plan_import
from crowdhub.people.domain.import_preview import preview_of
from crowdhub.people.domain.import_writing import apply_plan
from crowdhub.people.enums import ImportState
from crowdhub.people.facts import Fact, announce
from crowdhub.people.models import ImportProblem, Member, MemberImport
from crowdhub.people.queries import problems_of
from crowdhub.tenancy.context import tenant
from crowdhub.tenancy.models import Organization

PROGRESS_SECONDS = 3600
CHUNK: Final = 1_000  # problems that are read at once
MOST_WORDS: Final = 600  # characters of a problem
UNDER_WAY = (ImportState.READING, ImportState.RUNNING)
READ_AGAIN = (ImportState.PREVIEW, ImportState.FAILED)
DISCARDED_FROM = (ImportState.READING, ImportState.PREVIEW, ImportState.FAILED)


class Outdated(Refusal):
    message = _("The directory has changed since the preview. Look at what would change now, and confirm again.")


class NotOpen(Refusal):
    message = _("This import is over, or being done already.")


@transaction.atomic
def upload_members(file_name: str, content: bytes, *, actor: Member) -> MemberImport:
    """Keep a file until its import is confirmed or discarded; a worker reads it. Raises UnreadableFile.

    For administrators.
    """
    text = decode(content)
    check_head(text)
    upload: MemberImport = MemberImport.objects.create(
        organization_id=actor.organization_id, uploaded_by=actor, file_name=file_name[:200], content=text
    )
    announce(Fact.IMPORT_UPLOADED, actor, actor=actor, data={"import": upload.pk})
    return upload


@transaction.atomic
def read_import(import_id: int) -> bool:
    """Read an uploaded file, keep what importing it would do, and tell whether it waited for that. For the workers.

    Nothing is locked meanwhile, so the upload can be discarded while it is read.
    """
    upload = MemberImport.objects.select_related("uploaded_by").get(pk=import_id)
    waiting = MemberImport.objects.filter(pk=import_id, state=ImportState.READING)
    if upload.state != ImportState.READING:
        return False
    with _language_of(upload):
        try:
            plan = plan_of(upload, progress=lambda percent: note_progress(upload, percent))
        except UnreadableFile as refusal:
            return bool(waiting.update(state=ImportState.FAILED, error=str(refusal)[:500]))
        is_kept = waiting.update(state=ImportState.PREVIEW, preview=preview_of(plan), digest=plan.digest)
        if is_kept:
            _keep_problems(upload, plan.problems)
        return bool(is_kept)


def plan_of(upload: MemberImport, *, progress: Progress = tell_nobody) -> Plan:
    """Return what importing the file would do to the directory as it is now. Raises UnreadableFile."""
    return plan_import(read_members(upload.content, progress=progress), Directory())


@transaction.atomic
def confirm_import(
    upload: MemberImport, *, actor: Member, digest: str, send_invitations: bool, now: datetime | None = None
) -> None:
    """Decide that a previewed import be done; `digest` is that of the preview that was shown.

    A worker does it, and it does nothing if by then another plan would come of the file. For administrators.
    Raises NotOpen, and Outdated when the file was read again since.
    """
    previewed = MemberImport.objects.filter(pk=upload.pk, state=ImportState.PREVIEW)
    confirmed = previewed.filter(digest=digest).update(
        state=ImportState.RUNNING, sends_invitations=send_invitations, confirmed_at=now or timezone.now()
    )
    if not confirmed:
        raise Outdated if previewed.exists() else NotOpen
    upload.refresh_from_db()
    announce(Fact.IMPORT_CONFIRMED, actor, actor=actor, data={"import": upload.pk})


@transaction.atomic
def discard_import(upload: MemberImport, *, actor: Member) -> None:
    """Forget an uploaded file, which is on record: it held data of people. For administrators. Raises NotOpen."""
    open_ones = MemberImport.objects.filter(pk=upload.pk, state__in=DISCARDED_FROM)
    if not open_ones.update(state=ImportState.DISCARDED, content="", preview={}):
        raise NotOpen
    problems_of(upload).delete()
    announce(Fact.IMPORT_DISCARDED, actor, actor=actor, data={"import": upload.pk})


@transaction.atomic
def reopen_import(upload: MemberImport, *, actor: Member) -> None:
    """Have the file of an import that failed, or whose preview is old, read once more. Raises NotOpen."""
    readable = MemberImport.objects.filter(pk=upload.pk, state__in=READ_AGAIN)
    if not readable.update(state=ImportState.READING, preview={}, error=""):
        raise NotOpen
    problems_of(upload).delete()
    announce(Fact.IMPORT_UPLOADED, actor, actor=actor, data={"import": upload.pk})


@transaction.atomic
def run_import(upload: MemberImport, *, progress: Progress = tell_nobody, now: datetime | None = None) -> None:
    """Do a confirmed import, all of it or nothing. Raises NotOpen, Outdated, and what `apply_plan` raises."""
    upload = MemberImport.objects.select_for_update(of=("self",)).get(pk=upload.pk)
    if upload.state != ImportState.RUNNING:
        raise NotOpen
    _one_import_at_a_time(upload.organization_id)
    plan = plan_of(upload)
    if plan.digest != upload.digest:
        raise Outdated
    organization = Organization.objects.get(pk=upload.organization_id)
    upload.counts = apply_plan(
        plan, organization, actor=upload.uploaded_by, invite=upload.sends_invitations, progress=progress, now=now
    )
    upload.state, upload.applied_at = ImportState.DONE, now or timezone.now()
    upload.content, upload.preview = "", {}
    upload.save()


@transaction.atomic
def finish_import(import_id: int) -> bool:
    """Do a confirmed import, or note on it why not, and tell whether it was done. For the workers."""
    upload = MemberImport.objects.select_related("uploaded_by").get(pk=import_id)
    try:
        run_import(upload, progress=lambda percent: note_progress(upload, percent))
    except NotOpen:
        return False
    except Refusal as refusal:
        with _language_of(upload):
            reason = str(refusal)
        running = MemberImport.objects.filter(pk=upload.pk, state=ImportState.RUNNING)
        running.update(state=ImportState.FAILED, error=reason[:500])
        return False
    return True


def note_progress(upload: MemberImport, percent: int) -> None:
    """Tell how far an import is. Outside of the database, where nothing is visible before all of it is."""
    cache.set(_progress_key(upload), percent, PROGRESS_SECONDS)


def progress_of(upload: MemberImport) -> int:
    """Return per cent of what is being done: reading, or importing."""
    return int(cache.get(_progress_key(upload)) or 0)


def csv_of_problems(upload: MemberImport, organization: Organization) -> Iterator[str]:
    """Return, piece by piece, a CSV file of everything that is wrong in an uploaded one.

    The request's transaction is over when it is sent, so each piece has its own.
    """
    return _csv_pieces(upload.pk, organization, [gettext("Line"), gettext("Column"), gettext("Problem")])


def _csv_pieces(upload_id: int, organization: Organization, head: list[str]) -> Iterator[str]:
    yield BYTE_ORDER_MARK + csv_text([head])
    last = 0
    while True:
        with tenant(organization), transaction.atomic():
            rest = ImportProblem.objects.filter(upload=upload_id, pk__gt=last).order_by("pk")
            piece = list(rest.values_list("pk", "line", "column", "message")[:CHUNK])
        if not piece:
            return
        yield csv_text([row for _pk, *row in piece])
        last = piece[-1][0]


def _keep_problems(upload: MemberImport, problems: Sequence[Problem]) -> None:
    insert_columns(
        ImportProblem,
        len(problems),
        {
            "organization_id": upload.organization_id,
            "upload_id": upload.pk,
            "line": [problem.line for problem in problems],
            "column": [problem.column for problem in problems],
            "message": [problem.message[:MOST_WORDS] for problem in problems],
        },
    )


def plan_file(organization: Organization, content: bytes) -> Plan:
    """Return what importing a file would do, and hold other imports off until the transaction ends.

    For the operator's command. Raises UnreadableFile.
    """
    _one_import_at_a_time(organization.pk)
    return plan_import(read_members(decode(content)), Directory())


def _progress_key(upload: MemberImport) -> str:
    return f"import:{upload.organization_id}:{upload.pk}:{upload.state}"


def _language_of(upload: MemberImport) -> AbstractContextManager[None]:
    """Speak the language of whoever uploaded the file: what is noted on it is for them."""
    return translation.override(upload.uploaded_by.language if upload.uploaded_by else None)


def _one_import_at_a_time(organization_id: int) -> None:
    """Wait for another import into this organization; two of them would plan on what the other changes."""
    Organization.objects.select_for_update(no_key=True).get(pk=organization_id)
