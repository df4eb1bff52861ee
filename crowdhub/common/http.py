from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.utils.functional import Promise


def refuse_unless(rule: Callable[[Any, Any], bool], member: Any, subject: Any, reason: str | Promise) -> None:
    """Raise PermissionDenied (403) with a reason for the reader, unless the rule allows it."""
    if not rule(member, subject):
        raise PermissionDenied(str(reason))


def by_htmx(request: HttpRequest, *, target: str = "") -> bool:
    """Tell whether htmx asks for a part of a page, and for the element with this id if one is named."""
    details = getattr(request, "htmx", None)  # set by django-htmx
    return bool(details) and (not target or getattr(details, "target", "") == target)
