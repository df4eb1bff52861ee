"""The mails that the demo's SMTP catcher has written, as far as they went to members of the open organization."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.utils import getaddresses, parsedate_to_datetime
from pathlib import Path

from django.conf import settings

from crowdhub.people.models import Member

MOST = 200  # mails that are listed
NAME = re.compile(r"\d{1,25}-\d{1,9}")  # as the catcher names its files, by time


@dataclass(frozen=True)
class Letter:
    """One mail that was sent."""

    name: str
    subject: str
    sender: str
    recipients: list[str]
    sent_at: datetime | None
    text: str
    html: str


def letters() -> list[Letter]:
    """Return the mails to members of the open organization, newest first."""
    files = sorted(_folder().glob("*.eml"), reverse=True)[:MOST] if settings.DEMO_MAILBOX else []
    found = [letter for path in files if NAME.fullmatch(path.stem) and (letter := _read(path)) is not None]
    ours = _members_among({address for letter in found for address in letter.recipients})
    return [letter for letter in found if ours.intersection(letter.recipients)]


def open_letter(name: str) -> Letter | None:
    """Return one mail, or None when there is none of this name or it went to nobody of the open organization."""
    if not settings.DEMO_MAILBOX or not NAME.fullmatch(name):
        return None
    found = _read(_folder() / f"{name}.eml")
    return found if found is not None and _members_among(set(found.recipients)) else None


def _folder() -> Path:
    return Path(settings.DEMO_MAILBOX)


def _members_among(addresses: set[str]) -> set[str]:
    return set(Member.objects.filter(email__in=addresses).values_list("email", flat=True))


def _read(path: Path) -> Letter | None:
    try:
        message = email.message_from_bytes(path.read_bytes(), _class=EmailMessage, policy=email.policy.default)
    except OSError:  # removed in between
        return None
    recipients = message.get_all("X-Envelope-To") or message.get_all("To") or []
    return Letter(
        name=path.stem,
        subject=str(message.get("Subject", "")),
        sender=str(message.get("From", "")),
        recipients=[address.lower() for _name, address in getaddresses(map(str, recipients))],
        sent_at=_sent_at(message),
        text=_part(message, "plain"),
        html=_part(message, "html"),
    )


def _part(message: EmailMessage, kind: str) -> str:
    part = message.get_body(preferencelist=(kind,))
    return str(part.get_content()) if part is not None else ""


def _sent_at(message: EmailMessage) -> datetime | None:
    try:
        sent_at = parsedate_to_datetime(str(message.get("Date")))
    except ValueError:
        return None
    # "-0000" says UTC without a zone, and comes back as a naive time.
    return sent_at if sent_at.tzinfo else sent_at.replace(tzinfo=UTC)
