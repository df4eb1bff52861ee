"""What an organization decides for all its members, and every version of it."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, Final, TypedDict
from zoneinfo import available_timezones

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from crowdhub.common.errors import Refusal
from crowdhub.common.working_days import is_region
from crowdhub.people.facts import Fact, announce
from crowdhub.people.models import Member, SettingsVersion
from crowdhub.tenancy.bounds import LARGEST_LEAST_GROUP, LEAST_GROUP, LONGEST_PROMISE, SHORTEST_PROMISE
from crowdhub.tenancy.models import Organization

LONGEST_AGREEMENT: Final = 200
LOGO: Final = "logo_version"  # the setting that crowdhub.people.domain.logo changes
_COLOUR: Final = re.compile(r"#[0-9a-f]{6}")


class Settings(TypedDict, total=False):
    """What can be changed here; what is left out stays as it is."""

    name: str
    accent_colour: str
    language: str
    timezone: str
    holiday_region: str
    answer_within_days: int
    has_leaderboard: bool
    smallest_group: int


class SettingsConflict(Refusal):
    """Somebody changed the same setting after this page was opened."""

    message = gettext_lazy("These settings were changed in the meantime.")


class NameNeeded(Refusal):
    message = gettext_lazy("The organization needs a name.")


class NameTooLong(Refusal):
    message = gettext_lazy("A name has at most 120 characters.")


class NotAColour(Refusal):
    message = gettext_lazy("A colour is written as # and six digits, such as #1f6f5c.")


class UnknownLanguage(Refusal):
    message = gettext_lazy("CrowdHub is not available in this language.")


class UnknownTimeZone(Refusal):
    message = gettext_lazy("There is no such time zone.")


class UnknownRegion(Refusal):
    message = gettext_lazy("No public holidays are known for this region.")


class PromiseOutOfBounds(Refusal):
    """A promise that is no day, or so many that nobody would wait for it."""


class GroupOutOfBounds(Refusal):
    """A group so small that figures would tell of persons, or so large that reports would tell nothing."""


class GroupLowered(Refusal):
    """People gave their word and their work under a higher number."""


class AgreementTooLong(Refusal):
    message = gettext_lazy("Say in at most 200 characters with whom this was agreed.")


@transaction.atomic
def change_settings(
    organization: Organization,
    values: Settings,
    *,
    actor: Member | None,
    known_version: int | None = None,
    agreed_with: str = "",
    now: datetime | None = None,
) -> SettingsVersion | None:
    """Change settings, all of them or none, and write the version that says so; None where all was so already.

    `known_version` is the number that the writer's page knew. `agreed_with` puts on record with whom it was agreed,
    alone or with a change. For administrators of the whole organization; `actor` is None for the operator of the
    installation, who alone may lower the smallest group. Raises SettingsConflict and what the checks raise.
    """
    agreed_with = " ".join(agreed_with.split())
    if len(agreed_with) > LONGEST_AGREEMENT:
        raise AgreementTooLong(field="agreed_with")
    locked = lock_settings(organization)
    differing = {name: value for name, value in values.items() if getattr(locked, name) != value}
    ensure_unseen(differing, known_version)
    wanted = {name: CHECKS[name](value) for name, value in differing.items()}
    if actor is not None and "smallest_group" in wanted:
        _ensure_not_lowered(locked, wanted["smallest_group"])
    changed = {name: value for name, value in wanted.items() if getattr(locked, name) != value}
    latest = latest_version()
    if not changed and (not agreed_with or (latest is not None and latest.agreed_with == agreed_with)):
        return None
    return write_version(organization, locked, changed, actor=actor, agreed_with=agreed_with, now=now)


def lock_settings(organization: Organization) -> Organization:
    """Return the organization as it is, and hold it: nobody else changes its settings until the commit."""
    return Organization.objects.select_for_update(no_key=True).get(pk=organization.pk)


def latest_version() -> SettingsVersion | None:
    """Return the newest version of the open organization's settings; None while they are as it was founded."""
    latest: SettingsVersion | None = SettingsVersion.objects.order_by("-number").first()
    return latest


def ensure_unseen(changed: Collection[str], known_version: int | None) -> None:
    """Raise SettingsConflict when one of these settings was set after the version that the writer's page knew.

    Others may have been, and are left as they are. None: the writer takes what comes.
    """
    latest = latest_version()
    if latest is None or known_version is None:
        return
    if any(latest.set_in.get(name, 0) > known_version for name in changed):
        raise SettingsConflict


def write_version(
    organization: Organization,
    locked: Organization,
    changed: Mapping[str, Any],
    *,
    actor: Member | None,
    agreed_with: str = "",
    now: datetime | None = None,
) -> SettingsVersion:
    """Write checked values to the locked organization, with the version that says what was changed.

    `organization`, which the caller goes on with, knows the new values, too.
    """
    latest = latest_version()
    number, set_in = (latest.number, latest.set_in) if latest else (0, {})
    changes = {name: [getattr(locked, name), value] for name, value in changed.items()}
    for name, value in changed.items():
        setattr(locked, name, value)
        setattr(organization, name, value)
    if changed:
        locked.save(update_fields=list(changed))
    version: SettingsVersion = SettingsVersion.objects.create(
        organization=locked,
        number=number + 1,
        changes=changes,
        set_in=set_in | dict.fromkeys(changed, number + 1),
        agreed_with=agreed_with,
        changed_by=actor,
        changed_at=now or timezone.now(),
    )
    # The operator is no member to whom a fact could belong; the version itself is the record of that.
    if actor is not None:
        announce(
            Fact.SETTINGS_CHANGED, actor, actor=actor, data={"settings": version.number, "fields": sorted(changed)}
        )
    return version


def _name(value: str) -> str:
    name = " ".join("".join(letter if letter.isprintable() else " " for letter in value).split())
    if not name:
        raise NameNeeded(field="name")
    if len(name) > 120:
        raise NameTooLong(field="name")
    return name


def _colour(value: str) -> str:
    colour = value.strip().lower()
    if not _COLOUR.fullmatch(colour):
        raise NotAColour(field="accent_colour")
    return colour


def _language(value: str) -> str:
    if value not in dict(settings.LANGUAGES):
        raise UnknownLanguage(field="language")
    return value


def _timezone(value: str) -> str:
    if value not in available_timezones() or len(value) > 40:
        raise UnknownTimeZone(field="timezone")
    return value


def _region(value: str) -> str:
    region = value.strip()
    if len(region) > 10 or not is_region(region):
        raise UnknownRegion(field="holiday_region")
    return region


def _promise(value: int) -> int:
    if not SHORTEST_PROMISE <= value <= LONGEST_PROMISE:
        bounds = {"least": SHORTEST_PROMISE, "most": LONGEST_PROMISE}
        raise PromiseOutOfBounds(
            _("Promise an answer within %(least)d to %(most)d working days.") % bounds, field="answer_within_days"
        )
    return value


def _group(value: int) -> int:
    if not LEAST_GROUP <= value <= LARGEST_LEAST_GROUP:
        bounds = {"least": LEAST_GROUP, "most": LARGEST_LEAST_GROUP}
        raise GroupOutOfBounds(
            _("The smallest group has %(least)d to %(most)d people.") % bounds, field="smallest_group"
        )
    return value


def _ensure_not_lowered(locked: Organization, smallest_group: int) -> None:
    if smallest_group < locked.smallest_group:
        raise GroupLowered(
            _("This can only be raised: people take part because groups of fewer than %d are never shown.")
            % locked.smallest_group,
            field="smallest_group",
        )


# Every setting with what makes a value of it: the value as it is stored, or a refusal.
CHECKS: Final[dict[str, Callable[[Any], Any]]] = {
    "name": _name,
    "accent_colour": _colour,
    "language": _language,
    "timezone": _timezone,
    "holiday_region": _region,
    "answer_within_days": _promise,
    "has_leaderboard": bool,
    "smallest_group": _group,
}
