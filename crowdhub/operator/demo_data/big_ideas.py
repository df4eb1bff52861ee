"""Challenges, ideas, cases and comments of the large organization; their words are those of the demo."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import cycle, islice

from challenges.domain.audience import AudienceChoice, set_audience
from challenges.domain.drafting import create_challenge, set_dates
from challenges.domain.inviting import invite_audiences
from challenges.domain.launching import launch_challenge
from challenges.domain.terms import publish_terms
from challenges.enums import PhaseKind, Visibility
from challenges.models import Challenge, TermsAcceptance, TermsVersion
from crowdhub.activity.enums import Verb
from crowdhub.activity.models import Event
from crowdhub.common.text import render_markdown
from crowdhub.common.working_days import add_working_days
from crowdhub.operator.demo_data.clock import Clock
from crowdhub.operator.demo_data.content import (
    Entry,
    challenges_of,
    comments_of_idea,
    ideas_of_challenge,
    terms_of,
)
from crowdhub.people.models import Member, Skill
from crowdhub.tenancy.models import Organization
from ideas.enums import IdeaState, LinkKind, Outcome
from ideas.models import Answer, Comment, Contributor, Idea, IdeaLink, Revision
from moderation.deadlines import report_due_at, triage_due_at
from moderation.enums import CaseKind, CaseOutcome, CaseState, ReportReason
from moderation.models import Case, Decision, Report

# For each challenge: how many ideas are published, and how many wait for a moderator. The first asks everyone.
SIZES = ((400, 0), (88, 52), (69, 41), (50, 30), (31, 19), (12, 8))
COMMENTS, REPORTS = 10_000, 50
LAUNCHED_DAYS_AGO = 30
WORKING_DAYS = 20
OUTCOMES = (Outcome.DECLINED, Outcome.NOT_NOW, Outcome.SELECTED)
ANSWERED_EVERY = 3


@dataclass(frozen=True)
class Texts:
    """The demo's texts with their HTML, each rendered once."""

    ideas: list[tuple[Entry, str]]
    comments: list[tuple[str, str]]

    @classmethod
    def of_demo(cls) -> Texts:
        entries = [idea for challenge in challenges_of("acme") for idea in ideas_of_challenge(challenge["key"])]
        remarks = [comment["text"] for idea in entries for comment in comments_of_idea(idea["key"])]
        return cls(
            ideas=[(entry, render_markdown(entry["body"])) for entry in entries],
            comments=[(text, render_markdown(text)) for text in remarks],
        )


def load_challenges(clock: Clock, organization: Organization, *, manager: Member, moderator: Member) -> list[int]:
    """Make everything but the votes; return the ids of the published ideas, those that get most votes first."""
    texts = Texts.of_demo()
    terms = publish_terms(terms_of("acme")[-1]["text"], actor=manager, now=clock.at(-60))
    authors = iter(Member.objects.filter(grants=None).order_by("-pk")[: sum(map(sum, SIZES))])
    words = cycle(texts.ideas)
    published: list[Idea] = []
    for number, (count, waiting) in enumerate(SIZES):
        challenge = _launch(clock, number, manager, terms)
        batch = _Batch(clock, organization, challenge, moderator)
        published += batch.load_published(list(islice(words, count)), list(islice(authors, count)))
        batch.load_waiting(list(islice(words, waiting)), list(islice(authors, waiting)))
    _load_comments(clock, organization, texts, published)
    return [idea.pk for idea in published]


def _launch(clock: Clock, number: int, manager: Member, terms: TermsVersion) -> Challenge:
    entries = challenges_of("acme")
    entry, opens = entries[number % len(entries)], clock.at(-LAUNCHED_DAYS_AGO, 8)
    challenge = create_challenge(
        actor=manager,
        title=entry["title"],
        visibility=Visibility.ORGANIZATION,
        objective=entry["objective"],
        why_it_matters=entry["why_it_matters"],
        good_answer=entry["what_a_good_answer_looks_like"],
        success_measure=entry["success_measure"],
        answer_within_days=WORKING_DAYS,
        terms=terms,
    )
    phases = {PhaseKind.SUBMISSION: (opens, clock.at(20)), PhaseKind.VOTING: (opens, clock.at(30))}
    set_dates(challenge, actor=manager, dates=phases | {PhaseKind.REVIEW: (clock.at(30), clock.at(50))})
    skill = Skill.objects.order_by("pk")[number]
    choice = AudienceChoice(everyone=True) if number == 0 else AudienceChoice(skills=((skill, 2),))
    set_audience(challenge, actor=manager, choice=choice)
    launch_challenge(challenge, actor=manager, now=opens)
    invite_audiences([challenge.pk], now=opens)
    return challenge


class _Batch:
    """The ideas of one challenge."""

    def __init__(self, clock: Clock, organization: Organization, challenge: Challenge, moderator: Member) -> None:
        self._clock = clock
        self._organization = organization
        self._challenge = challenge
        self._moderator = moderator

    def load_published(self, words: list[tuple[Entry, str]], authors: list[Member]) -> list[Idea]:
        """Make published ideas, every third of them answered."""
        ideas = self._load(IdeaState.PUBLISHED, words, authors)
        cases = self._open_cases(ideas, CaseState.DECIDED)
        decisions = Decision.objects.bulk_create(
            Decision(
                organization=self._organization,
                case=case,
                outcome=CaseOutcome.APPROVED,
                decided_by=self._moderator,
                decided_at=_known(idea.published_at),
            )
            for case, idea in zip(cases, ideas, strict=True)
        )
        Event.objects.bulk_create(self._publishing(ideas, cases, decisions))
        self._answer(ideas[::ANSWERED_EVERY])
        self._link(ideas)
        return ideas

    def load_waiting(self, words: list[tuple[Entry, str]], authors: list[Member]) -> None:
        """Make ideas that wait for a moderator."""
        self._open_cases(self._load(IdeaState.SUBMITTED, words, authors), CaseState.OPEN)

    def _load(self, state: IdeaState, words: list[tuple[Entry, str]], authors: list[Member]) -> list[Idea]:
        ideas = Idea.objects.bulk_create(
            self._idea(state, entry, html, number) for number, (entry, html) in enumerate(words)
        )
        pairs = list(zip(ideas, authors, strict=True))
        own = {"organization": self._organization}
        Contributor.objects.bulk_create(Contributor(idea=idea, member=author, **own) for idea, author in pairs)
        TermsAcceptance.objects.bulk_create(
            TermsAcceptance(
                challenge=self._challenge,
                terms=self._challenge.terms,
                member=author,
                accepted_at=idea.submitted_at,
                **own,
            )
            for idea, author in pairs
        )
        Revision.objects.bulk_create(
            Revision(
                idea=idea,
                number=1,
                title=idea.title,
                body=idea.body,
                author=author,
                created_at=idea.submitted_at,
                **own,
            )
            for idea, author in pairs
        )
        Event.objects.bulk_create(
            self._event(Verb.IDEA_SUBMITTED, idea.submitted_at, author, idea=idea, data={"revision": 1})
            for idea, author in pairs
        )
        return ideas

    def _idea(self, state: IdeaState, entry: Entry, html: str, number: int) -> Idea:
        is_published = state == IdeaState.PUBLISHED
        # Published ones in the four weeks after the launch; the others in the past days, one after the other.
        days, hour = (-LAUNCHED_DAYS_AGO + 1 + number % 7, 9) if is_published else (-1 - number % 4, 14)
        submitted_at = self._clock.at(days, hour, number % 60)
        idea = Idea(
            organization=self._organization,
            challenge=self._challenge,
            state=state,
            title=f"{entry['title'][:130]} {number + 1}",
            body=entry["body"],
            body_html=html,
            language=entry["language"],
            revision_number=1,
            version=1,
            created_at=submitted_at,
            saved_at=submitted_at,
            submitted_at=submitted_at,
            published_at=submitted_at + timedelta(minutes=90) if is_published else None,
        )
        calendar = {"region": self._organization.holiday_region, "timezone": self._organization.timezone}
        idea.answer_due_at = add_working_days(submitted_at, WORKING_DAYS, **calendar)
        return idea

    def _open_cases(self, ideas: list[Idea], state: CaseState) -> list[Case]:
        return Case.objects.bulk_create(
            Case(
                organization=self._organization,
                kind=CaseKind.TRIAGE,
                state=state,
                idea=idea,
                opened_at=idea.submitted_at,
                due_at=triage_due_at(idea.submitted_at, self._organization),
                decided_at=idea.published_at,
            )
            for idea in ideas
            if idea.submitted_at is not None
        )

    def _publishing(self, ideas: list[Idea], cases: list[Case], decisions: list[Decision]) -> Iterator[Event]:
        for idea, case, decision in zip(ideas, cases, decisions, strict=True):
            data = {"decision": decision.pk, "outcome": decision.outcome}
            yield self._event(Verb.CASE_DECIDED, idea.published_at, self._moderator, case=case, data=data)
            yield self._event(Verb.IDEA_PUBLISHED, idea.published_at, self._moderator, idea=idea, data={})

    def _link(self, ideas: list[Idea]) -> None:
        """Let every second one build on the one before it."""
        IdeaLink.objects.bulk_create(
            IdeaLink(
                organization=self._organization,
                idea=later,
                other=earlier,
                kind=LinkKind.BUILDS_ON,
                created_by_id=self._moderator.pk,
                created_at=_known(later.published_at),
            )
            for earlier, later in zip(ideas[::2], ideas[1::2], strict=False)
        )

    def _answer(self, ideas: list[Idea]) -> None:
        manager = self._challenge.created_by
        text = "Thank you. We have read it with the people who would have to do it, and this is what we decided."
        for idea in ideas:
            idea.answered_at = self._clock.at(-2, 11)
        Idea.objects.bulk_update(ideas, ["answered_at"], batch_size=500)
        answers = Answer.objects.bulk_create(
            Answer(
                organization=self._organization,
                idea=idea,
                outcome=outcome,
                reasons=text,
                reasons_html=render_markdown(text),
                author=manager,
                created_at=_known(idea.answered_at),
            )
            for idea, outcome in zip(ideas, cycle(OUTCOMES), strict=False)
        )
        Event.objects.bulk_create(
            self._event(
                Verb.IDEA_ANSWERED,
                answer.created_at,
                manager,
                idea=answer.idea,
                data={"answer": answer.pk, "outcome": answer.outcome},
            )
            for answer in answers
        )

    def _event(self, verb: Verb, at: datetime | None, actor: Member, **fields: object) -> Event:
        return Event(
            organization=self._organization,
            verb=verb,
            occurred_at=_known(at),
            actor=actor,
            actor_department_id=actor.department_id,
            **fields,
        )


def _load_comments(clock: Clock, organization: Organization, texts: Texts, ideas: list[Idea]) -> None:
    """Make comments, most of them on the first ideas; every third one answers the one before on its idea."""
    authors = list(Member.objects.order_by("pk").values_list("pk", flat=True))
    first, span = clock.at(-20), timedelta(days=18) / COMMENTS
    comments = []
    for number, (text, html) in enumerate(islice(cycle(texts.comments), COMMENTS)):
        place = int(len(ideas) * ((number + 0.5) / COMMENTS) ** 1.5)
        comments.append(
            Comment(
                organization=organization,
                idea=ideas[place],
                author_id=authors[number * 6151 % len(authors)],
                body=text,
                body_html=html,
                # A step that shares no factor with the count, so that one idea's are spread over the days.
                created_at=first + (number * 7 % COMMENTS) * span,
            )
        )
    Comment.objects.bulk_create(comments, batch_size=2_000)
    replies = [
        comment for comment, before in zip(comments[2::3], comments[1::3], strict=False) if _follows(comment, before)
    ]
    Comment.objects.bulk_update(replies, ["parent"], batch_size=1_000)
    _report(
        organization, comments[:: COMMENTS // REPORTS], Member.objects.filter(grants=None).latest("pk"), clock.at(-1)
    )


def _known(moment: datetime | None) -> datetime:
    """Return a time that is set by now, or raise ValueError."""
    if moment is None:
        raise ValueError("This has not happened.")
    return moment


def _follows(comment: Comment, before: Comment) -> bool:
    """Make the comment an answer to the one before if that is on the same idea and older; tell whether it is."""
    if comment.idea_id == before.idea_id and comment.created_at > before.created_at:
        comment.parent = before
    return comment.parent_id is not None


def _report(organization: Organization, comments: list[Comment], reporter: Member, now: datetime) -> None:
    cases = Case.objects.bulk_create(
        Case(
            organization=organization,
            kind=CaseKind.REPORT,
            comment=comment,
            opened_at=now,
            due_at=report_due_at(ReportReason.OFF_TOPIC, now, organization),
        )
        for comment in comments
    )
    Report.objects.bulk_create(
        Report(organization=organization, case=case, reporter=reporter, reason=ReportReason.OFF_TOPIC, created_at=now)
        for case in cases
    )
    Event.objects.bulk_create(
        Event(
            organization=organization,
            verb=Verb.COMMENT_REPORTED,
            occurred_at=now,
            actor=reporter,
            actor_department_id=reporter.department_id,
            comment=case.comment,
            data={"case": case.pk, "reason": ReportReason.OFF_TOPIC},
        )
        for case in cases
    )
