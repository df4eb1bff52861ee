"""Who may do what in the moderators' panel. Predicates take (member, case), or None for the panel itself."""

from __future__ import annotations

from rules.predicates import predicate

from crowdhub.people.models import Member
from crowdhub.people.rules import is_auditor, is_moderator
from ideas.rules import has_written
from moderation.models import Case


@predicate
def is_someone_elses(member: Member, case: Case | None) -> bool:
    """Nobody decides about what they write or ever wrote: who leaves an idea does not become its judge."""
    if case is None:
        return True
    if case.comment is not None:
        return case.comment.author_id != member.pk
    assert case.idea is not None  # noqa: S101  the database holds that one of the two is set
    return not has_written(member, case.idea)


@predicate
def moderates(member: Member, case: Case | None) -> bool:
    return bool(is_moderator(member))


@predicate
def audits(member: Member, case: Case | None) -> bool:
    return bool(is_auditor(member))


read_cases = moderates | audits
work_on_cases = moderates
decide_case = moderates & is_someone_elses
edit_templates = moderates
