"""How an idea is connected with others, in words for one reader."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from crowdhub.people.models import Member
from ideas.enums import IdeaState, LinkKind
from ideas.models import Idea, IdeaLink
from ideas.rules import link_kinds


@dataclass(frozen=True)
class Connection:
    """One link as a sentence about the idea on whose page it stands; `idea` is the one at the other end."""

    public_id: str
    kind: LinkKind
    is_outgoing: bool
    idea: Idea
    may_remove: bool

    @property
    def sentence(self) -> SafeString:
        linked = format_html(
            '<a href="{}" lang="{}">{}</a>', self.idea.get_absolute_url(), self.idea.language, self.idea.title
        )
        return format_html(_sentence(self.kind, is_outgoing=self.is_outgoing), idea=linked)

    @property
    def state(self) -> str:
        """What has become of the other idea, for those who may see it although it is not published."""
        return "" if self.idea.state == IdeaState.PUBLISHED else str(IdeaState(self.idea.state).label)


def connections(links: Iterable[IdeaLink], idea: Idea, reader: Member) -> list[Connection]:
    """Return links that came from `queries.links_of` in words, each with whether the reader may take it away."""
    own = link_kinds(reader, idea)
    return [_connection(link, own) for link in links]


def _connection(link: Any, own: tuple[LinkKind, ...]) -> Connection:
    # Whoever looks after the other idea takes a link away on that one's page: it is what says so.
    far = link.other if link.is_outgoing else link.idea
    return Connection(link.public_id, LinkKind(link.kind), link.is_outgoing, far, link.is_outgoing and link.kind in own)


def _sentence(kind: LinkKind, *, is_outgoing: bool) -> str:
    if is_outgoing:
        return {
            LinkKind.BUILDS_ON: _("Builds on {idea}"),
            LinkKind.PART_OF: _("Is a part of {idea}"),
            LinkKind.DUPLICATE_OF: _("Says the same as {idea}"),
        }[kind]
    return {
        LinkKind.BUILDS_ON: _("{idea} builds on this"),
        LinkKind.PART_OF: _("{idea} is a part of this"),
        LinkKind.DUPLICATE_OF: _("{idea} says the same as this"),
    }[kind]
