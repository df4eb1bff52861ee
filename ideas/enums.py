from django.db import models
from django.utils.translation import gettext_lazy as _


class IdeaState(models.TextChoices):
    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Waiting for a moderator")
    CHANGES_REQUESTED = "changes_requested", _("Changes asked for")
    PUBLISHED = "published", _("Published")
    REJECTED = "rejected", _("Not published")
    WITHDRAWN = "withdrawn", _("Withdrawn")


# For those whose work it is to read an idea before it is published.
HANDED_IN = (IdeaState.SUBMITTED, IdeaState.CHANGES_REQUESTED, IdeaState.PUBLISHED, IdeaState.REJECTED)


# Not published, and still in the running: read by those who are asked to write it, before they say yes.
JOINABLE = (IdeaState.DRAFT, IdeaState.SUBMITTED, IdeaState.CHANGES_REQUESTED)


class ContributorPart(models.TextChoices):
    AUTHOR = "author", _("Author")
    CO_AUTHOR = "co_author", _("Co-author")


class JoinState(models.TextChoices):
    OPEN = "open", _("Waiting for an answer")
    ACCEPTED = "accepted", _("Taken in")
    DECLINED = "declined", _("Declined")


class LinkKind(models.TextChoices):
    """How one idea is connected with another one, from the first to the second."""

    BUILDS_ON = "builds_on", _("Builds on")
    PART_OF = "part_of", _("Is a part of")
    DUPLICATE_OF = "duplicate_of", _("Says the same as")


class CommentState(models.TextChoices):
    VISIBLE = "visible", _("Visible")
    HIDDEN = "hidden", _("Hidden by a moderator")


class Outcome(models.TextChoices):
    """What was decided about an idea. Selected may be followed by implemented."""

    SELECTED = "selected", _("Selected")
    NOT_NOW = "not_now", _("Not now")
    DECLINED = "declined", _("Declined")
    IMPLEMENTED = "implemented", _("Implemented")
