"""Tests of the tests: with one ring off the walk still passes, and with a hole in the other one as well it fails.

Each case runs the walk over the addresses of one app in a process and a database of its own.
"""

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.slow

# People: what shows an idea asks for its challenge, too, whose policy would still hold.
OPEN_ONE = "ALTER POLICY organization_only ON people_member USING (true) WITH CHECK (true)"
OPEN_ALL = (
    "DO $do$ DECLARE p record; BEGIN FOR p IN SELECT tablename FROM pg_policies "
    "WHERE schemaname = 'public' AND policyname = 'organization_only' LOOP "
    "EXECUTE format('ALTER POLICY organization_only ON %I USING (true) WITH CHECK (true)', p.tablename); "
    "END LOOP; END $do$"
)


def walk(name: str, *, app: str = "ideas", sql: str = "", scopes: str = "") -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "CROWDHUB_TEST_DATABASE": f"crowdhub_mutant_{name}",
        "CROWDHUB_TEST_BREAK_SQL": sql,
        "CROWDHUB_TEST_BREAK_SCOPES": scopes,
    }
    for variable in ("PYTEST_XDIST_WORKER", "PYTEST_XDIST_WORKER_COUNT", "PYTEST_CURRENT_TEST", "PYTEST_ADDOPTS"):
        environment.pop(variable, None)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "tests/tenancy/test_walk.py"]
    return subprocess.run(
        [*command, "-k", f"test_addresses and {app}"], env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("untouched", {}),
        ("no_ring_2", {"scopes": "all"}),
        # Where a policy is opened below, so that it is the open policy which fails there.
        ("no_ring_2_for_people", {"app": "people", "scopes": "all"}),
        ("no_ring_3", {"sql": OPEN_ALL}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_walk_passes_on_either_ring_alone(name, broken):
    result = walk(name, **broken)

    assert result.returncode == 0, result.stdout[-3000:]


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("policy_open", {"app": "people", "scopes": "all", "sql": OPEN_ONE}),
        ("manager_unscoped", {"scopes": "ideas.Idea", "sql": OPEN_ALL}),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_walk_fails_when_a_tenant_leaks(name, broken):
    result = walk(name, **broken)

    assert result.returncode == 1, result.stdout[-3000:]
    assert "foreign" in result.stdout
