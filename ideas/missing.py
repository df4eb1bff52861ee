from __future__ import annotations

from django.utils.translation import gettext as _


def missing_from(title: str, body: str) -> list[str]:
    """Return in words what an idea needs before it can be handed in; an empty list when it is complete."""
    missing = []
    if not title.strip():
        missing.append(_("A title"))
    if not body.strip():
        missing.append(_("A description"))
    return missing
