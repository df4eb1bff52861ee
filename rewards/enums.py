from datetime import date
from typing import Final

from django.db import models
from django.utils.translation import gettext_lazy as _


class RuleCode(models.TextChoices):
    """What earns points. Nothing for signing in, and nothing for a bare comment."""

    FIRST_IDEA = "first_idea", _("First idea published")
    VOTE_RECEIVED = "vote_received", _("A vote for your idea")
    COMMENT_HELPFUL = "comment_helpful", _("A comment of yours that helped")
    SELECTED = "selected", _("Your idea was selected")
    IMPLEMENTED = "implemented", _("Your idea was implemented")


class EntryKind(models.TextChoices):
    EARNED = "earned", _("Earned")
    REVERSED = "reversed", _("Taken back")
    CAPPED = "capped", _("Above the daily limit")


# Starting points of every organization, until it makes a later version of a rule.
DEFAULT_POINTS: Final[dict[str, int]] = {
    RuleCode.FIRST_IDEA: 10,
    RuleCode.VOTE_RECEIVED: 2,
    RuleCode.COMMENT_HELPFUL: 5,
    RuleCode.SELECTED: 100,
    RuleCode.IMPLEMENTED: 200,
}
# The first version of a rule has always been in force, so that what was imported earns as well.
ALWAYS: Final = date(1970, 1, 1)
# Points that votes in one challenge can give a member for one day of the organization's zone. Outcomes are exempt. Not
# over all challenges: that would tell of votes that are still secret (rewards.domain.booking).
DAILY_VOTE_LIMIT: Final = 40
NEWCOMER_DAYS: Final = 90
