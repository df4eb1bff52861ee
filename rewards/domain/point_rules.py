"""How many points things earn, and since when."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from datetime import date, datetime
from zoneinfo import ZoneInfo

from crowdhub.tenancy.models import Organization
from rewards.enums import ALWAYS, DEFAULT_POINTS
from rewards.models import Rule


def ensure_rules(organization: Organization) -> list[Rule]:
    """Return every version of the organization's rules, after making the first version of those it lacks."""
    rules = list(Rule.objects.order_by("code", "starts_on", "version"))
    missing = DEFAULT_POINTS.keys() - {rule.code for rule in rules}
    if not missing:
        return rules
    # Two workers may find the same gap: the unique key lets one of them fill it.
    Rule.objects.bulk_create(
        [
            Rule(organization=organization, code=code, points=DEFAULT_POINTS[code], starts_on=ALWAYS)
            for code in sorted(missing)
        ],
        ignore_conflicts=True,
    )
    return list(Rule.objects.order_by("code", "starts_on", "version"))


class RuleBook:
    """The versions of the rules, asked by day; days are those of the organization's zone."""

    def __init__(self, organization: Organization) -> None:
        self._zone = ZoneInfo(organization.timezone)
        self._versions: dict[str, list[Rule]] = defaultdict(list)
        for rule in ensure_rules(organization):
            self._versions[rule.code].append(rule)

    def day_of(self, moment: datetime) -> date:
        return moment.astimezone(self._zone).date()

    def in_force(self, code: str, moment: datetime) -> Rule | None:
        """Return the version that counted at a moment, or None from before there was one."""
        versions = self._versions[code]
        place = bisect_right(versions, self.day_of(moment), key=lambda rule: rule.starts_on)
        return versions[place - 1] if place else None
