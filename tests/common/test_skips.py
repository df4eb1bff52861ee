"""CI does not pass when a test that has to run there was skipped."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from xml.sax.saxutils import quoteattr

import pytest

from tests.ideas.test_import import needs_sample_data

ROOT = Path(__file__).resolve().parent.parent.parent
NO_BROWSER = "NO BROWSER TEST WAS RUN: there is no Chromium on this machine."


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (NO_BROWSER, 1),
        (needs_sample_data.kwargs["reason"], 1),
        ("xgettext (gettext) is not here, so nothing was compared with the code", 1),
        ("this machine has no PostgreSQL of its own: No PostgreSQL >= 15 was found.", 1),
        ("NOT TESTED without rights: no Python >= 3.11 with venv that other accounts can execute", 1),
        ("only root gives its rights up", 0),
    ],
    ids=["browser", "real data", "gettext", "PostgreSQL", "without rights", "rights"],
)
def test_a_skip_fails_for_what_has_to_run(tmp_path: Path, reason: str, code: int) -> None:
    results = tmp_path / "results.xml"
    results.write_text(
        '<testsuites><testsuite><testcase classname="tests.one" name="test_it">'
        f'<skipped type="pytest.skip" message={quoteattr(reason)} /></testcase></testsuite></testsuites>'
    )

    done = subprocess.run(
        [sys.executable, ROOT / ".ci" / "skipped.py", results], capture_output=True, text=True, check=False
    )

    assert done.returncode == code
    assert (reason in done.stdout) is bool(code)


def test_the_reasons_above_are_those_that_tests_give() -> None:
    given = {
        "common/test_messages.py": "xgettext (gettext) is not here, so nothing was compared with the code",
        "launcher/test_services.py": "this machine has no PostgreSQL of its own: ",
        "launcher/test_demo.py": "NOT TESTED without rights: no Python >= 3.11 with venv that other",
    }

    assert [path for path, reason in given.items() if reason not in (ROOT / "tests" / path).read_text()] == []


def test_ci_asks_for_it_with_all_its_results() -> None:
    assert '.ci/skipped.py "$RESULTS"/*.xml' in (ROOT / ".ci" / "run").read_text()
