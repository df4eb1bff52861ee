from django.db import models
from django.utils.translation import gettext_lazy as _


class IdeaState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Waiting for a moderator")
    CHANGES_REQUESTED = "changes_requested", _("Changes asked for")
    PUBLISHED = "published", _("Published")
    REJECTED = "rejected", _("Not published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class ContributorPart(models.TextChoices):
    AUTHOR = "author", _("Author")
    CO_AUTHOR = "co_author", _("Co-author")


class JoinState(models.TextChoices):
    OPEN = "open", _("Waiting for the authors")
    ACCEPTED = "accepted", _("Taken in")
    DECLINED = "declined", _("Declined")


class CommentState(models.TextChoices):
    VISIBLE = "visible", _("Visible")
    HIDDEN = "hidden", _("Hidden by a moderator")


class Outcome(models.TextChoices):
    """What was decided about an idea. Selected may be followed by implemented."""

    SELECTED = "selected", _("Selected")
    NOT_NOW = "not_now", _("Not now")
    DECLINED = "declined", _("Declined")
    IMPLEMENTED = "implemented", _("Implemented")
