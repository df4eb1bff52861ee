"""Files beside the text of an idea: attached and removed by its authors, for as long as they may change it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.core.files import File
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.common.errors import Refusal
from crowdhub.common.file_kinds import ARCHIVE, EXTENSIONS, FileKind, kind_of
from crowdhub.common.file_names import tidy_name
from crowdhub.common.pictures import begins_like_picture, size_of_picture, without_traces
from crowdhub.people.models import Member
from crowdhub.tenancy.files import forget_file, keep_file
from ideas.domain.files import SHELF
from ideas.domain.locking import lock
from ideas.domain.quotas import ensure_room_for_file
from ideas.domain.writing import check_changeable, write_revision
from ideas.enums import IdeaState
from ideas.models import Attachment, Idea

MAX_ATTACHMENTS: Final = 10  # of one idea
LARGEST_MB: Final = 10
LARGEST_FILE: Final = LARGEST_MB * 1024 * 1024  # bytes
MOST_PIXELS: Final = 100_000_000  # more would take a browser 400 MB to show


class TooManyFiles(Refusal):
    message = _("This idea has reached its limit of attachments.")


class FileTooLarge(Refusal):
    message = _("This file is too large.")


class EmptyFile(Refusal):
    message = _("This file is empty.")


class FileKindNotAllowed(Refusal):
    message = _("Files of this kind cannot be attached. Try a picture, a PDF, a text, a table or an Office document.")


DOCUMENT_NOT_ALLOWED: Final = _(
    "This file cannot be attached: it is no Office document, or has macros, embedded programs or content from "
    "elsewhere in it. Try it as a PDF."
)


class PictureDamaged(Refusal):
    message = _("This picture is damaged or incomplete. Open it, save it again, and attach that.")


class PictureTooLarge(Refusal):
    message = _("This picture has too many pixels to be shown. Make it smaller first.")


class AttachmentGone(Refusal):
    message = _("This attachment has already been removed.")


@dataclass(frozen=True)
class Upload:
    """What is kept of a file that was sent, and may be attached."""

    name: str
    kind: FileKind
    content: bytes
    sha256: str


def attach_file(
    idea: Idea, *, file: File[bytes], actor: Member, now: datetime | None = None
) -> tuple[Attachment, bool]:
    """Attach a file to an idea that the actor writes and may change; returns the attachment, and if it is new.

    The same bytes again change nothing. Who can read a published idea sees the file at once, and in its versions.
    What it is, is told from its bytes. A picture loses what the camera wrote into it, the place above all.
    Raises EmptyFile, FileTooLarge, FileKindNotAllowed, PictureDamaged, PictureTooLarge, TooManyFiles,
    NoRoomForYourFiles or NoRoomForFiles about the field `file`, and what check_changeable raises.
    """
    now = now or timezone.now()
    upload = _checked(file)
    with transaction.atomic():
        lock(idea)
        check_changeable(idea, actor, now)
        there: Attachment | None = Attachment.objects.filter(idea=idea, sha256=upload.sha256).first()
        if there is not None:
            return there, False
        _ensure_room(idea, actor, upload)
        attached = _keep(idea, actor, upload, now)
        data = {"attachment": attached.pk, "kind": upload.kind.value, "size": attached.size}
        record(
            Verb.ATTACHMENT_ADDED, subject=idea, actor=actor, data=data | _kept_in_versions(idea, actor, now), now=now
        )
    return attached, True


def remove_attachment(attachment: Attachment, *, actor: Member, now: datetime | None = None) -> None:
    """Take an attachment off an idea that the actor writes and may change; its file goes after the commit.

    That a published idea had it can be read in its versions.
    Raises AttachmentGone, and what check_changeable raises.
    """
    now = now or timezone.now()
    with transaction.atomic():
        idea = attachment.idea
        lock(idea)
        check_changeable(idea, actor, now)
        deleted, _by_model = Attachment.objects.filter(pk=attachment.pk).delete()
        if not deleted:
            raise AttachmentGone
        forget_file(attachment.storage_key)
        data = {"attachment": attachment.pk} | _kept_in_versions(idea, actor, now)
        record(Verb.ATTACHMENT_REMOVED, subject=idea, actor=actor, data=data, now=now)


def _kept_in_versions(idea: Idea, actor: Member, now: datetime) -> dict[str, int]:
    """Write a version of an idea that others have read, so that they can tell what was beside it when they did."""
    if idea.state != IdeaState.PUBLISHED:
        return {}
    write_revision(idea, actor, now)
    idea.save(update_fields=["revision_number"])
    return {"revision": idea.revision_number}


def _checked(file: File[bytes]) -> Upload:
    """Read a file that was sent and return what is kept of it; raises a Refusal when it is not to be attached."""
    sent = _read(file)
    kind = _kind(sent, file.name or "")
    content = _without_traces(sent)
    return Upload(_name(file, kind), kind, content, hashlib.sha256(content).hexdigest())


def _read(file: File[bytes]) -> bytes:
    if file.size > LARGEST_FILE:
        raise FileTooLarge(_("This file is larger than %(most)d MB.") % {"most": LARGEST_MB}, field="file")
    file.seek(0)
    content: bytes = file.read()
    if not content:
        raise EmptyFile(field="file")
    return content


def _kind(sent: bytes, name: str) -> FileKind:
    kind = kind_of(sent, name)
    if kind is not None:
        return kind
    if begins_like_picture(sent):
        raise PictureDamaged(field="file")
    raise FileKindNotAllowed(DOCUMENT_NOT_ALLOWED if sent.startswith(ARCHIVE) else "", field="file")


def _without_traces(sent: bytes) -> bytes:
    """Return a picture without what the camera wrote into it, and anything else as it is."""
    picture = size_of_picture(sent)
    if picture is None:
        return sent
    if picture.width * picture.height > MOST_PIXELS:
        raise PictureTooLarge(field="file")
    return without_traces(sent)


def _name(file: File[bytes], kind: FileKind) -> str:
    known = [ending for endings in EXTENSIONS.values() for ending in endings]
    return tidy_name(file.name or "", EXTENSIONS[kind], known)


def _ensure_room(idea: Idea, actor: Member, upload: Upload) -> None:
    if Attachment.objects.filter(idea=idea).count() >= MAX_ATTACHMENTS:
        most = _("An idea has at most %(most)d attachments. Remove one first.") % {"most": MAX_ATTACHMENTS}
        raise TooManyFiles(most, field="file")
    ensure_room_for_file(actor, len(upload.content))


def _keep(idea: Idea, actor: Member, upload: Upload, now: datetime) -> Attachment:
    attached: Attachment = Attachment.objects.create(
        organization_id=idea.organization_id,
        idea=idea,
        uploader=actor,
        name=upload.name,
        kind=upload.kind,
        size=len(upload.content),
        sha256=upload.sha256,
        storage_key=keep_file(ContentFile(upload.content), organization_id=idea.organization_id, shelf=SHELF),
        after_revision=idea.revision_number,
        created_at=now,
    )
    return attached
