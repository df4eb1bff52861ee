from django.db import models
from django.utils.translation import gettext_lazy as _


class CaseKind(models.TextChoices):
    TRIAGE = "triage", _("New idea")
    REPORT = "report", _("Reported")


class CaseState(models.TextChoices):
    OPEN = "open", _("Open")
    DECIDED = "decided", _("Decided")
    CANCELLED = "cancelled", _("Withdrawn by the author")


class CaseOutcome(models.TextChoices):
    APPROVED = "approved", _("Approved")
    CHANGES_REQUESTED = "changes_requested", _("Changes asked for")
    REJECTED = "rejected", _("Rejected")
    HIDDEN = "hidden", _("Hidden")
    KEPT = "kept", _("Kept as it is")


# What can be decided about which kind of case, the kindest first.
OUTCOMES_OF: dict[str, tuple[CaseOutcome, ...]] = {
    CaseKind.TRIAGE: (CaseOutcome.APPROVED, CaseOutcome.CHANGES_REQUESTED, CaseOutcome.REJECTED),
    CaseKind.REPORT: (CaseOutcome.KEPT, CaseOutcome.HIDDEN),
}

# Whoever is told one of these is told why.
NEEDS_REASON = frozenset({CaseOutcome.CHANGES_REQUESTED, CaseOutcome.REJECTED, CaseOutcome.HIDDEN})


class ReportReason(models.TextChoices):
    SAFETY = "safety", _("Danger to someone")
    PERSONAL_DATA = "personal_data", _("Personal or confidential data")
    OFFENSIVE = "offensive", _("Insulting or offensive")
    OFF_TOPIC = "off_topic", _("Off topic or advertising")
    OTHER = "other", _("Something else")
