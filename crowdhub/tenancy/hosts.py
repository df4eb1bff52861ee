"""Which organization a host name stands for."""

from __future__ import annotations

import time
from dataclasses import dataclass

from django.conf import settings

from crowdhub.tenancy.models import Domain

# Hosts change rarely: each process asks the database once a minute, not once a request.
MAX_AGE_SECONDS = 60.0


@dataclass(frozen=True)
class Host:
    organization_id: int
    canonical_host: str
    redirects: bool


_known: dict[str, tuple[float, Host | None]] = {}


def find_host(name: str) -> Host | None:
    """Return what the host name (without a port, any case) stands for, or None for an unknown one.

    An unknown one falls back to the row named "*", which an installation with one organization may have.
    """
    name = name.lower().rstrip(".")
    known = _known.get(name)
    if known is not None and time.monotonic() - known[0] < MAX_AGE_SECONDS:
        return known[1]
    host = _look_up(name) or _look_up("*")
    if len(_known) > 1000:  # a stranger who tries names must not fill the memory
        _known.clear()
    _known[name] = (time.monotonic(), host)
    return host


def forget_hosts() -> None:
    """Forget what this process knows, after a change of domains."""
    _known.clear()


def _look_up(name: str) -> Host | None:
    domain = Domain.objects.filter(host=name).first()
    if domain is None:
        return None
    canonical = Domain.objects.filter(organization=domain.organization_id, is_canonical=True).first()
    return Host(
        organization_id=domain.organization_id,
        canonical_host=canonical.host if canonical else name,
        redirects=domain.redirects and canonical is not None,
    )


def public_url(canonical_host: str, path: str = "") -> str:
    """Return an absolute address at an organization's canonical host, never at the one a request claims."""
    port = f":{settings.PUBLIC_PORT}" if settings.PUBLIC_PORT else ""
    return f"{settings.SCHEME}://{canonical_host}{port}{path}"


def organization_url(organization_id: int, path: str = "") -> str:
    """Return an absolute address in an organization, for mails and exports."""
    domain = Domain.objects.get(organization=organization_id, is_canonical=True)
    return public_url(domain.host, path)
