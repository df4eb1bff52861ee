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
