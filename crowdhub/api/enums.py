from django.db import models
from django.utils.translation import gettext_lazy as _


class Scope(models.TextChoices):
    """What a personal token may be used for; its member's own rights are the limit in any case."""

    READ = "read", _("Read what I can read")
    WRITE = "write", _("Write ideas and comments, vote, and change my skills")
    MODERATE = "moderate", _("Read and decide moderation cases")
    MANAGE = "manage", _("Write and launch challenges, and answer ideas")
    EXPORT = "export", _("Request and download reports")
