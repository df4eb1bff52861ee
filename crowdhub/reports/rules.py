"""Who may do what with reports: (member) -> bool, or (member, export) -> bool."""

from __future__ import annotations

from django.utils.translation import gettext_lazy
from rules.predicates import predicate

from crowdhub.people.models import Member
from crowdhub.people.rules import is_auditor, is_hr
from crowdhub.reports.enums import ExportState
from crowdhub.reports.models import Export


@predicate
def is_done(member: Member, export: Export) -> bool:
    return export.state == ExportState.DONE


see_figures = is_hr
request_export = is_hr
HR_ONLY = gettext_lazy("Only HR analysts see the figures of a report.")
see_export_log = is_hr | is_auditor
LOG_READERS_ONLY = gettext_lazy("Reports are for HR analysts; auditors can read the log of exports.")
download_export = is_hr & is_done
