"""Who may do what with people, as predicates: of a member alone, or of (member, person)."""

from __future__ import annotations

from typing import Any

from rules.predicates import predicate

from crowdhub.people.enums import Role
from crowdhub.people.models import Member


def _holds(role: Role) -> Any:
    @predicate(f"is_{role}")
    def holds(member: Member) -> bool:
        return role in member.roles

    return holds


is_moderator = _holds(Role.MODERATOR)
is_manager = _holds(Role.MANAGER)
is_hr = _holds(Role.HR)
is_evaluator = _holds(Role.EVALUATOR)
is_administrator = _holds(Role.ADMINISTRATOR)
is_auditor = _holds(Role.AUDITOR)


@predicate
def is_self(member: Member, person: Member) -> bool:
    return member.pk == person.pk


@predicate
def leads(member: Member, person: Member) -> bool:
    """Whether the member is the person's manager in the directory."""
    return person.manager_id == member.pk


# The directory as a list is for those who keep it, who confirm skills, and who look over their shoulders.
see_directory = is_administrator | is_hr | is_auditor
see_roles = is_administrator | is_auditor
keep_directory = is_administrator
# People aim challenges by skill; everyone else's skills are their own affair.
see_skills = is_self | leads | is_hr | is_administrator | is_manager
confirm_skills = (leads | is_hr) & ~is_self
