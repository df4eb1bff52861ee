"""What a demo says when it is ready."""

from __future__ import annotations

from pathlib import Path

PASSWORD = "crowdhub-demo"  # noqa: S105  a demo's password is meant to be known
CAST = {
    "alice@acme.example": "employee, has the skill that is asked for",
    "bob@acme.example": "moderator",
    "carol@acme.example": "challenge manager",
    "dave@acme.example": "HR",
    "ed@acme.example": "employee, without that skill",
    "erin@acme.example": "administrator",
    "grace@acme.example": "evaluator",
    "frank@acme.example": "auditor",
    "mallory@globex.example": "administrator of the other organization",
}


def announcement(port: int, *, mailbox: Path, data: Path, seconds: float) -> str:
    """Return the addresses, the people to sign in as, and where mail and data are."""
    width = max(map(len, CAST))
    people = "\n".join(f"  {address:<{width}}  {part}" for address, part in CAST.items())
    return f"""
CrowdHub is ready, after {seconds:.1f} s.

  acme      http://acme.localhost:{port}/
  globex    http://globex.localhost:{port}/
  sent mail http://acme.localhost:{port}/demo/mailbox/   (files: {mailbox})
  API docs  http://acme.localhost:{port}/api/v1/docs/

Sign in by one click, or with the password {PASSWORD}:
{people}

Data and logs are in {data}. Stop with Ctrl-C.
"""
