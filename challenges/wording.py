"""Challenges in words: whom one asks and why, where it stands, and what comes next."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db.models import F, Value
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from challenges.enums import ChallengeState, ClauseKind, PhaseKind
from challenges.models import AudienceClause, Challenge, Invitation
from challenges.reach import Reach
from crowdhub.people.models import Department, Group, Location, Member, Skill
from crowdhub.people.names import shown_name

NAMED_MODELS: Final = {
    ClauseKind.SKILL: Skill,
    ClauseKind.DEPARTMENT: Department,
    ClauseKind.LOCATION: Location,
    ClauseKind.GROUP: Group,
}
# What Invitation.reason holds: [["skill", skill id, level], ["department", id], ...]
Reason = list[list[str | int]]
# (kind, id) -> name
Names = dict[tuple[str, int], str]

_SENTENCES: Final = {
    (True, False, False): gettext_lazy("People with %(skills)s"),
    (False, True, False): gettext_lazy("People in %(places)s"),
    (False, False, True): gettext_lazy("People who belong to %(groups)s"),
    (True, True, False): gettext_lazy("People with %(skills)s in %(places)s"),
    (True, False, True): gettext_lazy("People with %(skills)s who belong to %(groups)s"),
    (False, True, True): gettext_lazy("People in %(places)s who belong to %(groups)s"),
    (True, True, True): gettext_lazy("People with %(skills)s in %(places)s who belong to %(groups)s"),
}


@dataclass(frozen=True)
class ReachWarning:
    """Something about an audience that a manager should know before the launch; `code` is the same in all languages."""

    code: str
    text: str


def join_words(words: Iterable[str], last: str) -> str:
    """Join words as a sentence does: with commas, and `last` ("and", "or") before the last one."""
    listed = list(words)
    if len(listed) < 2:
        return "".join(listed)
    return f"{', '.join(listed[:-1])} {last} {listed[-1]}"


def audience_sentence(challenge: Challenge, clauses: Iterable[AudienceClause], *, viewer: Member | None) -> str:
    """Return whom a challenge asks: "People with Welding (level 3 or more) in Operations or Site Berlin".

    The clauses must come with what they name; an audience of nobody is said to be one.
    """
    words: dict[str, list[str]] = defaultdict(list)
    for clause in clauses:
        words[clause.kind].append(clause_words(clause, viewer=viewer))
    whom = _whom(challenge, words)
    included = join_words(words[ClauseKind.INCLUDE], _("and"))
    excluded = join_words(words[ClauseKind.EXCLUDE], _("and"))
    if included and not challenge.everyone:
        whom = _("%(people)s, and also %(names)s") % {"people": whom, "names": included} if whom else included
    if whom and excluded:
        return _("%(people)s, but not %(names)s") % {"people": whom, "names": excluded}
    return whom or _("Nobody yet")


def reach_warnings(reach: Reach) -> list[ReachWarning]:
    """Return what speaks against launching for this audience as it is, the gravest first."""
    found = []
    if not reach.count:
        found.append(ReachWarning("nobody", _("A challenge that asks nobody cannot be launched.")))
    if reach.dominant_department:
        text = _("More than half of them are in %(department)s: answers will sound alike.")
        found.append(ReachWarning("one_department", text % {"department": reach.dominant_department}))
    for covered in reach.coverage:
        if covered.is_thin:
            text = ngettext(
                "%(holders)s person with %(skill)s: expect fewer than three answers from them.",
                "%(holders)s people with %(skill)s: expect fewer than three answers from them.",
                covered.holders,
            )
            values = {"holders": covered.holders, "skill": covered.clause.skill}
            found.append(ReachWarning("thin_coverage", text % values))
    if reach.tired_count:
        text = ngettext(
            "%(people)s of them was invited twice or more in the past 30 days.",
            "%(people)s of them were invited twice or more in the past 30 days.",
            reach.tired_count,
        )
        found.append(ReachWarning("asked_often", text % {"people": reach.tired_count}))
    return found


def clause_words(clause: AudienceClause, *, viewer: Member | None) -> str:
    """Return what one clause asks for, in words: a name, with the level of a skill."""
    if clause.kind in (ClauseKind.INCLUDE, ClauseKind.EXCLUDE):
        return shown_name(clause.member, viewer=viewer)
    named = clause.skill or clause.department or clause.location or clause.group
    if clause.kind != ClauseKind.SKILL:
        return str(named)
    if clause.min_level > 1:
        return _("%(skill)s (level %(level)d or more)") % {"skill": named, "level": clause.min_level}
    return _("%(skill)s (any level)") % {"skill": named}


def why_asked(invitation: Invitation) -> str:
    """Return why a member is asked, in one sentence; takes one query."""
    return why_asked_each([invitation])[invitation.pk]


def why_asked_each(invitations: Iterable[Invitation]) -> dict[int, str]:
    """Return the sentence for each invitation by its id; takes one query for all of them."""
    listed = list(invitations)
    names = names_in(invitation.reason for invitation in listed)
    return {invitation.pk: reason_sentence(invitation.reason, names) for invitation in listed}


def why_asked_in_short(invitations: Iterable[Invitation]) -> dict[int, str]:
    """Return for each invitation what its member matched, as others read it; takes one query for all of them."""
    listed = list(invitations)
    names = names_in(invitation.reason for invitation in listed)
    return {invitation.pk: reason_in_short(invitation.reason, names) for invitation in listed}


def names_in(reasons: Iterable[Reason]) -> Names:
    """Return the names of everything that these reasons mention, by one query, or none when there is nothing."""
    ids: dict[str, set[int]] = defaultdict(set)
    for reason in reasons:
        for kind, *rest in reason:
            if kind in NAMED_MODELS and rest:
                ids[str(kind)].add(int(rest[0]))
    queries = [
        NAMED_MODELS[ClauseKind(kind)]
        .objects.filter(pk__in=ids[kind])
        .order_by()
        .values_list(Value(kind), "pk", F("name"))
        for kind in ids
    ]
    if not queries:
        return {}
    return {(kind, pk): name for kind, pk, name in queries[0].union(*queries[1:], all=True)}


def reason_sentence(reason: Reason, names: Names) -> str:
    """Return a reason as one sentence; what has been deleted since is left out of it."""
    named = _named(reason, names)
    skills = [
        _("%(skill)s (level %(level)s)") % {"skill": name, "level": level} for name, level in named.pop("skill", [])
    ]
    know = [_("you know %(skills)s") % {"skills": join_words(skills, _("and"))}] if skills else []
    because = know + [_because(kind, name) for kind, items in named.items() for name, *_rest in items]
    if because:
        return _("You are asked because %(reasons)s.") % {"reasons": join_words(because, _("and"))}
    if ["everyone"] in reason:
        return _("Everyone in your organization is asked.")
    if ["include"] in reason:
        return _("You are asked because a manager of this challenge chose you by name.")
    return _("You are asked because you matched what this challenge looks for.")


def status_of(challenge: Challenge, *, now: datetime | None = None) -> tuple[str, str]:
    """Return where a challenge stands, in words and in the tone of a status; uses prefetched phases."""
    now = now or timezone.now()
    if challenge.state == ChallengeState.DRAFT:
        return _("Draft"), "neutral"
    phases = {phase.kind: phase for phase in challenge.phases.all()}
    if challenge.state == ChallengeState.CLOSED or all(phase.ends_at <= now for phase in phases.values()):
        return _("Closed"), "closed"
    words = {
        PhaseKind.SUBMISSION: _("Taking ideas"),
        PhaseKind.VOTING: _("Voting"),
        PhaseKind.REVIEW: _("Being decided"),
    }
    for kind, text in words.items():
        if kind in phases and phases[kind].starts_at <= now < phases[kind].ends_at:
            return text, "active"
    return _("Opens soon"), "neutral"


def next_date(challenge: Challenge, *, now: datetime | None = None) -> tuple[str, datetime | None]:
    """Return what happens next in a launched challenge, and when; uses prefetched phases."""
    now = now or timezone.now()
    if challenge.state != ChallengeState.LAUNCHED:
        return "", None
    words = {
        PhaseKind.SUBMISSION: (_("Opens"), _("Ideas until")),
        PhaseKind.VOTING: (_("Voting from"), _("Voting until")),
        PhaseKind.REVIEW: (_("Decision from"), _("Decided by")),
    }
    phases = {phase.kind: phase for phase in challenge.phases.all()}
    for kind, (before, during) in words.items():
        if kind in phases and phases[kind].ends_at > now:
            begins = phases[kind].starts_at
            return (before, begins) if begins > now else (during, phases[kind].ends_at)
    return "", None


def reason_in_short(reason: Reason, names: Names) -> str:
    """Return a reason as those read it who look after the challenge: "Heat transfer, level 3; Operations"."""
    matched = [
        _("%(skill)s, level %(level)s") % {"skill": name, "level": rest[0]} if rest else str(name)
        for items in _named(reason, names).values()
        for name, *rest in items
    ]
    if matched:
        return "; ".join(matched)
    if ["everyone"] in reason:
        return _("Everyone is asked")
    if ["include"] in reason:
        return _("Chosen by name")
    return _("Matched what was looked for")


def _named(reason: Reason, names: Names) -> dict[str, list[list[str | int]]]:
    """Return by kind what of a reason is still there: the name, and of a skill the level."""
    named: dict[str, list[list[str | int]]] = defaultdict(list)
    for kind, *rest in reason:
        if rest and (name := names.get((str(kind), int(rest[0])))) is not None:
            named[str(kind)].append([name, *rest[1:]])
    return named


def _because(kind: str, name: str | int) -> str:
    if kind == ClauseKind.DEPARTMENT:
        return _("you work in %(department)s") % {"department": name}
    if kind == ClauseKind.LOCATION:
        return _("you work at %(location)s") % {"location": name}
    return _("you belong to %(group)s") % {"group": name}


def _whom(challenge: Challenge, words: dict[str, list[str]]) -> str:
    if challenge.everyone:
        return _("Everyone in the organization")
    skills = words[ClauseKind.SKILL]
    places = words[ClauseKind.DEPARTMENT] + words[ClauseKind.LOCATION]
    groups = words[ClauseKind.GROUP]
    sentence = _SENTENCES.get((bool(skills), bool(places), bool(groups)))
    if sentence is None:
        return ""
    joined = {"skills": skills, "places": places, "groups": groups}
    return str(sentence) % {name: join_words(listed, _("or")) for name, listed in joined.items()}
