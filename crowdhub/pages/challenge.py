"""A challenge with its ideas, composed for one reader."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Count, IntegerField, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenges.audience_sql import commonest_reason
from challenges.domain.invitations import mark_seen
from challenges.enums import PhaseKind
from challenges.models import Challenge, ChallengeManager, Invitation, Phase
from challenges.queries import challenges_visible_to, invitation_of
from challenges.rules import remember_taking_part
from challenges.wording import join_words, names_in, reason_sentence, why_asked
from crowdhub.common.nested import attach, related_of, rows_of
from crowdhub.common.text import excerpt
from crowdhub.people.models import Member
from crowdhub.people.names import shown_name
from ideas.enums import IdeaState
from ideas.models import Contributor, Idea
from ideas.ordering import Order, ideas_in_fair_order, order_of

IDEAS_A_PAGE = 20
TIER_NAMES = {1: gettext_lazy("top tenth"), 2: gettext_lazy("upper half"), 3: gettext_lazy("lower half")}


@dataclass(frozen=True)
class Step:
    """A phase as the timeline shows it."""

    name: str
    opens_at: datetime
    closes_at: datetime
    state: str
    note: str = ""


def challenge_for(member: Member, public_id: str) -> Challenge:
    """Return the challenge with phases, managers, the member's invitation and its number of ideas, in one query.

    Raises Http404 when the member may not know of it.
    """
    ideas = Idea.objects.filter(challenge=OuterRef("pk"), state=IdeaState.PUBLISHED).order_by()
    counted = ideas.values("challenge").annotate(count=Count("pk")).values("count")
    managers = ChallengeManager.objects.filter(challenge=OuterRef("pk")).order_by("-part", "pk")
    found = challenges_visible_to(member).annotate(
        idea_count=Coalesce(Subquery(counted, output_field=IntegerField()), 0),
        phase_rows=rows_of(
            Phase.objects.filter(challenge=OuterRef("pk")).order_by("starts_at", "ends_at"),
            "id",
            "challenge_id",
            "kind",
            "starts_at",
            "ends_at",
        ),
        manager_rows=rows_of(
            managers, "id", "challenge_id", "member_id", "part", "member__id", "member__name", "member__erased_at"
        ),
        invitation_rows=rows_of(invitation_of(member), "id", "reason", "seen_at"),
    )
    challenge: Challenge = get_object_or_404(found, public_id=public_id)
    attach(challenge, "phases", annotated(challenge).phase_rows)
    attach(challenge, "managers", annotated(challenge).manager_rows)
    remember_taking_part(member, challenge, is_invited=bool(annotated(challenge).invitation_rows))
    return challenge


def annotated(row: Model) -> Any:
    """Return the row as what it is: a model's instance with the annotations of its query, which types do not know."""
    return row


def welcome(challenge: Challenge, member: Member) -> str:
    """Return why the member is asked, empty when they are not, and note that they have seen it."""
    if not annotated(challenge).invitation_rows:
        return ""
    row = annotated(challenge).invitation_rows[0]
    if row["seen_at"] is None:
        mark_seen(challenge, member=member)
    return why_asked(Invitation(pk=row["id"], reason=row["reason"]))


def sample_welcome(challenge: Challenge) -> str:
    """Return the reason that most of those will read whom a draft asks; empty while it asks nobody."""
    reason = commonest_reason(challenge)
    return reason_sentence(reason, names_in([reason])) if reason else ""


def brief_context(challenge: Challenge, member: Member) -> dict[str, Any]:
    """Return what the page of a challenge says whoever reads it, and before there is any idea; asks no query."""
    steps = timeline(challenge)
    return {
        "challenge": challenge,
        "brief": challenge.brief_html,
        "steps": steps,
        "open_step": next((step for step in steps if step.state == "open"), None),
        "managed_by": join_words(manager_names(challenge, viewer=member), _("and")),
        "order_note": order_note(challenge),
    }


def timeline(challenge: Challenge) -> list[Step]:
    """Return the phases with what is over, open and next."""
    now = timezone.now()
    notes = {
        PhaseKind.SUBMISSION: _("Write ideas, comment"),
        PhaseKind.VOTING: _("Support ideas, comment"),
        PhaseKind.REVIEW: _("Every idea gets its answer"),
    }
    return [
        Step(
            name=phase.get_kind_display(),
            opens_at=phase.starts_at,
            closes_at=phase.ends_at,
            state=_state_of(phase, challenge, now),
            note=notes[PhaseKind(phase.kind)],
        )
        for phase in challenge.phases.all()
    ]


def manager_names(challenge: Challenge, *, viewer: Member) -> list[str]:
    return [shown_name(manager.member, viewer=viewer) for manager in challenge.managers.all()]


class CountedPaginator(Paginator):
    """A paginator that was told how many there are, so that it need not ask."""

    def __init__(self, *args: Any, known_count: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known_count = known_count

    @cached_property
    def count(self) -> int:
        return self.known_count


def cards(challenge: Challenge, member: Member) -> CountedPaginator:
    """Return the ideas in fair order, to be shown a page at a time, each page in one query."""
    writers = Contributor.objects.filter(idea=OuterRef("pk")).order_by("pk")
    ideas: QuerySet[Idea] = (
        ideas_in_fair_order(challenge, member)
        .prefetch_related(None)
        .only("public_id", "title", "language")
        .annotate(contributor_rows=rows_of(writers, "member__id", "member__name", "member__erased_at"))
    )
    return CountedPaginator(ideas, IDEAS_A_PAGE, known_count=annotated(challenge).idea_count)


def order_note(challenge: Challenge) -> str:
    """Say in which order the ideas stand, and why."""
    return {
        Order.LEAST_SEEN: _(
            "The least seen ideas come first, so that each gets its chance. Support is shown when voting has closed."
        ),
        Order.MIXED: _(
            "The least seen ideas take turns with those that are talked about. Support is shown when voting has closed."
        ),
        Order.TIERS: _("In three groups, by how many of those who saw an idea support it; in no order within a group."),
    }[order_of(challenge)]


def dress(ideas: list[Idea], *, viewer: Member) -> list[Idea]:
    """Give each idea of a page the names of its authors as the viewer may see them."""
    for idea in ideas:
        card = annotated(idea)
        card.lead = excerpt(card.excerpt)
        card.tier_name = TIER_NAMES.get(card.tier, "")
        authors = (related_of(Member, row, "member") for row in card.contributor_rows)
        card.author_names = [shown_name(author, viewer=viewer) for author in authors]
    return ideas


def _state_of(phase: Phase, challenge: Challenge, now: datetime) -> str:
    if challenge.state == "closed" or phase.ends_at <= now:
        return "done"
    return "open" if phase.starts_at <= now else "next"
