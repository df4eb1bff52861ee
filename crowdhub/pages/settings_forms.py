"""The forms of the settings page, a section each; what a field says stands in setting_words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Final
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crowdhub.common.regions import region_choices, region_name
from crowdhub.pages.setting_words import SETTING_NAMED
from crowdhub.people.domain.logo import LARGEST_LOGO, LogoTooLarge
from crowdhub.people.domain.settings import LOGO, LONGEST_AGREEMENT, Settings
from crowdhub.tenancy.bounds import LARGEST_LEAST_GROUP, LEAST_GROUP, LONGEST_PROMISE, SHORTEST_PROMISE
from crowdhub.tenancy.models import Organization


def version_field() -> forms.IntegerField:
    """The number of the version that the page knew; without an id, since several forms of a page have one."""
    return forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput(attrs={"id": False}))


class SectionForm(forms.Form):
    """Some settings, with the version of them that the page knew."""

    names: ClassVar[tuple[str, ...]]

    def __init__(self, organization: Organization, data: Any = None, *, version: int = 0) -> None:
        initial = {name: getattr(organization, name) for name in self.names}
        super().__init__(data, initial=initial | {"version": version})
        self.fields["version"] = version_field()
        for name in self.names:
            self.fields[name].label = str(SETTING_NAMED[name].label)
            self.fields[name].help_text = str(SETTING_NAMED[name].effect)

    def values(self) -> Settings:
        """Return what was chosen, for the domain."""
        return {name: self.cleaned_data[name] for name in self.names}  # type: ignore[return-value]  # named above

    def agreement(self) -> str:
        return str(self.cleaned_data.get("agreed_with", ""))


class LookForm(SectionForm):
    names = ("name", "accent_colour")

    name = forms.CharField(max_length=120)
    accent_colour = forms.RegexField(
        r"^#[0-9a-fA-F]{6}$",
        widget=forms.ColorInput,
        error_messages={"invalid": _("A colour is written as # and six digits, such as #1f6f5c.")},
    )


class TimeForm(SectionForm):
    names = ("language", "timezone", "holiday_region")

    language = forms.ChoiceField(choices=settings.LANGUAGES)
    timezone = forms.ChoiceField()
    holiday_region = forms.ChoiceField(required=False)

    def __init__(self, organization: Organization, data: Any = None, *, version: int = 0) -> None:
        super().__init__(organization, data, version=version)
        # With what it has now: an operator may have chosen something that is on neither list.
        zones = sorted(available_timezones() | {organization.timezone})
        self.fields["timezone"].choices = [(zone, zone.replace("_", " ")) for zone in zones]  # type: ignore[attr-defined]  # a choice field
        self.fields["holiday_region"].choices = _regions_with(organization.holiday_region)  # type: ignore[attr-defined]  # likewise


class PolicyForm(SectionForm):
    names = ("answer_within_days", "has_leaderboard", "smallest_group")

    answer_within_days = forms.IntegerField(min_value=SHORTEST_PROMISE, max_value=LONGEST_PROMISE)
    has_leaderboard = forms.BooleanField(required=False)
    smallest_group = forms.IntegerField(min_value=LEAST_GROUP, max_value=LARGEST_LEAST_GROUP)
    agreed_with = forms.CharField(
        label=_("Agreed with"),
        help_text=_("For example: works council, agreement of 3 May. It appears in the change log beside your name."),
        max_length=LONGEST_AGREEMENT,
        required=False,
    )

    def __init__(self, organization: Organization, data: Any = None, *, version: int = 0) -> None:
        super().__init__(organization, data, version=version)
        self.fields["has_leaderboard"].label = _("There is a leaderboard of those who choose to be on it")


class LogoForm(forms.Form):
    """A new logo; what is in the file is for the domain to say."""

    logo = forms.FileField(
        label=_("Choose a picture"),
        help_text=_("PNG, JPEG or WebP, at most 512 KB. It is shown on a white plate, on light and on dark pages."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
    version = version_field()

    def clean_logo(self) -> Any:
        upload = self.cleaned_data["logo"]
        if upload.size > LARGEST_LOGO:  # before it is read
            raise forms.ValidationError(LogoTooLarge.message)
        return upload


@dataclass(frozen=True)
class Section:
    """A part of the settings page; `name` is its place on the page and what its form says."""

    name: str
    title: str | Promise
    note: str | Promise
    form: type[SectionForm]
    also: tuple[str, ...] = ()  # settings that are changed by a form of their own

    @property
    def settings(self) -> tuple[str, ...]:
        return (*self.form.names, *self.also)


SECTIONS: Final = (
    Section("look", _("Name and look"), _("How everybody sees that they are in the right place."), LookForm, (LOGO,)),
    Section("time", _("Language and time"), _("What days, promises and new accounts go by."), TimeForm),
    Section(
        "policy",
        _("Answers and privacy"),
        _("What everybody can rely on. Many organizations agree on this with their works council."),
        PolicyForm,
    ),
)
SECTION_NAMED: Final = {section.name: section for section in SECTIONS}


def _regions_with(region: str) -> list[Any]:
    choices: list[Any] = list(region_choices())
    known = {code for code, _name in choices if isinstance(code, str)}
    known |= {code for _group, inner in choices if isinstance(inner, list) for code, _name in inner}
    return choices if region in known else [(region, region_name(region)), *choices]
