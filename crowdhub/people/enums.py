from django.db import models
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    EMPLOYEE = "employee", _("Employee")
    PARTNER = "partner", _("Partner")
    GUEST = "guest", _("Guest")


class Role(models.TextChoices):
    """What a member may do beyond taking part; several at once."""

    MODERATOR = "moderator", _("Moderator")
    MANAGER = "manager", _("Challenge manager")
    HR = "hr", _("HR analyst")
    EVALUATOR = "evaluator", _("Evaluator")
    ADMINISTRATOR = "administrator", _("Administrator")
    AUDITOR = "auditor", _("Auditor")


class SkillSource(models.TextChoices):
    """How it is known that somebody has a skill; all but one's own word count as confirmed."""

    OWN_WORD = "own_word", _("Self-declared")
    IMPORT = "import", _("Directory import")
    MANAGER = "manager", _("Confirmed by a manager")
    HR = "hr", _("Confirmed by HR")
    WORK = "work", _("Shown in work")


class SkillLevel(models.IntegerChoices):
    BEGINNER = 1, _("Beginner")
    BASIC = 2, _("Basic")
    SOLID = 3, _("Solid")
    ADVANCED = 4, _("Advanced")
    EXPERT = 5, _("Expert")


class ImportState(models.TextChoices):
    READING = "reading", _("Being read")
    PREVIEW = "preview", _("To be confirmed")
    RUNNING = "running", _("Being imported")
    FAILED = "failed", _("Not imported")
    DONE = "done", _("Imported")
    DISCARDED = "discarded", _("Discarded")


class BulkAction(models.TextChoices):
    """What can be done to many people at once."""

    ADD_TO_GROUP = "add_to_group", _("Add to a group")
    TAKE_OUT = "take_out", _("Remove from a group")
    MOVE = "move", _("Move to a department")
    PLACE = "place", _("Move to a location")
    INVITE = "invite", _("Invite again")
    DEACTIVATE = "deactivate", _("Deactivate")


class BulkState(models.TextChoices):
    PREVIEW = "preview", _("To be confirmed")
    RUNNING = "running", _("Being done")
    DONE = "done", _("Done")
    STOPPED = "stopped", _("Stopped")
    DISCARDED = "discarded", _("Discarded")
