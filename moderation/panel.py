"""What the moderators' panel shows about a case, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from crowdhub.common.nested import made_of, related_of
from crowdhub.common.promises import PromisedTime
from crowdhub.common.text import excerpt
from crowdhub.common.working_days import working_time_between
from crowdhub.people.models import Member
from crowdhub.people.names import shown_name
from crowdhub.tenancy.models import Organization
from ideas.models import Attachment, Idea
from moderation.domain.claiming import held_by_another
from moderation.enums import OUTCOMES_OF, CaseKind, CaseOutcome, CaseState, ReportReason
from moderation.models import Case
from moderation.queries import annotated
from moderation.rules import decide_case, work_on_cases

COMMENT_WORDS = 70  # characters


@dataclass(frozen=True)
class Reported:
    """What somebody reported of a content."""

    label: str
    text: str
    at: datetime


@dataclass(frozen=True)
class Decided:
    """What was decided about a content before, with the reason as it is stored: clean HTML."""

    label: str
    reason_html: str
    at: datetime
    original: Idea | None  # that said the same before, if the reader can see it


class CaseView:
    """A case as this member sees it in the list and in the reading pane."""

    def __init__(self, case: Case, member: Member, organization: Organization, now: datetime, query: str = "") -> None:
        self.case = case
        self.member = member
        self.public_id = case.public_id
        self.query = query
        self.now = now
        self._calendar = {"region": organization.holiday_region, "timezone": organization.timezone}

    @property
    def idea(self) -> Idea:
        return self.case.idea_at_stake

    @property
    def title(self) -> str:
        return self.idea.title if self.case.comment is None else _("Comment on “%s”") % self.idea.title

    @property
    def language(self) -> str:
        """In which its text is written, by what its author said or reads the pages in."""
        content = self.idea if self.case.comment is None else self.case.comment
        return str(content.language)

    @property
    def comment_start(self) -> str:
        """The first words of a comment, for its row; nothing for an idea."""
        return excerpt(annotated(self.case, "comment_start") or "", COMMENT_WORDS)

    @property
    def author_names(self) -> list[str]:
        if self.case.comment is not None:
            return [shown_name(self.case.comment.author, viewer=self.member)]
        authors = (related_of(Member, row, "member") for row in annotated(self.case, "author_list"))
        return [shown_name(author, viewer=self.member) for author in authors]

    @property
    def html(self) -> str:
        return self.idea.body_html if self.case.comment is None else self.case.comment.body_html

    @property
    def attachments(self) -> list[Attachment]:
        """The files of an idea; a comment has none."""
        found = [made_of(Attachment, row) for row in annotated(self.case, "attachment_list")]
        for attachment in found:
            attachment.idea = self.idea  # its address begins with the idea's
        return found

    @property
    def label(self) -> str:
        return str(CaseKind(self.case.kind).label)

    @property
    def is_danger(self) -> bool:
        return bool(annotated(self.case, "is_danger"))

    @property
    def tone(self) -> str:
        return "active" if self.case.kind == CaseKind.TRIAGE else "warn"

    @property
    def is_open(self) -> bool:
        return bool(self.case.state == CaseState.OPEN)

    @property
    def is_own(self) -> bool:
        """Whether the member moderates, and wrote this: then someone else decides."""
        return work_on_cases(self.member, self.case) and not decide_case(self.member, self.case)

    @property
    def holder(self) -> str:
        """Who else has the case open, or nothing."""
        if not held_by_another(self.case, self.member, now=self.now):
            return ""
        return shown_name(self.case.claimed_by, viewer=self.member)

    @property
    def can_decide(self) -> bool:
        return self.is_open and not self.holder and decide_case(self.member, self.case)

    @property
    def outcomes(self) -> tuple[CaseOutcome, ...]:
        return OUTCOMES_OF[self.case.kind]

    @property
    def promise(self) -> PromisedTime:
        return PromisedTime(
            left=working_time_between(self.now, self.case.due_at, **self._calendar),
            promised=working_time_between(self.case.opened_at, self.case.due_at, **self._calendar),
        )

    @property
    def reports(self) -> list[Reported]:
        return [
            Reported(str(ReportReason(row["reason"]).label), row["text"], datetime.fromisoformat(row["created_at"]))
            for row in annotated(self.case, "report_list")
        ]

    @property
    def earlier(self) -> list[Decided]:
        """Decisions that were made about this content before, with their sanitised reasons."""
        rows = annotated(self.case, "earlier_decisions")
        return [
            Decided(
                str(CaseOutcome(row["outcome"]).label),
                row["reason_html"],
                datetime.fromisoformat(row["decided_at"]),
                related_of(Idea, row, "original") if row["shows_original"] else None,
            )
            for row in rows
        ]

    @property
    def url(self) -> str:
        return self._address("moderation:case")

    @property
    def decide_url(self) -> str:
        return self._address("moderation:decide")

    @property
    def reject_url(self) -> str:
        return self._reason_url(CaseOutcome.REJECTED)

    @property
    def changes_url(self) -> str:
        return self._reason_url(CaseOutcome.CHANGES_REQUESTED)

    @property
    def hide_url(self) -> str:
        return self._reason_url(CaseOutcome.HIDDEN)

    def _reason_url(self, outcome: CaseOutcome) -> str:
        separator = "&" if self.query else "?"
        return f"{self.url}{separator}outcome={outcome.value}"

    def _address(self, name: str) -> str:
        query = self.query.rstrip("&")
        return reverse(name, args=[self.public_id]) + (f"?{query}" if query else "")
