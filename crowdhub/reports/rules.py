"""Who may do what with reports: (member) -> bool, or (member, export) -> bool."""

from __future__ import annotations

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
see_export_log = is_hr | is_auditor
download_export = is_hr & is_done
