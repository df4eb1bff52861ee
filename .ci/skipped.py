"""Fail when a test was skipped that has to run here; takes JUnit files.

It is one that needs a browser, the real data, gettext, a PostgreSQL of the machine's own, or a Python without rights.
"""

from __future__ import annotations

import sys
import xml.etree.ElementTree as ET

# In the name of the test or the reason that it gives.
HAS_TO_RUN = (
    "chromium",
    "browser",
    "real data was not imported",
    "xgettext (gettext) is not here",
    "no postgresql of its own",
    "not tested without rights",
)


def skipped(path: str) -> list[str]:
    """Return the tests in a file that were skipped and must not be, with their reasons."""
    found = []
    for case in ET.parse(path).iter("testcase"):  # noqa: S314  pytest wrote it a moment ago
        for reason in case.iter("skipped"):
            told = f"{case.get('classname')}::{case.get('name')}: {reason.get('message')}"
            if any(word in told.lower() for word in HAS_TO_RUN):
                found.append(told)
    return found


if __name__ == "__main__":
    found = [told for path in sys.argv[1:] for told in skipped(path)]
    sys.stdout.write("\n".join(found or ["no test was skipped that has to run"]) + "\n")
    sys.exit(bool(found))
