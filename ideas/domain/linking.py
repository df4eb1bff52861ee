"""Connecting ideas with each other. Whoever calls makes sure that the member can see the first idea."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.common.errors import About, Refusal
from crowdhub.people.models import Member
from ideas.domain.locking import lock
from ideas.enums import LinkKind
from ideas.models import Idea, IdeaLink
from ideas.queries import linkable_ideas
from ideas.rules import link_kinds

# More than anyone reads; it keeps one idea from pointing at all the others.
MOST_LINKS: Final = 50
# An idea that says the same as itself, or is a part of itself, by way of others: nobody could follow that.
WITHOUT_CYCLES: Final = frozenset({LinkKind.DUPLICATE_OF, LinkKind.PART_OF})

_LEADS_TO: Final = """
    WITH RECURSIVE beyond AS (
        SELECT other_id FROM ideas_idealink WHERE idea_id = %(start)s AND kind = %(kind)s
        UNION
        SELECT link.other_id FROM ideas_idealink link JOIN beyond ON link.idea_id = beyond.other_id
        WHERE link.kind = %(kind)s
    )
    SELECT EXISTS (SELECT FROM beyond WHERE other_id = %(goal)s)
"""


class LinkNotAllowed(Refusal):
    about = About.WHO_ASKS
    message = _("Only its authors, moderators and the managers of its challenge can connect this idea in that way.")


class OtherIdeaNotThere(Refusal):
    message = _("Choose a published idea that you can see, and not this one.")


class LinkGoesInCircles(Refusal):
    message = _("The other idea already leads back to this one, so this would go round in circles.")


class TooManyLinks(Refusal):
    message = _("This idea points at as many others as it can.")


def link_ideas(
    idea: Idea, other: Idea, kind: str, *, actor: Member, because: str = "", now: datetime | None = None
) -> tuple[IdeaLink, bool]:
    """Say how an idea is connected with a published one that the actor can see; returns the link, and if it is new.

    `because` names the verb of what it is a part of, which is told by itself.
    Raises LinkNotAllowed, OtherIdeaNotThere, LinkGoesInCircles or TooManyLinks.
    """
    now = now or timezone.now()
    with transaction.atomic():
        lock(idea)
        _lock_links(idea.organization_id)
        if kind not in link_kinds(actor, idea):
            raise LinkNotAllowed(field="kind")
        if not linkable_ideas(idea, actor).filter(pk=other.pk).exists():
            raise OtherIdeaNotThere(field="other")
        known: IdeaLink | None = IdeaLink.objects.filter(idea=idea, other=other, kind=kind).first()
        if known is not None:
            return known, False
        _check_place(idea, other, LinkKind(kind))
        link: IdeaLink = IdeaLink.objects.create(
            organization_id=idea.organization_id, idea=idea, other=other, kind=kind, created_by=actor, created_at=now
        )
        data = {"other": other.pk, "kind": kind} | ({"because": because} if because else {})
        record(Verb.IDEA_LINKED, subject=idea, actor=actor, data=data, now=now)
    return link, True


def unlink_ideas(link: IdeaLink, *, actor: Member, now: datetime | None = None) -> bool:
    """Take a link away, as those may who could set it; returns whether it was still there. Raises LinkNotAllowed."""
    with transaction.atomic():
        idea = Idea.objects.get(pk=link.idea_id)
        lock(idea)
        if link.kind not in link_kinds(actor, idea):
            raise LinkNotAllowed
        deleted, _by_model = IdeaLink.objects.filter(pk=link.pk).delete()
        if deleted:
            data = {"other": link.other_id, "kind": link.kind}
            record(Verb.IDEA_UNLINKED, subject=idea, actor=actor, data=data, now=now)
    return bool(deleted)


def _check_place(idea: Idea, other: Idea, kind: LinkKind) -> None:
    if IdeaLink.objects.filter(idea=idea).count() >= MOST_LINKS:
        raise TooManyLinks(_("An idea can point at %(most)d others at most.") % {"most": MOST_LINKS})
    if kind in WITHOUT_CYCLES and _leads_to(other, idea, kind):
        raise LinkGoesInCircles(field="other")


def _leads_to(start: Idea, goal: Idea, kind: LinkKind) -> bool:
    """Tell whether links of this kind lead from one idea to another one, over any number of others."""
    with connection.cursor() as cursor:
        cursor.execute(_LEADS_TO, {"start": start.pk, "goal": goal.pk, "kind": kind})
        return bool(cursor.fetchone()[0])


def _lock_links(organization_id: int) -> None:
    """Let one after the other link ideas: several links that were set at once could close a circle together."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"idea links of {organization_id}"])
