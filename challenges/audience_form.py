"""The audience builder: a sentence made of choices, in as many rows as it needs."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, Final

from django import forms
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenges.domain.audience import AudienceChoice
from challenges.enums import ClauseKind, Visibility
from challenges.forms import VersionForm
from challenges.models import AudienceClause, Challenge
from challenges.options import AudienceOptions, Choosable
from crowdhub.people.enums import SkillLevel
from crowdhub.people.models import Member
from crowdhub.people.names import shown_name

ROWED: Final = (ClauseKind.SKILL, ClauseKind.DEPARTMENT, ClauseKind.LOCATION, ClauseKind.GROUP)
SPARE_ROWS: Final = 2  # empty ones below those in use: saving makes room for more
MOST_ROWS: Final = 30
MOST_NAMES: Final = 500
_ADDRESS: Final = re.compile(r"<([^<>]+)>\s*$")


class AudienceForm(VersionForm):
    """Whom a challenge asks, and who can see it."""

    everyone = forms.TypedChoiceField(
        label=gettext_lazy("Who is asked"),
        choices=[("", gettext_lazy("People who match what I choose below")), ("1", gettext_lazy("Everyone"))],
        coerce=bool,
        empty_value="",
        required=False,
        widget=forms.RadioSelect,
    )
    visibility = forms.ChoiceField(
        label=gettext_lazy("Who can see it"), choices=Visibility.choices, widget=forms.RadioSelect
    )
    own_word_counts = forms.BooleanField(
        label=gettext_lazy("Count skills that nobody has confirmed, too"),
        help_text=gettext_lazy("Otherwise, where only the invited see a challenge, a skill has to be confirmed."),
        required=False,
    )
    included = forms.CharField(
        label=gettext_lazy("Also ask"),
        help_text=gettext_lazy("Names or e-mail addresses, one per line."),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    excluded = forms.CharField(
        label=gettext_lazy("Do not ask"),
        help_text=gettext_lazy("Names or e-mail addresses, one per line."),
        required=False,
        max_length=20_000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        challenge: Challenge,
        clauses: list[AudienceClause],
        options: AudienceOptions,
        viewer: Member,
    ) -> None:
        """The clauses are those that are saved; they must come with what they name."""
        initial = values_of(challenge, clauses, viewer=viewer) | {"version": challenge.version}
        super().__init__(data, initial=initial)
        self.clauses, self.options = clauses, options
        given = set(initial) | set(data or ())
        for kind in ROWED:
            self._add_rows(kind, rows=min(_last_row(kind, given) + 1 + SPARE_ROWS, MOST_ROWS))

    def _add_rows(self, kind: ClauseKind, *, rows: int) -> None:
        choices = [("", _("choose…")), *self.options.choices(kind)]
        for row in range(rows):
            label = f"{kind.label} {row + 1}"
            self.fields[f"{kind}_{row}"] = forms.ChoiceField(label=label, choices=choices, required=False)
            if kind == ClauseKind.SKILL:
                self.fields[f"level_{row}"] = forms.TypedChoiceField(
                    label=_("Lowest level of skill %(number)d") % {"number": row + 1},
                    choices=[(level.value, f"{level.value} · {level.label}") for level in SkillLevel],
                    coerce=int,
                    empty_value="1",
                    initial=SkillLevel.SOLID,
                    required=False,
                )

    def rows(self, kind: ClauseKind) -> Iterator[tuple[forms.BoundField, forms.BoundField | None]]:
        for name in self.fields:
            if name.startswith(f"{kind}_"):
                row = name.removeprefix(f"{kind}_")
                yield self[name], self[f"level_{row}"] if kind == ClauseKind.SKILL else None

    @property
    def skill_rows(self) -> list[tuple[forms.BoundField, forms.BoundField | None]]:
        return list(self.rows(ClauseKind.SKILL))

    @property
    def other_rows(self) -> list[tuple[str, list[forms.BoundField]]]:
        """The rows of departments, locations and groups, under a heading for each."""
        headings = {
            ClauseKind.DEPARTMENT: _("who work in one of these departments, or below them"),
            ClauseKind.LOCATION: _("or at one of these locations"),
            ClauseKind.GROUP: _("and who belong to one of these groups"),
        }
        return [(heading, [field for field, _level in self.rows(kind)]) for kind, heading in headings.items()]

    def clean_included(self) -> tuple[Member, ...]:
        return self._people("included")

    def clean_excluded(self) -> tuple[Member, ...]:
        return self._people("excluded")

    def choice(self) -> AudienceChoice:
        """Return the audience that was chosen; the form must be valid."""
        data = self.cleaned_data
        skills = tuple(
            (self.options.chosen(ClauseKind.SKILL, data[field.name]), int(data[level.name]))
            for field, level in self.skill_rows
            if level is not None and data[field.name]
        )
        return AudienceChoice(
            everyone=bool(data["everyone"]),
            skills=skills,  # type: ignore[arg-type]  # the options of this kind are skills
            departments=self._chosen(ClauseKind.DEPARTMENT),  # type: ignore[arg-type]  # and so on
            locations=self._chosen(ClauseKind.LOCATION),  # type: ignore[arg-type]
            groups=self._chosen(ClauseKind.GROUP),  # type: ignore[arg-type]
            included=data["included"],
            excluded=data["excluded"],
        )

    def _chosen(self, kind: ClauseKind) -> tuple[Choosable, ...]:
        picked = (self.cleaned_data[field.name] for field, _level in self.rows(kind))
        return tuple(self.options.chosen(kind, public_id) for public_id in picked if public_id)

    def _people(self, name: str) -> tuple[Member, ...]:
        found, problems = people_named(self.cleaned_data[name])
        if problems:
            raise forms.ValidationError(problems)
        return tuple(found)


def values_of(challenge: Challenge, clauses: Iterable[AudienceClause], *, viewer: Member) -> dict[str, Any]:
    """Return what the form shows of an audience that is saved."""
    values: dict[str, Any] = {
        "everyone": "1" if challenge.everyone else "",
        "visibility": challenge.visibility,
        "own_word_counts": challenge.own_word_counts,
    }
    people: dict[str, list[str]] = defaultdict(list)
    used: Counter[str] = Counter()
    for clause in clauses:
        named = clause.skill or clause.department or clause.location or clause.group
        if clause.member is not None:
            people[clause.kind].append(f"{shown_name(clause.member, viewer=viewer)} <{clause.member.email}>")
        elif named is not None:
            row = used[clause.kind]
            values[f"{clause.kind}_{row}"] = named.public_id
            if clause.kind == ClauseKind.SKILL:
                values[f"level_{row}"] = clause.min_level
            used[clause.kind] += 1
    return values | {
        "included": "\n".join(people[ClauseKind.INCLUDE]),
        "excluded": "\n".join(people[ClauseKind.EXCLUDE]),
    }


def people_named(text: str) -> tuple[list[Member], list[str]]:
    """Find active members by e-mail address or by their whole name, one in a line, with one query.

    Returns those who were found, and a sentence for each line that names nobody, or more than one person.
    """
    wanted = list(dict.fromkeys(_key(line) for line in re.split(r"[\n,;]", text) if line.strip()))
    if len(wanted) > MOST_NAMES:
        return [], [_("At most %(count)d names: choose a group instead.") % {"count": MOST_NAMES}]
    if not wanted:
        return [], []
    by_key: dict[str, list[Member]] = defaultdict(list)
    matching = Member.objects.alias(email_key=Lower("email"), name_key=Lower("name")).filter(
        Q(email_key__in=wanted) | Q(name_key__in=wanted), is_active=True, erased_at=None
    )
    for member in matching:
        for key in {member.email.lower(), member.name.lower()}:
            by_key[key].append(member)
    problems = [_problem(key, len(by_key[key])) for key in wanted if len(by_key[key]) != 1]
    return [by_key[key][0] for key in wanted if len(by_key[key]) == 1], problems


def _key(line: str) -> str:
    address = _ADDRESS.search(line)
    return (address[1] if address else line).strip().lower()


def _problem(key: str, found: int) -> str:
    if found:
        return _("%(count)d people are called “%(name)s”: use an e-mail address.") % {"count": found, "name": key}
    return _("There is nobody called “%(name)s”.") % {"name": key}


def _last_row(kind: ClauseKind, names: Iterable[str]) -> int:
    numbers = [int(match[1]) for name in names if (match := re.fullmatch(rf"{kind}_(\d{{1,3}})", name))]
    return max(numbers, default=-1)
