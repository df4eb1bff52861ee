"""Templates that a challenge can begin with: questions that most organizations have, to be made one's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from challenges.domain.drafting import DraftFields
from challenges.enums import ChallengeKind


@dataclass(frozen=True)
class QuestionTemplate:
    """A question with everything that the first step of the guided path asks for, in every language of ours."""

    name: str
    label: str | Promise
    summary: str | Promise
    title: str | Promise
    objective: str | Promise
    why_it_matters: str | Promise
    good_answer: str | Promise
    success_measure: str | Promise
    kind: ChallengeKind = ChallengeKind.IDEAS

    def fields(self, language: str) -> DraftFields:
        """Return what a draft is given, in the language of the challenge."""
        with translation.override(language):
            return {
                "language": language,
                "kind": self.kind,
                "title": str(self.title),
                "objective": str(self.objective),
                "why_it_matters": str(self.why_it_matters),
                "good_answer": str(self.good_answer),
                "success_measure": str(self.success_measure),
            }


TEMPLATES: Final = (
    QuestionTemplate(
        name="process",
        label=_("Improve a process"),
        summary=_("For work that takes longer, or goes wrong more often, than it has to."),
        title=_("Which step in our daily work could we do without?"),
        objective=_(
            "We want to find the steps that cost time and help nobody: copying from one list into another, waiting for "
            "a signature, asking twice for the same thing. By the end of the quarter we will have dropped or "
            "shortened five of them."
        ),
        why_it_matters=_(
            "You know your work better than any process chart does. Every step that goes leaves more time for what our "
            "customers notice, and for going home on time."
        ),
        good_answer=_(
            "- which step it is, and how often it happens\n"
            "- what it costs: minutes, mistakes, patience\n"
            "- what you would do instead, or why nothing is needed in its place\n\n"
            "Half a page is plenty. You need no finished solution."
        ),
        success_measure=_("Five steps dropped or shortened, and the hours that this saves in a month."),
    ),
    QuestionTemplate(
        name="cost",
        label=_("Cut a cost"),
        summary=_("For money that is spent because it always was, and that nobody would miss."),
        title=_("What do we pay for that nobody needs?"),
        objective=_(
            "We want to find spending that has outlived its purpose: subscriptions that nobody opens, material that is "
            "thrown away, trips that a call would replace. We do not look for savings on people, pay or safety."
        ),
        why_it_matters=_(
            "Money that goes into nothing is missing elsewhere, and those who see it every day are rarely asked."
        ),
        good_answer=_(
            "- what it is, and where you see it\n"
            "- roughly how much it costs in a year; a guess will do\n"
            "- what would change if we stopped, and for whom\n\n"
            "Small amounts count too: they often come up in many places at once."
        ),
        success_measure=_("What we spend less in the first twelve months, in figures that everybody can see."),
    ),
    QuestionTemplate(
        name="safety",
        label=_("A safer workplace"),
        summary=_("For dangers that people see every day and have got used to."),
        title=_("Where did something nearly go wrong?"),
        objective=_(
            "We want to know of near misses and of places where you take extra care: the blind corner, the ladder that "
            "wobbles, the hour in which everybody hurries. We will remove the most dangerous ten within three months."
        ),
        why_it_matters=_(
            "For every accident there were many warnings. Whoever names one protects colleagues. This is about places "
            "and habits, not about blame."
        ),
        good_answer=_(
            "- where and when it happens\n"
            "- what could happen, and to whom\n"
            "- what would make it safer, if you have an idea\n\n"
            "If somebody could be hurt today, do not write: tell your manager at once."
        ),
        success_measure=_("Ten dangers removed, and fewer near misses in the half-year after than in the one before."),
        kind=ChallengeKind.PROBLEM,
    ),
    QuestionTemplate(
        name="newcomers",
        label=_("Welcome newcomers"),
        summary=_("For the first weeks, which everybody remembers and nobody asks about."),
        title=_("What would have helped you in your first month here?"),
        objective=_(
            "We want new colleagues to find their way sooner: to know whom to ask, where things are and what is "
            "expected. We will change how people begin here, starting with the next ones who join."
        ),
        why_it_matters=_(
            "Those who begin well stay longer and are of help sooner. Whoever began lately still knows what was "
            "missing; whoever has been here for long knows what they explain every time."
        ),
        good_answer=_(
            "- what you did not know, or searched for in vain\n"
            "- when it would have helped: before the first day, in the first week, later\n"
            "- who or what could have told you\n\n"
            "One thing is enough. Several are better written as several ideas."
        ),
        success_measure=_("New colleagues say after six weeks that they have what they need."),
    ),
)
TEMPLATE_NAMED: Final = {template.name: template for template in TEMPLATES}

_TERMS = _(
    "**What you hand in stays known as yours.** Your name stands on your idea.\n\n"
    "**Your organization may use it.** By handing in an idea you let your organization use it, change it and carry it "
    "out, without limit in time or place. Rights that the law or your contract gives to inventors remain as they "
    "are.\n\n"
    "**Please hand in what you may tell.** Leave out what belongs to others or is confidential, and say whose idea it "
    "was if it was not only yours.\n\n"
    "**You get an answer.** Every idea is answered with reasons, within the time that the challenge names."
)


def suggested_terms(language: str) -> str:
    """Return terms to begin with where an organization has none; they are a suggestion, to be checked by it."""
    with translation.override(language):
        return str(_TERMS)
