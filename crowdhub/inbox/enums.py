from django.db import models
from django.utils.translation import gettext_lazy as _


class Reason(models.TextChoices):
    """Why something came to this member: a notification, or what a digest asks of a manager."""

    INVITED = "invited", _("You are asked")
    ASKED = "asked", _("You were asked, or took part")
    CONTRIBUTOR = "contributor", _("It is about your idea")
    AUTHOR = "author", _("It is about your comment")
    LINKED = "linked", _("It is connected with your idea")
    FOLLOWER = "follower", _("You follow this idea")
    PARENT = "parent", _("Somebody replied to you")
    ASKER = "asker", _("You asked to join this idea")
    COLLEAGUE = "colleague", _("A colleague asks you")
    MANAGER = "manager", _("You manage this challenge")


class Frequency(models.TextChoices):
    DAILY = "daily", _("Every working day")
    WEEKLY = "weekly", _("Every Monday")
    NEVER = "never", _("Never")


class Channel(models.TextChoices):
    """Where news arrives that a member can do without."""

    DIGEST = "digest", _("Inbox and digest")
    INBOX = "inbox", _("Inbox only")
    NONE = "none", _("Nowhere")
