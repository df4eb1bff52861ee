"""Between which numbers an organization chooses for all its members; the database holds these bounds, too."""

from __future__ import annotations

from typing import Final

# People of whom a figure may tell: below it, statistics would be about persons (see crowdhub.reports.privacy).
LEAST_GROUP: Final = 5
LARGEST_LEAST_GROUP: Final = 50  # above it, hardly any department would be in a report
SHORTEST_PROMISE: Final = 1  # working days until an idea is answered
LONGEST_PROMISE: Final = 60
USUAL_PROMISE: Final = 10
