from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any, cast
from uuid import uuid4
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenges.domain.drafting import DraftFields
from challenges.domain.phases import YEARS, Dates, PhaseOutOfReach
from challenges.enums import ChallengeKind, PhaseKind
from challenges.models import Challenge, Phase, TermsVersion
from crowdhub.common.text import MAX_TEXT_LENGTH
from crowdhub.people.models import Member
from crowdhub.tenancy.bounds import LONGEST_PROMISE, SHORTEST_PROMISE
from crowdhub.tenancy.context import current_organization


def _text(label: Any, help_text: Any = "", *, rows: int = 4) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        required=False,
        max_length=MAX_TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": rows}),
    )


def _day(label: Any, help_text: Any = "") -> forms.DateField:
    first, last = date(YEARS[0], 1, 1), date(YEARS[1], 12, 31)
    return forms.DateField(
        validators=[
            MinValueValidator(first, PhaseOutOfReach.message),
            MaxValueValidator(last, PhaseOutOfReach.message),
        ],
        label=label,
        help_text=help_text,
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )


class VersionForm(forms.Form):
    """A form that knows which version of a draft it was made from."""

    version = forms.IntegerField(widget=forms.HiddenInput, required=False, min_value=0)


class QuestionForm(VersionForm):
    """What is asked. Everything is optional while it is a draft; what a launch needs is said at the end."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        help_text=gettext_lazy("A question that people can answer, in one line."),
        max_length=140,
        required=False,
    )
    kind = forms.ChoiceField(label=gettext_lazy("What you ask for"), choices=ChallengeKind.choices)
    language = forms.ChoiceField(label=gettext_lazy("Language of the challenge"), choices=settings.LANGUAGES)
    objective = _text(gettext_lazy("Objective"), gettext_lazy("What you want to achieve, in figures where you can."))
    why_it_matters = _text(
        gettext_lazy("Why it matters"), gettext_lazy("To the organization, and to the people you ask.")
    )
    good_answer = _text(
        gettext_lazy("What a good answer looks like"),
        gettext_lazy("Say what it contains, how long it is, and what is not needed."),
    )
    success_measure = _text(
        gettext_lazy("Success measure"), gettext_lazy("How you will know afterwards that it worked."), rows=2
    )

    @staticmethod
    def values_of(challenge: Challenge) -> dict[str, Any]:
        return {name: getattr(challenge, name) for name in QuestionForm.base_fields}

    def draft_fields(self) -> DraftFields:
        """Return what was entered about the draft, and not what the form needs for itself."""
        sent = self.cleaned_data.items()
        return cast(DraftFields, {name: value for name, value in sent if name in DraftFields.__annotations__})


class BeginningForm(forms.Form):
    """A form that begins a draft; sent twice, it begins one."""

    client_uuid = forms.UUIDField(widget=forms.HiddenInput, required=False)


class NewQuestionForm(BeginningForm, QuestionForm):
    """The question of a draft that is not saved yet."""

    def __init__(self, data: Any, *, member: Member) -> None:
        first = {"language": member.language, "kind": ChallengeKind.IDEAS, "version": 0, "client_uuid": uuid4()}
        super().__init__(data, initial=first)


class DatesForm(VersionForm):
    """When what is open, what is promised, and under which terms. Days are the organization's, whole ones."""

    submission_starts_on = _day(gettext_lazy("First day for ideas"))
    submission_ends_on = _day(gettext_lazy("Last day for ideas"))
    voting_starts_on = _day(gettext_lazy("First day of voting"), gettext_lazy("Leave both days empty for no voting."))
    voting_ends_on = _day(gettext_lazy("Last day of voting"))
    review_ends_on = _day(gettext_lazy("Decide by"), gettext_lazy("The day on which every decision is made."))
    answer_within_days = forms.IntegerField(
        label=gettext_lazy("Every idea is answered within this many working days"),
        help_text=gettext_lazy("This is a promise: authors see the day, and you are reminded of it."),
        min_value=SHORTEST_PROMISE,
        max_value=LONGEST_PROMISE,
    )
    terms = forms.ChoiceField(label=gettext_lazy("Terms on ideas"), required=False, choices=[])
    new_terms = _text(
        gettext_lazy("Or write new terms"),
        gettext_lazy("They become the next version for the whole organization. Markdown works."),
    )

    def __init__(self, data: Any = None, *, versions: list[TermsVersion], initial: dict[str, Any]) -> None:
        super().__init__(data, initial=initial)
        self.versions = {version.public_id: version for version in versions}
        if not versions:
            self.fields["new_terms"].label = _("Terms on ideas")
            self.fields["new_terms"].help_text = _(
                "Your organization has none yet. This is a suggestion: make it yours, and have it checked by whoever "
                "answers for such things. Saving it makes it version 1. Markdown works."
            )
        self.fields["terms"].choices = [("", _("Not chosen yet"))] + [  # type: ignore[attr-defined]  # a ChoiceField
            (version.public_id, _terms_label(version)) for version in versions
        ]

    @staticmethod
    def values_of(challenge: Challenge) -> dict[str, Any]:
        """Return the days of a challenge and its terms; the prefetched phases are used."""
        values: dict[str, Any] = {
            "answer_within_days": challenge.answer_within_days,
            "terms": challenge.terms.public_id if challenge.terms else "",
        }
        phases = challenge.phases.all()
        if phases:
            values |= dict.fromkeys(("submission_starts_on", "submission_ends_on", "review_ends_on"))
        for phase in phases:
            values[f"{phase.kind}_starts_on"] = first_day(phase)
            values[f"{phase.kind}_ends_on"] = last_day(phase)
        return values

    def clean(self) -> dict[str, Any]:
        days = super().clean() or {}
        for kind in (PhaseKind.SUBMISSION, PhaseKind.VOTING):
            first, last = days.get(f"{kind}_starts_on"), days.get(f"{kind}_ends_on")
            for name, given in ((f"{kind}_starts_on", first), (f"{kind}_ends_on", last)):
                if not given and (first or last) and name not in self.errors:
                    self.add_error(name, _("Give the first and the last day, or neither."))
            if first and last and last < first:
                self.add_error(f"{kind}_ends_on", _("The last day is before the first."))
        if days.get("review_ends_on") and not days.get("submission_ends_on"):
            self.add_error("submission_ends_on", _("The decision follows the ideas: say how long they are taken."))
        elif days.get("review_ends_on") and days["review_ends_on"] <= days["submission_ends_on"]:
            self.add_error("review_ends_on", _("Decide after the last day for ideas."))
        return days

    def dates(self) -> Dates:
        """Return the phases: ideas and voting as given, the decision from the last idea on."""
        days = self.cleaned_data
        spans = {kind: _span(days[f"{kind}_starts_on"], days[f"{kind}_ends_on"]) for kind in list(PhaseKind)[:2]}
        review_ends_on, ideas = days["review_ends_on"], spans[PhaseKind.SUBMISSION]
        decided = (ideas[1], end_of(review_ends_on)) if ideas and review_ends_on else None
        return {**spans, PhaseKind.REVIEW: decided}

    def chosen_terms(self) -> TermsVersion | None:
        return self.versions.get(self.cleaned_data["terms"])


class ExtendForm(forms.Form):
    """Later last days for the phases of a running challenge."""

    submission_ends_on = _day(gettext_lazy("Last day for ideas"))
    voting_ends_on = _day(gettext_lazy("Last day of voting"))
    review_ends_on = _day(gettext_lazy("Decide by"))

    def __init__(self, data: Any = None, *, phases: list[Phase]) -> None:
        super().__init__(data, initial={f"{phase.kind}_ends_on": last_day(phase) for phase in phases})
        present = {f"{phase.kind}_ends_on" for phase in phases}
        for name in [name for name in self.fields if name not in present]:
            del self.fields[name]
        self.unchanged = {phase.kind: (last_day(phase), phase.ends_at) for phase in phases}

    def ends(self) -> dict[PhaseKind, datetime]:
        """Return the ends that were given; a day that was not touched keeps its exact moment."""
        ends = {}
        for kind, (day, moment) in self.unchanged.items():
            given = self.cleaned_data[f"{kind}_ends_on"]
            if given:
                ends[PhaseKind(kind)] = moment if given == day else end_of(given)
        return ends


class InviteForm(forms.Form):
    who = forms.CharField(
        label=gettext_lazy("Invite by name"), help_text=gettext_lazy("Name or e-mail address."), max_length=300
    )


def suggested_days() -> dict[str, date]:
    """Return days to begin with for a challenge that has none: three weeks for ideas, two more to decide."""
    today = timezone.now().astimezone(zone()).date()
    return {
        "submission_starts_on": today + timedelta(days=1),
        "submission_ends_on": today + timedelta(days=21),
        "review_ends_on": today + timedelta(days=35),
    }


def zone() -> ZoneInfo:
    return ZoneInfo(current_organization().timezone)


def start_of(day: date) -> datetime:
    return datetime.combine(day, time(), zone())


def end_of(day: date) -> datetime:
    """Return the moment at which a day is over."""
    return start_of(day + timedelta(days=1))


def first_day(phase: Phase) -> date:
    return phase.starts_at.astimezone(zone()).date()


def last_day(phase: Phase) -> date:
    # Taken off in UTC: by the clocks of some time zones a day begins at one, and its midnight never was.
    return (phase.ends_at.astimezone(UTC) - timedelta(microseconds=1)).astimezone(zone()).date()


def days_of(challenge: Challenge) -> list[tuple[str, date, date]]:
    """Return the phases of a challenge with their names and their first and last days."""
    return [(str(PhaseKind(phase.kind).label), first_day(phase), last_day(phase)) for phase in challenge.phases.all()]


def _span(first: date | None, last: date | None) -> tuple[datetime, datetime] | None:
    return (start_of(first), end_of(last)) if first and last else None


def _terms_label(version: TermsVersion) -> str:
    words = " ".join(version.text.split())
    return _("Version %(number)d: %(beginning)s") % {"number": version.number, "beginning": words[:60]}
