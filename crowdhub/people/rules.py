"""Who holds which role, as predicates: (member) -> bool."""

from __future__ import annotations

from typing import Any

import rules

from crowdhub.people.enums import Role
from crowdhub.people.models import Member


def _holds(role: Role) -> Any:
    @rules.predicate(f"is_{role}")
    def holds(member: Member) -> bool:
        return role in member.roles

    return holds


is_moderator = _holds(Role.MODERATOR)
is_manager = _holds(Role.MANAGER)
is_hr = _holds(Role.HR)
is_evaluator = _holds(Role.EVALUATOR)
is_administrator = _holds(Role.ADMINISTRATOR)
is_auditor = _holds(Role.AUDITOR)
