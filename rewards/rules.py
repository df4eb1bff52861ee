"""Who may do what with points."""

from __future__ import annotations

from rules.predicates import predicate

from crowdhub.people.models import Member
from crowdhub.tenancy.context import current_organization


@predicate
def has_leaderboard(member: Member) -> bool:
    """Whether people can be compared by points at all, which the organization decides for everyone."""
    return current_organization().has_leaderboard
