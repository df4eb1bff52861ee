"""The digest as it arrives: sent now, and read by a person who clicks on what is in it."""

from __future__ import annotations

import email
import email.policy
import json
import re
import subprocess
import sys
import time
from datetime import datetime
from email.message import EmailMessage
from pathlib import Path

from tests.browser.product import Product
from tests.launcher.runs import ROOT

THE_ID = "(SELECT id FROM people_member WHERE email = %s)"
PATIENCE = 60.0  # seconds; it is a worker in another process that sends it


def send_digest(product: Product, address: str) -> EmailMessage:
    """Send somebody's digest, whatever was sent today or read already, and return it."""
    _forget_digests(product, address)
    latest = f"SELECT id FROM inbox_notification WHERE member_id = {THE_ID} ORDER BY created_at DESC LIMIT 1"
    product.execute(f"UPDATE inbox_notification SET read_at = NULL WHERE id = ({latest})", address)
    before = _names(product)
    _run(product, "manage.py", "send_digests", "acme", "--to", address, "--now")
    return _arrived(product, address, before)


def send_digest_by_workers(product: Product, address: str, *, since: datetime) -> EmailMessage:
    """Let a worker send somebody's digest of what happened since then, as beat has it done in the morning.

    It is claimed here, because a morning of a working day is not always; the task goes through the broker.
    """
    _forget_digests(product, address)
    before = _names(product)
    ((organization, digest),) = product.execute(
        """INSERT INTO inbox_digest (organization_id, member_id, day, covers_since, created_at, is_empty)
        SELECT member.organization_id, member.id, (now() AT TIME ZONE organization.timezone)::date, %s, now(), false
        FROM people_member member JOIN tenancy_organization organization ON organization.id = member.organization_id
        WHERE member.email = %s RETURNING organization_id, id""",
        since,
        address,
    )
    task = ["call", "crowdhub.inbox.tasks.send_digest_batch", "--args", json.dumps([organization, [digest]])]
    _run(product, "-m", "celery", "--app", "crowdhub.celery", *task)
    return _arrived(product, address, before)


def _forget_digests(product: Product, address: str) -> None:
    product.execute(f"DELETE FROM inbox_digest WHERE member_id = {THE_ID}", address)


def _run(product: Product, *command: str) -> None:
    subprocess.run([sys.executable, *command], cwd=ROOT, env=product.environment(), check=True, capture_output=True)


def _arrived(product: Product, address: str, before: set[str]) -> EmailMessage:
    """Wait for a mail to this address that was not there before."""
    deadline = time.monotonic() + PATIENCE
    while True:
        for path in _mails(product):
            if path.name not in before:
                mail = email.message_from_string(path.read_text(), policy=email.policy.default)
                assert isinstance(mail, EmailMessage)
                if mail["To"] is not None and address in {one.addr_spec for one in mail["To"].addresses}:
                    return mail
        assert time.monotonic() < deadline, "no digest was sent"
        time.sleep(0.2)  # a worker in another process writes it


def _names(product: Product) -> set[str]:
    return {path.name for path in _mails(product)}


def _mails(product: Product) -> list[Path]:
    return sorted((product.data / "mailbox").glob("*.eml"))


def links_in(mail: EmailMessage) -> list[tuple[str, str]]:
    """Return the links of its HTML: address and words."""
    body = mail.get_body(("html",))
    assert body is not None
    found = re.findall(r'<a[^>]*href="([^"]+)"[^>]*>(.*?)</a>', body.get_content(), re.DOTALL)
    return [(address.replace("&amp;", "&"), re.sub(r"<[^>]+>|\s+", " ", words).strip()) for address, words in found]
