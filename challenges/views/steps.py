"""The steps of the guided path: what each one shows, checks and saves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from challenges.audience_form import AudienceForm
from challenges.domain import drafting
from challenges.domain.terms import publish_terms
from challenges.forms import DatesForm, QuestionForm, suggested_days
from challenges.models import AudienceClause, Challenge, TermsVersion
from challenges.options import audience_options
from challenges.question_templates import suggested_terms
from crowdhub.people.models import Member

NEWEST_TERMS = 10  # versions offered besides the one that the draft has


@dataclass(frozen=True)
class Step:
    """One page of the path; `launch_fields` are the refusals of a launch that are cured on it."""

    name: str
    label: str | Promise
    template: str
    make_form: Callable[[Challenge, Member, Any], forms.Form]
    save: Callable[[Any, Challenge, Member], None]
    launch_fields: frozenset[str]


def clauses_of(challenge: Challenge) -> list[AudienceClause]:
    """Return the clauses with everything that they name, by one query."""
    named = AudienceClause.objects.filter(challenge=challenge).select_related(
        "skill", "department", "location", "group", "member"
    )
    return list(named.order_by("pk"))


def _question_form(challenge: Challenge, member: Member, data: Any) -> QuestionForm:
    return QuestionForm(data, initial=QuestionForm.values_of(challenge))


def _save_question(form: QuestionForm, challenge: Challenge, member: Member) -> None:
    known = form.cleaned_data["version"]
    drafting.save_draft(challenge, actor=member, known_version=known, **form.draft_fields())


def _audience_form(challenge: Challenge, member: Member, data: Any) -> AudienceForm:
    return AudienceForm(
        data, challenge=challenge, clauses=clauses_of(challenge), options=audience_options(), viewer=member
    )


def _save_audience(form: AudienceForm, challenge: Challenge, member: Member) -> None:
    data = form.cleaned_data
    drafting.save_draft(
        challenge,
        actor=member,
        known_version=data["version"],
        audience=form.choice(),
        visibility=data["visibility"],
        own_word_counts=data["own_word_counts"],
    )


def _dates_form(challenge: Challenge, member: Member, data: Any) -> DatesForm:
    versions = list(TermsVersion.objects.order_by("-number")[:NEWEST_TERMS])
    if challenge.terms is not None and challenge.terms not in versions:
        versions.append(challenge.terms)
    initial = suggested_days() | DatesForm.values_of(challenge) | {"version": challenge.version}
    if challenge.terms is None and versions:
        initial["terms"] = versions[0].public_id
    if not versions:
        initial["new_terms"] = suggested_terms(challenge.language)
    return DatesForm(data, versions=versions, initial=initial)


def _save_dates(form: DatesForm, challenge: Challenge, member: Member) -> None:
    data = form.cleaned_data
    terms = publish_terms(data["new_terms"], actor=member) if data["new_terms"].strip() else form.chosen_terms()
    drafting.save_draft(
        challenge,
        actor=member,
        known_version=data["version"],
        dates=form.dates(),
        answer_within_days=data["answer_within_days"],
        terms=terms,
    )


STEPS: Final = (
    Step(
        name="question",
        label=gettext_lazy("Question"),
        template="challenges/edit_question.html",
        make_form=_question_form,
        save=_save_question,
        launch_fields=frozenset({"title", "objective", "success_measure"}),
    ),
    Step(
        name="audience",
        label=gettext_lazy("Audience"),
        template="challenges/edit_audience.html",
        make_form=_audience_form,
        save=_save_audience,
        launch_fields=frozenset({"everyone"}),
    ),
    Step(
        name="dates",
        label=gettext_lazy("Dates and promise"),
        template="challenges/edit_dates.html",
        make_form=_dates_form,
        save=_save_dates,
        launch_fields=frozenset(
            {"submission_starts_on", "submission_ends_on", "voting_starts_on", "voting_ends_on", "review_ends_on"}
            | {"terms"}
        ),
    ),
)
CHECK: Final = "check"
STEP_NAMED: Final = {step.name: step for step in STEPS}


def step_after(name: str) -> str:
    """Return the name of the step that follows."""
    names = [*STEP_NAMED, CHECK]
    return names[names.index(name) + 1]


def step_curing(field: str | None) -> str:
    """Return the name of the step on which a refusal about this field is cured."""
    return next((step.name for step in STEPS if field in step.launch_fields), STEPS[0].name)
