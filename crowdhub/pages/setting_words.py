"""Every setting of an organization in words: what it is called, what it changes for whom and when, and its values."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from crowdhub.common.regions import region_name
from crowdhub.people.domain.settings import LOGO
from crowdhub.people.models import Member, SettingsVersion
from crowdhub.people.names import shown_name
from crowdhub.tenancy.models import Organization


@dataclass(frozen=True)
class Setting:
    """A setting; `effect` is the one sentence that says what it changes, for whom, and from when."""

    name: str
    label: str | Promise
    effect: str | Promise
    words: Callable[[Any], str] = str


@dataclass(frozen=True)
class Change:
    """A setting that a version changed, in words."""

    label: str
    before: str
    after: str


@dataclass(frozen=True)
class HistoryRow:
    """A version of the settings as the change log shows it."""

    number: int
    who: str
    changed_at: datetime
    changes: list[Change]
    agreed_with: str


def _language(code: str) -> str:
    return str(dict(settings.LANGUAGES).get(code, code))


def _days(number: int) -> str:
    return ngettext("%d working day", "%d working days", number) % number


def _on_or_off(is_on: bool) -> str:
    return _("on, for those who choose to be on it") if is_on else _("off")


def _people(number: int) -> str:
    return ngettext("%d person", "%d people", number) % number


def _logo(version: str) -> str:
    return _("picture %s") % version[:6] if version else _("none, the first letter of the name instead")


SETTINGS: Final = (
    Setting(
        "name",
        gettext_lazy("Name"),
        gettext_lazy("Appears on every page, in mails and in exports, for everybody, from the moment you save."),
    ),
    Setting(
        "accent_colour",
        gettext_lazy("Accent colour"),
        gettext_lazy(
            "Colours buttons and links for everybody, from the moment you save. It is made darker on light pages and "
            "lighter on dark ones where it could not be read."
        ),
    ),
    Setting(
        LOGO,
        gettext_lazy("Logo"),
        gettext_lazy(
            "Appears beside the name on every page, on the sign-in page and in mails with news, for everybody, "
            "from the moment you upload it. Anyone who knows your web address can see it."
        ),
        _logo,
    ),
    Setting(
        "language",
        gettext_lazy("Language"),
        gettext_lazy(
            "Members who are added from now on begin with it, unless they are added with another one. Those who are "
            "here already keep theirs."
        ),
        _language,
    ),
    Setting(
        "timezone",
        gettext_lazy("Time zone"),
        gettext_lazy(
            "The clock by which days of challenges begin and end, working days are counted and mails are sent, for "
            "everybody, from now on. Dates that are set stay the same moments, and members keep their own zone."
        ),
        lambda zone: zone.replace("_", " "),
    ),
    Setting(
        "holiday_region",
        gettext_lazy("Public holidays"),
        gettext_lazy(
            "Answers and decisions are promised in working days, and nobody works on these. Holds for promises that "
            "are made from now on; a day that an author was promised stays."
        ),
        region_name,
    ),
    Setting(
        "answer_within_days",
        gettext_lazy("Working days until an idea is answered"),
        gettext_lazy(
            "What new challenges promise authors until their managers choose another number. Challenges that exist, "
            "drafts too, keep theirs."
        ),
        _days,
    ),
    Setting(
        "has_leaderboard",
        gettext_lazy("Leaderboard"),
        gettext_lazy(
            "Whether members can be compared by their points. Without it, from the moment you save, nobody sees a "
            "board or can join one, and everybody still sees their own points. Whoever was on it is on it again when "
            "it comes back."
        ),
        _on_or_off,
    ),
    Setting(
        "smallest_group",
        gettext_lazy("Smallest group in figures"),
        gettext_lazy(
            "Reports and the figures of challenges hide every group of fewer people from everybody who reads them. "
            "Holds from now on, except for months of a report that somebody has read already: those never change. It "
            "can be raised; only the operator of the installation could lower it, and the change log would say so."
        ),
        _people,
    ),
)
SETTING_NAMED: Final = {setting.name: setting for setting in SETTINGS}


def value_in_words(organization: Organization, setting: Setting) -> str:
    return setting.words(getattr(organization, setting.name))


def history_rows(versions: Iterable[SettingsVersion], *, viewer: Member) -> list[HistoryRow]:
    """Return versions as the change log shows them, in their order."""
    return [
        HistoryRow(
            number=version.number,
            who=changer_name(version, viewer=viewer),
            changed_at=version.changed_at,
            changes=[
                _change(setting, *version.changes[setting.name])
                for setting in SETTINGS
                if setting.name in version.changes
            ],
            agreed_with=version.agreed_with,
        )
        for version in versions
    ]


def changer_name(version: SettingsVersion, *, viewer: Member) -> str:
    """Return who changed the settings, to show to this reader; without a member it was the operator."""
    if version.changed_by_id is None:
        return _("The operator of this installation")
    return shown_name(version.changed_by, viewer=viewer)


def _change(setting: Setting, before: Any, after: Any) -> Change:
    return Change(str(setting.label), setting.words(before), setting.words(after))
