from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.utils.functional import Promise


def refuse_unless(rule: Callable[[Any, Any], bool], member: Any, subject: Any, reason: str | Promise) -> None:
    """Raise PermissionDenied (403) with a reason for the reader, unless the rule allows it."""
    if not rule(member, subject):
        raise PermissionDenied(str(reason))
