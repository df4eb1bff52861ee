"""The rules that matter to privacy, on one page: what the organization has set, and what the product fixes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from challenges.queries import newest_terms
from crowdhub.pages.setting_words import SETTING_NAMED, changer_name, value_in_words
from crowdhub.people.domain.settings import latest_version
from crowdhub.people.models import Member, SettingsVersion
from crowdhub.people.names import shown_name
from crowdhub.people.queries import POLICIES
from crowdhub.tenancy.models import Organization


@dataclass(frozen=True)
class Rule:
    """A rule with what it is now; `since`, `who` and `agreed_with` are of those that the organization sets."""

    title: str | Promise
    value: str | Promise
    effect: str | Promise
    since: datetime | None = None
    who: str = ""
    agreed_with: str = ""


# What nobody can change in this installation. Each is a promise that tests of its own hold.
FIXED: Final = (
    Rule(
        gettext_lazy("Number of votes"),
        gettext_lazy("hidden until voting has closed"),
        gettext_lazy(
            "Until then nobody sees how many votes an idea has: not its authors, not the managers, not in points and "
            "not in an order. Who voted for which idea is shown to nobody at any time."
        ),
    ),
    Rule(
        gettext_lazy("Groups in reports"),
        gettext_lazy("hidden where nobody took part, or everybody"),
        gettext_lazy(
            "However large the group is. What could be computed from the totals is hidden as well, and people without "
            "a department are in no report."
        ),
    ),
    Rule(
        gettext_lazy("Months in reports"),
        gettext_lazy("fixed when they are first read"),
        gettext_lazy(
            "Only months that are over can be read. Later changes do not change them, so that no two reports of one "
            "month can be subtracted."
        ),
    ),
    Rule(
        gettext_lazy("Exports"),
        gettext_lazy("each one is on record"),
        gettext_lazy(
            "Who asked for a report and who downloaded it, and when. HR analysts and auditors read that record under "
            "“Reports”; nobody can change it."
        ),
    ),
    Rule(
        gettext_lazy("The list of people as a file"),
        gettext_lazy("each time is on record"),
        gettext_lazy(
            "Administrators and HR analysts can export it, administrators of single departments only their "
            "people. Who did, when, how many people it contained and how it was filtered can be read by HR "
            "analysts and auditors under “Reports”; nobody can change it."
        ),
    ),
    Rule(
        gettext_lazy("Points"),
        gettext_lazy("seen only by the member"),
        gettext_lazy(
            "What points were given for is shown to nobody else. Being on a leaderboard is each member’s own choice."
        ),
    ),
    Rule(
        gettext_lazy("Skills"),
        gettext_lazy("seen by those who need them"),
        gettext_lazy(
            "A member’s skills are shown to the member, their manager, HR analysts, challenge managers and "
            "administrators, and to nobody else."
        ),
    ),
    Rule(
        gettext_lazy("Directory"),
        gettext_lazy("a list for administrators, HR analysts and auditors"),
        gettext_lazy(
            "Administrators of single departments have the list of their people. Everybody else opens one person at a "
            "time, with name, department and location."
        ),
    ),
    Rule(
        gettext_lazy("Visits"),
        gettext_lazy("the time of the last one is kept"),
        gettext_lazy(
            "Only administrators see it in the directory, those of single departments for their people. HR analysts "
            "and auditors see there whether somebody has ever signed in, and not when. Managers of a challenge see "
            "whether an invitation was looked at. Which ideas a member had before their eyes is kept for a fair order "
            "and shown to nobody."
        ),
    ),
    Rule(
        gettext_lazy("Decisions of moderators"),
        gettext_lazy("with reasons, and on record"),
        gettext_lazy(
            "Whoever wrote what was sent back, rejected or hidden reads why. Moderators and auditors read all "
            "decisions in the log; moderators of single challenges read those made there."
        ),
    ),
    Rule(
        gettext_lazy("Mails with news"),
        gettext_lazy("as often as each member chooses"),
        gettext_lazy("Nothing in them counts who opens one, and every member can stop them."),
    ),
)


def rules_of(organization: Organization, *, viewer: Member) -> list[Rule]:
    """Return the rules that the organization has set, in words, then those of its terms."""
    latest = latest_version()
    set_in = latest.set_in if latest else {}
    numbers = {set_in[name] for name in POLICIES if name in set_in}
    versions = {
        version.number: version
        for version in SettingsVersion.objects.filter(number__in=numbers).select_related("changed_by")
    }
    return [
        *(_rule(organization, name, versions.get(set_in.get(name, 0)), viewer) for name in POLICIES),
        _terms(viewer),
    ]


def _rule(organization: Organization, name: str, version: SettingsVersion | None, viewer: Member) -> Rule:
    setting = SETTING_NAMED[name]
    return Rule(
        title=setting.label,
        value=value_in_words(organization, setting),
        effect=setting.effect,
        since=version.changed_at if version else organization.created_at,
        who=changer_name(version, viewer=viewer) if version else _("since the organization was created"),
        agreed_with=version.agreed_with if version else "",
    )


def _terms(viewer: Member) -> Rule:
    newest = newest_terms()
    return Rule(
        title=_("Terms on ideas"),
        value=_("version %d") % newest.number if newest else _("none yet"),
        effect=_("Authors accept the version that a challenge names before they hand in an idea there."),
        since=newest.created_at if newest else None,
        who=shown_name(newest.created_by, viewer=viewer) if newest else "",
    )
