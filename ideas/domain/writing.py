"""What authors do: write, save, hand in, revise and withdraw."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from challenges.enums import Action
from challenges.models import Challenge
from challenges.queries import has_accepted_terms
from challenges.rules import has_open
from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.common.errors import About, Refusal
from crowdhub.common.text import MAX_TEXT_LENGTH, render_markdown
from crowdhub.people.models import Member
from ideas.domain.files import forget_attachments
from ideas.domain.locking import lock
from ideas.domain.promise import resume_promise, start_promise
from ideas.domain.quotas import ensure_room_for_draft
from ideas.drafts import show_draft, take_over_draft
from ideas.enums import ContributorPart, IdeaState
from ideas.models import Attachment, Contributor, Idea, Revision
from ideas.rules import WITHDRAWABLE

MAX_TITLE_LENGTH: Final = 140
# The author has the ball: the text can be saved without being read by anyone.
WITH_THE_AUTHOR: Final = (IdeaState.DRAFT, IdeaState.CHANGES_REQUESTED)
DRAFT_FIELDS: Final = ("draft_title", "draft_body", "draft_body_html", "draft_language")


class NotAContributor(Refusal):
    about = About.WHO_ASKS
    message = _("Only the people who write this idea can do that.")


class IdeaNotDraft(Refusal):
    message = _("This idea has been handed in already.")


class IdeaNotInTheRunning(IdeaNotDraft):
    """It was withdrawn or refused."""

    message = _("This idea is no longer in the running.")


class IdeaNotPublished(Refusal):
    message = _("This idea is not published.")


class IdeaIncomplete(Refusal):
    message = _("Something is missing.")


class TextTooLong(Refusal):
    message = _("This text is too long.")


class TermsNotAccepted(Refusal):
    message = _("Please accept the terms of this challenge first.")


class SubmissionsClosed(Refusal):
    message = _("This challenge does not take ideas at the moment.")


class AlreadyAnswered(Refusal):
    message = _("This idea has been answered, so it cannot be changed any more.")


class DraftConflict(Refusal):
    """Somebody saved the draft after this page was opened; `other` is the idea as it was saved then."""

    message = _("This idea was saved elsewhere in the meantime.")

    def __init__(self, other: Idea) -> None:
        super().__init__()
        self.other = other


def begin_draft(
    challenge: Challenge, *, actor: Member, client_uuid: UUID, language: str, now: datetime | None = None
) -> Idea:
    """Return the actor's draft with this client UUID, made without any text where there is none yet.

    Whoever attaches a file before the first word was saved needs it. Raises SubmissionsClosed for a new draft out of
    time, TooManyDrafts for one too many, NotAContributor for a UUID of someone else's idea.
    """
    with transaction.atomic():
        idea: Idea | None = Idea.objects.filter(client_uuid=client_uuid, challenge=challenge).first()
        if idea is None:
            idea = _begin_draft(challenge, actor=actor, client_uuid=client_uuid, now=now or timezone.now())
            idea.language = language
            idea.save(update_fields=["language"])
        _check_contributor(idea, actor)
    return idea


def save_draft(
    challenge: Challenge,
    *,
    actor: Member,
    title: str,
    body: str,
    language: str,
    client_uuid: UUID,
    known_version: int | None = None,
    now: datetime | None = None,
) -> Idea:
    """Save the text of the actor's draft with this client UUID; the first save makes the idea.

    `known_version` is the one that the writer's page knew. Raises DraftConflict when there was a
    newer save with another text, SubmissionsClosed for a new draft out of time, TooManyDrafts for one too many,
    NotAContributor for a UUID of someone else's idea, and what save_text raises.
    """
    now = now or timezone.now()
    check_lengths(title, body)
    with transaction.atomic():
        idea = Idea.objects.filter(client_uuid=client_uuid, challenge=challenge).first()
        if idea is None:
            idea = _begin_draft(challenge, actor=actor, client_uuid=client_uuid, now=now)
        return save_text(
            idea, actor=actor, title=title, body=body, language=language, known_version=known_version, now=now
        )


def save_text(
    idea: Idea,
    *,
    actor: Member,
    title: str | None = None,
    body: str | None = None,
    language: str | None = None,
    known_version: int | None = None,
    now: datetime | None = None,
) -> Idea:
    """Save the text of an idea that is with its author; saving the same text again changes nothing.

    What is None stays as it is when the idea is locked. Of one that was sent back everybody else goes on reading what
    was handed in. The idea that is returned has the text that was saved.
    Raises IdeaNotDraft, TextTooLong, DraftConflict, and what check_changeable raises.
    """
    now = now or timezone.now()
    check_lengths(title, body)
    with transaction.atomic():
        lock(idea)
        check_changeable(idea, actor, now)
        if idea.state not in WITH_THE_AUTHOR:
            raise IdeaNotDraft
        show_draft(idea)
        text = _text_of(idea).changed(title, body, language)
        if text == _text_of(idea):
            return idea
        if known_version is not None and known_version != idea.version:
            raise DraftConflict(idea)
        _save_text(idea, text, now)
    return idea


def submit_idea(idea: Idea, *, actor: Member, now: datetime | None = None) -> Idea:
    """Hand in a draft, or the idea again after changes were asked for; writes the next revision.

    Raises IdeaNotDraft (a second submit as well), NotAContributor, SubmissionsClosed, TermsNotAccepted or
    IdeaIncomplete. An idea that was sent back may come again after submissions have closed.
    """
    now = now or timezone.now()
    with transaction.atomic():
        lock(idea)
        take_over_draft(idea)
        _check_submittable(idea, actor, now)
        verb = Verb.IDEA_SUBMITTED if idea.state == IdeaState.DRAFT else Verb.IDEA_RESUBMITTED
        if idea.submitted_at is None:
            idea.submitted_at = now
            start_promise(idea, now)
        resume_promise(idea, now)
        idea.state = IdeaState.SUBMITTED
        write_revision(idea, actor, now)
        idea.save()
        record(verb, subject=idea, actor=actor, data={"revision": idea.revision_number}, now=now)
    return idea


def revise_idea(
    idea: Idea,
    *,
    actor: Member,
    title: str | None = None,
    body: str | None = None,
    language: str | None = None,
    known_version: int | None = None,
    now: datetime | None = None,
) -> Idea:
    """Change a published idea before it is answered; everyone can read what it said before.

    What is None stays as it is when the idea is locked.
    Raises IdeaNotPublished, IdeaIncomplete, TextTooLong, DraftConflict, and what check_changeable raises. The same text
    again writes no revision.
    """
    now = now or timezone.now()
    check_lengths(title, body)
    with transaction.atomic():
        lock(idea)
        check_changeable(idea, actor, now)
        if idea.state != IdeaState.PUBLISHED:
            raise IdeaNotPublished
        text = _text_of(idea).changed(title, body, language)
        if text == _text_of(idea):
            return idea
        if known_version is not None and known_version != idea.version:
            raise DraftConflict(idea)
        _check_complete(text)
        _set_text(idea, text, now)
        write_revision(idea, actor, now)
        idea.save()
        record(Verb.IDEA_REVISED, subject=idea, actor=actor, data={"revision": idea.revision_number}, now=now)
    return idea


def withdraw_idea(idea: Idea, *, actor: Member, now: datetime | None = None) -> Idea:
    """Take an unanswered idea back; nobody but its contributors sees it from then on, and no answer is due.

    A draft, which nobody else has read, loses its attachments.
    Raises NotAContributor, AlreadyAnswered, or IdeaNotDraft when it was withdrawn or refused before.
    """
    now = now or timezone.now()
    with transaction.atomic():
        lock(idea)
        _check_contributor(idea, actor)
        if idea.answered_at is not None:
            raise AlreadyAnswered
        if idea.state not in WITHDRAWABLE:
            raise IdeaNotInTheRunning
        before = idea.state
        resume_promise(idea, now)
        idea.state = IdeaState.WITHDRAWN
        idea.answer_due_at = None
        idea.save()
        if before == IdeaState.DRAFT:
            forget_attachments(idea)
        record(Verb.IDEA_WITHDRAWN, subject=idea, actor=actor, data={"from": before}, now=now)
    return idea


def check_changeable(idea: Idea, actor: Member, now: datetime) -> None:
    """Refuse unless the actor may change what a locked idea says or the files beside it, as `rules.open_editor` says.

    They may while it is with its authors, and once it is published until it is answered, while submissions are open.
    Raises NotAContributor, AlreadyAnswered, IdeaNotDraft, IdeaNotInTheRunning or SubmissionsClosed.
    """
    _check_contributor(idea, actor)
    if idea.state in WITH_THE_AUTHOR:
        return
    if idea.answered_at is not None:
        raise AlreadyAnswered
    if idea.state == IdeaState.SUBMITTED:
        raise IdeaNotDraft
    if idea.state != IdeaState.PUBLISHED:
        raise IdeaNotInTheRunning
    if not has_open(idea.challenge, Action.SUBMIT, now=now):
        raise SubmissionsClosed


def write_revision(idea: Idea, actor: Member, now: datetime) -> None:
    """Keep what a locked idea says now, with the names of its files, as its next version; the caller saves the idea."""
    idea.revision_number += 1
    Revision.objects.create(
        organization_id=idea.organization_id,
        idea=idea,
        number=idea.revision_number,
        title=idea.title,
        body=idea.body,
        files=list(Attachment.objects.filter(idea=idea).order_by("created_at", "pk").values("name", "sha256")),
        author=actor,
        created_at=now,
    )


def check_lengths(title: str | None, body: str | None) -> None:
    """Raise TextTooLong, naming the field, when the texts do not fit; None is no text."""
    if len(title or "") > MAX_TITLE_LENGTH:
        raise TextTooLong(_("A title has at most %(most)d characters.") % {"most": MAX_TITLE_LENGTH}, field="title")
    if len(body or "") > MAX_TEXT_LENGTH:
        raise TextTooLong(_("A text has at most %(most)d characters.") % {"most": MAX_TEXT_LENGTH}, field="body")


def is_contributor(idea: Idea, member: Member) -> bool:
    """Tell whether the member is one of the idea's authors, asking the database."""
    return Contributor.objects.filter(idea=idea, member=member).exists()


def _begin_draft(challenge: Challenge, *, actor: Member, client_uuid: UUID, now: datetime) -> Idea:
    if not has_open(challenge, Action.SUBMIT, now=now):
        raise SubmissionsClosed
    ensure_room_for_draft(actor)
    try:
        with transaction.atomic():
            idea: Idea = Idea.objects.create(
                organization_id=challenge.organization_id,
                challenge=challenge,
                client_uuid=client_uuid,
                created_at=now,
                saved_at=now,
            )
    except IntegrityError as error:
        # The same first save arrived twice at once, or the UUID belongs to an idea elsewhere.
        found: Idea | None = Idea.objects.filter(client_uuid=client_uuid, challenge=challenge).first()
        if found is None:
            raise NotAContributor from error
        return found
    Contributor.objects.create(
        organization_id=challenge.organization_id, idea=idea, member=actor, part=ContributorPart.AUTHOR, share=100
    )
    return idea


def _check_contributor(idea: Idea, actor: Member) -> None:
    if not is_contributor(idea, actor):
        raise NotAContributor


def _check_submittable(idea: Idea, actor: Member, now: datetime) -> None:
    _check_contributor(idea, actor)
    if idea.state not in WITH_THE_AUTHOR:
        raise IdeaNotDraft
    if idea.state == IdeaState.DRAFT and not has_open(idea.challenge, Action.SUBMIT, now=now):
        raise SubmissionsClosed
    if not has_accepted_terms(actor, idea.challenge):
        raise TermsNotAccepted
    _check_complete(_text_of(idea))


class _Text(NamedTuple):
    title: str
    body: str
    language: str

    def changed(self, *parts: str | None) -> _Text:
        """Return the text with these parts in the places of its own, where they are not None."""
        return _Text(*(mine if new is None else new for mine, new in zip(self, parts, strict=True)))


def _text_of(idea: Idea) -> _Text:
    return _Text(idea.title, idea.body, idea.language)


def _check_complete(text: _Text) -> None:
    needed = {"title": _("Give your idea a title."), "body": _("Describe your idea.")}
    missing = [IdeaIncomplete(words, field=name) for name, words in needed.items() if not getattr(text, name).strip()]
    if missing:
        raise IdeaIncomplete(" ".join(map(str, missing)), field=missing[0].field, parts=missing)


def _set_text(idea: Idea, text: _Text, now: datetime) -> None:
    idea.title, idea.body, idea.language = text
    idea.body_html = render_markdown(text.body)
    idea.version += 1
    idea.saved_at = now


def _save_text(idea: Idea, text: _Text, now: datetime) -> None:
    _set_text(idea, text, now)
    if idea.state == IdeaState.DRAFT:
        idea.save()
        return
    idea.draft_title, idea.draft_body, idea.draft_language = text
    idea.draft_body_html = idea.body_html
    idea.save(update_fields=[*DRAFT_FIELDS, "version", "saved_at"])
