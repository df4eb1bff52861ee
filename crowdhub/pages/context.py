"""What the frame around every page shows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from rules.predicates import always_allow, predicate

from crowdhub.people.along import brought_count
from crowdhub.people.authentication import OrganizationBackend
from crowdhub.people.models import Member
from crowdhub.people.rules import change_many, keep_directory, open_directory, see_roles, see_settings
from crowdhub.reports.rules import see_export_log
from moderation.queries import OPEN_CASES
from moderation.rules import read_cases
from rewards.rules import has_leaderboard


@dataclass(frozen=True)
class Place:
    """A page that the navigation leads to, and the rule of the page itself that says for whom it is there."""

    url_name: str
    label: str | Promise
    icon: str
    rule: Any = always_allow


@dataclass(frozen=True)
class Item:
    url: str
    label: str | Promise
    icon: str
    current: bool
    badge: int | None = None
    badge_words: str = ""  # of what, for whoever does not see where the number stands


@predicate
def shows_style_guide() -> bool:
    """Tell whether the page of the design system is there: in a demo, and while developing."""
    return bool(settings.DEMO or settings.DEBUG)


MAIN = (
    Place("pages:home", _("Home"), "house"),
    Place("challenges:list", _("Challenges"), "target"),
    Place("ideas:mine", _("My ideas"), "lightbulb"),
    Place("inbox:list", _("Inbox"), "inbox"),
    Place("moderation:queue", _("Moderation"), "shield-check", read_cases),
    Place("reports:list", _("Reports"), "chart-column", see_export_log),
    Place("people:list", _("People"), "users", open_directory),
)
ACCOUNT = (
    Place("people:me", _("Profile and skills"), "user"),
    Place("rewards:mine", _("My points"), "award"),
    Place("inbox:preferences", _("Notification settings"), "bell"),
    Place("account_change_password", _("Password"), "key-round"),
    Place("mfa_index", _("Two-factor sign-in"), "shield"),
    Place("api:tokens", _("API tokens"), "terminal"),
    Place("pages:settings", _("Organization settings"), "settings", see_settings),
)
FOOT = (
    Place("pages:search", _("Search"), "search"),
    Place("rewards:board", _("Leaderboard"), "trophy", has_leaderboard),
    Place("pages:styleguide", _("Style guide"), "palette", shows_style_guide),
)
# Beside the pages of the directory: each with the name by which a page says that it is there.
DIRECTORY = {
    "people": Place("people:list", _("People"), "users", open_directory),
    "bulk": Place("people:bulk-changes", _("Bulk changes"), "", change_many),
    "roles": Place("people:roles", _("Roles"), "", see_roles),
    "settings": Place("pages:settings", _("Organization settings"), "", see_settings),
    "agreement": Place("pages:agreement", _("Works agreement"), "", see_settings),
    "imports": Place("people:imports", _("Import"), "", keep_directory),
    "departments": Place("people:departments", _("Departments"), "", keep_directory),
    "locations": Place("people:locations", _("Locations"), "", keep_directory),
    "skills": Place("people:skills", _("Skills"), "", keep_directory),
    "groups": Place("people:groups", _("Groups"), "", keep_directory),
    "getting-started": Place("pages:getting-started", _("Getting started"), "", keep_directory),
}


def frame(request: HttpRequest) -> dict[str, Any]:
    """Return the navigation for the reader; nothing for a visitor."""
    member = getattr(request, "user", None)
    if not isinstance(member, Member):
        return {}
    if request.method == "POST":
        # What was just done may have changed the numbers that the member has brought along.
        member = OrganizationBackend().get_user(member.pk) or member
    item = _item_maker(request.path, member)
    main_item = _item_maker(_listed_under(request.path), member)
    return {
        "nav": [main_item(place) for place in MAIN if _is_open(place, member)],
        "account_nav": [item(place) for place in ACCOUNT if _is_open(place, member)],
        "foot_nav": [item(place) for place in FOOT if _is_open(place, member)],
        "directory_nav": partial(_directory_nav, member),  # called by the pages that have it
    }


def _directory_nav(member: Member) -> list[tuple[str, Place]]:
    return [(section, place) for section, place in DIRECTORY.items() if _is_open(place, member)]


def _is_open(place: Place, member: Member) -> bool:
    return bool(place.rule.test(member, None))


def _listed_under(path: str) -> str:
    """Return the address under which the navigation shows a page: an idea belongs to its challenge."""
    ideas = reverse("ideas:mine")
    if path.startswith(ideas) and path != ideas:
        return reverse("challenges:list")
    return "" if path.startswith(reverse("people:me")) else path  # one's own page is no part of the directory


def _item_maker(here: str, member: Member) -> Callable[[Place], Item]:
    unread: int | None = getattr(member, "unread_count", None)
    cases = brought_count(member, OPEN_CASES)
    badges = {
        "inbox:list": (unread, _("unread")),
        "moderation:queue": (cases, ngettext("open case", "open cases", cases or 0)),
    }

    def item(place: Place) -> Item:
        url = reverse(place.url_name)
        is_current = here == url if url == "/" else here.startswith(url)
        number, words = badges.get(place.url_name, (None, ""))
        return Item(url, place.label, place.icon, is_current, number, str(words))

    return item
