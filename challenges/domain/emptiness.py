"""Why an audience is of nobody, so that a manager knows which condition to change."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from challenges.enums import ClauseKind
from challenges.models import AudienceClause, Challenge
from challenges.wording import clause_words
from crowdhub.people.enums import SkillSource
from crowdhub.people.models import Member, MemberSkill


def why_nobody_is_asked(challenge: Challenge) -> str:
    """Return one sentence that says which condition matches no one, or that they do not meet in anybody."""
    clauses = list(challenge.audience.select_related("skill", "department", "location", "group", "member"))
    conditions = [clause for clause in clauses if clause.kind not in (ClauseKind.INCLUDE, ClauseKind.EXCLUDE)]
    if not conditions and not challenge.everyone:
        return _("Nobody would be asked: say who the question is for.")
    for clause in conditions:
        if reason := _why_nobody_meets(clause, challenge):
            return reason
    if len(conditions) > 1:
        return _("Nobody would be asked: each condition matches somebody, but nobody meets all of them.")
    return _("Nobody would be asked: everybody who matches was left out by name.")


def _why_nobody_meets(clause: AudienceClause, challenge: Challenge) -> str:
    words = clause_words(clause, viewer=None)
    if clause.kind == ClauseKind.SKILL:
        return _why_nobody_has(clause, words, confirmed_only=challenge.counts_confirmed_only)
    if _members_meeting(clause).exists():
        return ""
    return _("Nobody would be asked: there is nobody in %(clause)s.") % {"clause": words}


def _why_nobody_has(clause: AudienceClause, words: str, *, confirmed_only: bool) -> str:
    held = MemberSkill.objects.filter(skill=clause.skill_id, member__is_active=True, member__erased_at=None)
    confirmed = held.filter(level__gte=clause.min_level).exclude(source=SkillSource.OWN_WORD)
    stated = held.filter(Q(level__gte=clause.min_level) | Q(claimed_level__gte=clause.min_level))
    if (confirmed if confirmed_only else stated).exists():
        return ""
    claimed_count = stated.count()
    if claimed_count == 0:
        return _("Nobody would be asked: nobody has %(clause)s.") % {"clause": words}
    return ngettext(
        "Nobody would be asked: %(count)d person says that they have %(clause)s, but nobody has confirmed it, "
        "which this challenge requires.",
        "Nobody would be asked: %(count)d people say that they have %(clause)s, but nobody has confirmed it, "
        "which this challenge requires.",
        claimed_count,
    ) % {"count": claimed_count, "clause": words}


def _members_meeting(clause: AudienceClause) -> QuerySet[Member]:
    active = Member.objects.filter(is_active=True, erased_at=None)
    if clause.kind == ClauseKind.DEPARTMENT:
        return active.filter(
            Q(department=clause.department_id) | Q(department__path__contains=f"/{clause.department_id}/")
        )
    if clause.kind == ClauseKind.LOCATION:
        return active.filter(location=clause.location_id)
    return active.filter(memberships__group=clause.group_id)
