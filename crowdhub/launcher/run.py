"""The product for people's own use on one machine: as a demo runs, but empty, and with nobody signed in by a click."""

from __future__ import annotations

import os

from crowdhub.launcher import database as databases
from crowdhub.launcher.demo import DATABASE, Demo
from crowdhub.launcher.purpose import Purpose

# No vowels and no look-alikes: a code that is read from a console and typed into a page.
CODE_ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
CODE_GROUPS, CODE_GROUP = 3, 5


def setup_code(secret: str) -> str:
    """Return the set-up code that a secret (hexadecimal) stands for: about 71 bits, as three groups of five."""
    number, code = int(secret, 16), ""
    for _place in range(CODE_GROUPS * CODE_GROUP):
        number, place = divmod(number, len(CODE_ALPHABET))
        code += CODE_ALPHABET[place]
    return "-".join(code[start : start + CODE_GROUP] for start in range(0, len(code), CODE_GROUP))


class Installation(Demo):
    """One run of an installation of one's own."""

    purpose = Purpose.RUN
    prepare_command = ("migrate", "--database=owner", "--no-input")
    preparing = "Preparing the database and the static files ..."

    def start_mail(self) -> dict[str, str]:
        """Send mail where EMAIL_URL says; without it, keep each mail as a file."""
        not_a_demo = {"CROWDHUB_DEMO": "false", "CROWDHUB_DEMO_MAILBOX": ""}
        if url := os.environ.get("EMAIL_URL"):
            return not_a_demo | {"EMAIL_URL": url}
        return super().start_mail() | not_a_demo

    def settings(self) -> dict[str, str]:
        """Give the web server the set-up code for as long as there is nothing to protect from a second founder."""
        return {"CROWDHUB_SETUP_CODE": "" if self._canonical_host() else self._code()}

    def announcement(self, seconds: float) -> str:
        """Return the address, where mail goes and, for an empty installation, how it is founded."""
        return f"""
CrowdHub is ready, after {seconds:.1f} s.

{self._what_next()}

{self._where_mail_goes()}
There is no demo data here and no sign-in by one click; for those: make demo
Data and logs are in {self.data.path}. Stop with Ctrl-C.
"""

    def _what_next(self) -> str:
        if host := self._canonical_host():
            return f"  http://{host}:{self.port}/"
        return (
            "This installation is empty. Found your organization at\n\n"
            f"  http://localhost:{self.port}/?code={self._code()}\n\n"
            f"  set-up code: {self._code()}\n\n"
            "The code works once. Whoever has it becomes the first administrator, so keep it to yourself."
        )

    def _where_mail_goes(self) -> str:
        if os.environ.get("EMAIL_URL"):
            return "Mail is sent by the server that EMAIL_URL names."
        return (
            f"Mail, invitations included, is not sent: each becomes a file in\n  {self.mailbox}\n"
            "To send it, start with EMAIL_URL=smtp+tls://user:password@host:587"
        )

    def _code(self) -> str:
        return setup_code(self.data.keys(["setup_code"])["setup_code"])

    def _canonical_host(self) -> str:
        """Return the host of the first organization, or nothing as long as there is none."""
        url = databases.with_database(self.admin_url, DATABASE)
        return str(databases.value(url, "SELECT host FROM tenancy_domain WHERE is_canonical ORDER BY id LIMIT 1") or "")
