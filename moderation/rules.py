"""Who may do what in the moderators' panel. Predicates take (member, case), or None for the panel itself.

Moderators of single challenges have the panel, and in it the cases of these.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy
from rules.predicates import predicate

from crowdhub.people.models import Member
from crowdhub.people.rules import is_auditor, is_moderator
from ideas.models import Idea
from ideas.rules import has_written
from ideas.rules import moderates as moderates_idea
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
    if case is None:
        return bool(is_moderator(member) or member.moderated)
    return bool(moderates_idea(member, case.idea_at_stake))


@predicate
def moderates_everything(member: Member, case: Case | None) -> bool:
    return bool(is_moderator(member))


@predicate
def audits(member: Member, case: Case | None) -> bool:
    return bool(is_auditor(member))


@predicate
def read_decisions(member: Member, idea: Idea) -> bool:
    """Whether the member reads every decision on an idea and its comments, whoever wrote them."""
    return bool(moderates_idea(member, idea) or is_auditor(member))


read_cases = moderates | audits
QUEUE_READERS_ONLY = gettext_lazy("The moderation queue is for moderators and auditors.")
reads_everything = moderates_everything | audits
work_on_cases = moderates
MODERATORS_ONLY = gettext_lazy("Only moderators decide cases.")
decide_case = moderates & is_someone_elses
# Everybody starts from the same reasons, in every challenge.
edit_templates = moderates_everything
