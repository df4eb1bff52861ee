"""The reasons that moderators start from. They shape what authors are told, so who wrote one is on record."""

from __future__ import annotations

from datetime import datetime
from typing import Final, TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.common.errors import Refusal
from crowdhub.people.models import Member
from moderation.domain.deciding import MAX_REASON_LENGTH
from moderation.enums import NEEDS_REASON
from moderation.models import ReasonTemplate

FIELDS: Final = ("outcome", "language", "title", "text")


class Words(TypedDict):
    """What a reason says, and what it is used for."""

    outcome: str
    language: str
    title: str
    text: str


class ReasonRefused(Refusal):
    message = _("This reason cannot be saved.")


class ReasonGone(Refusal):
    message = _("Somebody has deleted this reason in the meantime.")


class ReasonChangedMeanwhile(Refusal):
    message = _("Somebody has changed this reason in the meantime. Save again to replace their words with yours.")


def add_reason(*, actor: Member, now: datetime | None = None, **words: Unpack[Words]) -> ReasonTemplate:
    """Write a reason for all moderators; raises ReasonRefused. The caller has made sure that the actor moderates."""
    _check(words)
    with transaction.atomic():
        template: ReasonTemplate = ReasonTemplate.objects.create(organization_id=actor.organization_id, **words)
        _record(Verb.REASON_ADDED, template, actor, now)
    return template


def change_reason(
    template: ReasonTemplate,
    *,
    actor: Member,
    known_version: int | None = None,
    now: datetime | None = None,
    **words: Unpack[Words],
) -> ReasonTemplate:
    """Change what a reason says; the same words change nothing.

    `known_version` is the one that the writer's page knew. Raises ReasonRefused, ReasonGone, or
    ReasonChangedMeanwhile where somebody else has saved other words since.
    """
    _check(words)
    with transaction.atomic():
        _lock(template)
        changed = [name for name, value in words.items() if getattr(template, name) != value]
        if not changed:
            return template
        if known_version is not None and template.version != known_version:
            raise ReasonChangedMeanwhile
        for name, value in words.items():
            setattr(template, name, value)
        template.version += 1
        template.save()
        _record(Verb.REASON_CHANGED, template, actor, now, fields=changed)
    return template


def delete_reason(template: ReasonTemplate, *, actor: Member, now: datetime | None = None) -> None:
    """Delete a reason to start from; decisions keep the words that they were given. Raises ReasonGone."""
    with transaction.atomic():
        _lock(template)
        _record(Verb.REASON_DELETED, template, actor, now)
        template.delete()


def _check(words: Words) -> None:
    if words["outcome"] not in NEEDS_REASON:
        raise ReasonRefused(_("No reason is given with this decision."), field="outcome")
    if not words["text"].strip():
        raise ReasonRefused(_("Write something first."), field="text")
    if len(words["text"]) > MAX_REASON_LENGTH:
        message = _("A reason has at most %(most)d characters.") % {"most": MAX_REASON_LENGTH}
        raise ReasonRefused(message, field="text")


def _lock(template: ReasonTemplate) -> None:
    try:
        template.refresh_from_db(from_queryset=ReasonTemplate.objects.select_for_update())
    except ReasonTemplate.DoesNotExist as error:
        raise ReasonGone from error


def _record(
    verb: Verb, template: ReasonTemplate, actor: Member, now: datetime | None, *, fields: list[str] | None = None
) -> None:
    """Put it on record, about the moderator who did it: a reason can be deleted, which no subject of an event can."""
    data: dict[str, object] = {"reason": template.pk, "outcome": template.outcome}
    record(verb, subject=actor, actor=actor, data=data | ({"fields": sorted(fields)} if fields else {}), now=now)
