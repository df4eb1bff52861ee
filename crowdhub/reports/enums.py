from django.db import models
from django.utils.translation import gettext_lazy as _


class ExportKind(models.TextChoices):
    ENGAGEMENT = "engagement", _("Engagement by department and month")


class ExportFormat(models.TextChoices):
    CSV = "csv", "CSV"
    XLSX = "xlsx", "XLSX"


class ExportState(models.TextChoices):
    WAITING = "waiting", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")
