"""What an import's page shows of its plan. It is kept with the upload, because making the plan takes a worker.

Problems are kept apart from it, all of them: each has to be corrected.
"""

from __future__ import annotations

from typing import Any

from crowdhub.people.domain.import_file import Row
from crowdhub.people.domain.import_plan import Change, Plan
from crowdhub.people.names import PATH_SIGN

SHOWN = 200  # of the rows of each kind; nobody reads more, and the page stays quick


def preview_of(plan: Plan) -> dict[str, Any]:
    """Return the plan in numbers, and its first rows of each kind in words, in the language that is active."""
    return {
        "counts": {
            "problems": len(plan.problems),
            "new": len(plan.new),
            "changed": len(plan.changed),
            "unchanged": plan.unchanged_count,
        },
        "new": [_new(row) for row in plan.new[:SHOWN]],
        "changed": [_changed(change) for change in plan.changed[:SHOWN]],
        "departments": [PATH_SIGN.join(path) for path in plan.departments[:SHOWN]],
        "locations": plan.locations[:SHOWN],
        "skills": plan.skills[:SHOWN],
    }


def _new(row: Row) -> dict[str, Any]:
    return {"name": row.name, "email": row.email, "department": row.department, "location": row.location}


def _changed(change: Change) -> dict[str, Any]:
    differences = [{"label": str(one.label), "old": one.old, "new": one.new} for one in change.differences]
    return {"name": change.row.name, "email": change.row.email, "differences": differences}
