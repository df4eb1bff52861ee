"""The digest as it arrives: sent now, and read by a person who clicks on what is in it."""

from __future__ import annotations

import email
import email.policy
import re
import subprocess
import sys
import time
from email.message import EmailMessage
from pathlib import Path

from tests.browser.product import Product
from tests.launcher.runs import ROOT

PATIENCE = 60.0  # seconds; it is a worker in another process that sends it


def send_digest(product: Product, address: str) -> EmailMessage:
    """Send somebody's digest, whatever was sent today already, and return it."""
    product.execute(
        "DELETE FROM inbox_digest WHERE member_id = (SELECT id FROM people_member WHERE email = %s)", address
    )
    before = {path.name for path in _mails(product)}
    command = [sys.executable, "manage.py", "send_digests", "acme", "--to", address, "--now"]
    subprocess.run(command, cwd=ROOT, env=product.environment(), check=True, capture_output=True)
    deadline = time.monotonic() + PATIENCE
    while True:
        for path in _mails(product):
            if path.name not in before and f"To: {address}" in (text := path.read_text()):
                mail = email.message_from_string(text, policy=email.policy.default)
                assert isinstance(mail, EmailMessage)
                return mail
        assert time.monotonic() < deadline, "no digest was sent"
        time.sleep(0.2)  # a worker in another process writes it


def _mails(product: Product) -> list[Path]:
    return sorted((product.data / "mailbox").glob("*.eml"))


def links_in(mail: EmailMessage) -> list[tuple[str, str]]:
    """Return the links of its HTML: address and words."""
    body = mail.get_body(("html",))
    assert body is not None
    found = re.findall(r'<a[^>]*href="([^"]+)"[^>]*>(.*?)</a>', body.get_content(), re.DOTALL)
    return [(address.replace("&amp;", "&"), re.sub(r"<[^>]+>|\s+", " ", words).strip()) for address, words in found]
