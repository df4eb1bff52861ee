"""Counting the saves of a draft, so that nobody overwrites what they have not seen."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from challenges.models import Challenge
from crowdhub.common.errors import Refusal

AUDIENCE = "audience"  # the part of a draft that is its clauses; other parts are named by their field or phase


class DraftConflict(Refusal):
    """Somebody changed the same part of the draft after this page was opened."""

    message = _("This draft was saved elsewhere in the meantime.")
    other_version = True  # for templates: there is something to compare with


class CheckedAnotherDraft(DraftConflict):
    message = _("The draft has changed since you looked at it: check it once more, then launch.")


def count_save(challenge: Challenge, changed: Collection[str], *, known_version: int | None) -> None:
    """Count a save of a locked draft that changes these parts; the caller writes the challenge's row.

    `known_version` is the one that the writer's page knew (None: they take what comes). Raises
    DraftConflict when one of the parts was changed after it; another part may have been, and is left as it is.
    """
    if known_version is not None and any(challenge.changed_in.get(part, 0) > known_version for part in changed):
        raise DraftConflict
    challenge.version += 1
    challenge.changed_in |= dict.fromkeys(changed, challenge.version)
