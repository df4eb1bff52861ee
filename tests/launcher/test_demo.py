"""Starts the whole product, ends it in every way there is, and looks for what is left."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import redis

from crowdhub.launcher.database import value
from crowdhub.launcher.ports import free_port, listening_socket
from crowdhub.launcher.services import start_services
from crowdhub.launcher.users import User, can, servers_user
from tests.launcher.prepared import NAME, PATIENCE, Prepared, copy_of, prepared_demo, remove
from tests.launcher.runs import ROOT, Run, environment

pytestmark = pytest.mark.slow

PARTS = {"crowdhub.wsgi": "web", "worker": "worker", "beat": "beat"}  # by a word of their commands


@pytest.fixture(scope="session")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prepared]:
    """A data folder that a demo has run on once, and that only the tests of this process start one on again."""
    first = prepared_demo(Path(os.environ["CROWDHUB_TEST_FOLDER"]))
    copy = copy_of(first, tmp_path_factory.mktemp("demo") / NAME)
    yield replace(first, folder=str(copy))
    remove(copy)


@pytest.fixture
def data(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "data"
    remove(tmp_path / "data")


@pytest.fixture
def run(prepared: Prepared) -> Iterator[Run]:
    """A demo that is ready, on the prepared data."""
    with Run(prepared.data, free_port()) as run:
        run.wait_until_ready(PATIENCE)
        yield run


def test_a_first_start_prepares_and_tells_who_may_sign_in(prepared, record_property):
    record_property("first start, seconds", round(prepared.seconds, 1))

    assert "Preparing the database" in prepared.said
    assert "http://acme.localhost:" in prepared.said
    assert "mallory@globex.example" in prepared.said
    assert "crowdhub-demo" in prepared.said


def test_sigterm_leaves_nothing(prepared):
    assert prepared.left == []
    assert prepared.said.rstrip().endswith("Stopped.")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGHUP, signal.SIGKILL], ids=lambda number: number.name)
def test_a_later_start_prepares_nothing_and_its_end_leaves_nothing(run, number, record_property):
    record_property("later start, seconds", round(run.seconds, 1))
    before = run.processes()
    assert len(before) >= 8

    run.end(number)

    assert run.left(before) == []
    assert "Preparing" not in run.hear()


def test_killing_make_ends_what_it_started(prepared):
    port = free_port()
    make = ["make", "demo", f"PORT={port}", f"DATA={prepared.data}"]
    with Run(prepared.data, port, command=make) as run:
        run.wait_until_ready(PATIENCE)
        before = run.processes()

        run.end(signal.SIGKILL)

        assert run.left(before) == []


def test_a_launcher_killed_while_it_prepares_leaves_nothing_and_can_start_again(data):
    with Run(data, free_port()) as run:
        run.wait_until_said("Preparing", PATIENCE)
        before = run.processes()
        run.end(signal.SIGKILL)

    # At once, while the killed one's servers are still being ended.
    with Run(data, free_port()) as again:
        again.wait_until_ready(PATIENCE)
        assert run.left_of(before) == []

        before = again.processes()
        again.end(signal.SIGTERM)
        assert again.left(before) == []


def test_servers_that_the_environment_names_are_used_and_left_alone(data, tmp_path, monkeypatch):
    monkeypatch.delenv("DATABASE_URL", raising=False)
    with start_services(tmp_path / "servers") as services:
        env = environment(DATABASE_URL=services.admin_url, REDIS_URL=services.redis_url)
        port = free_port()
        # Without the demo's data: what is asked is whose servers it uses.
        command = [sys.executable, "manage.py", "run", "--port", str(port), "--data", str(data), "--end-with-parent"]
        with Run(data, port, command=command, env=env) as run:
            run.wait_until_ready(PATIENCE)
            before = run.processes()
            assert not [process for process in before if b"postgres" in arguments(process).split(b"\0")[0]]

            run.end(signal.SIGTERM)

            assert run.left(before) == []
        assert value(services.admin_url, "SELECT count(*) FROM pg_database WHERE datname = 'crowdhub'") == 1
        assert redis.Redis.from_url(services.redis_url).ping()


def test_a_dead_part_ends_the_demo_with_its_reason(run):
    before = run.processes()
    (beat,) = {int(process.split()[0]) for process in before if b"beat\0--schedule" in arguments(process)}

    os.kill(beat, signal.SIGKILL)

    assert run.left(before) == []
    assert run.process.returncode == 1
    assert "beat has ended (-9)" in run.hear()


def arguments(process: str) -> bytes:
    try:
        return Path("/proc", process.split()[0], "cmdline").read_bytes()
    except OSError:
        return b""


def program(process: str) -> str:
    # The server of Redis writes its address behind its name.
    return Path(arguments(process).split(b"\0")[0].decode().partition(" ")[0]).name


def test_a_port_in_use_is_refused_before_anything_starts(prepared):
    with listening_socket() as listener:
        port = listener.getsockname()[1]
        with Run(prepared.data, port) as run:
            assert run.process.wait(timeout=PATIENCE) == 1

    assert f"Port {port} cannot be used" in run.hear()
    assert run.left(set()) == []


def test_a_second_demo_on_the_same_data_is_refused_and_the_first_goes_on(run):
    before = run.processes()

    with Run(run.data, free_port()) as second:
        assert second.process.wait(timeout=PATIENCE) == 1
    assert f"process {run.process.pid}) already runs on" in second.hear()
    assert run.status("/readyz?all=1") == 200

    run.end(signal.SIGINT)
    assert run.left(before) == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives its rights up")
def test_the_servers_of_root_are_not_roots(run):
    before = run.processes()
    owners = {
        program(process): Path("/proc", process.split()[0]).stat().st_uid
        for process in before
        if program(process) in ("postgres", "redis-server", "valkey-server")
    }

    run.end(signal.SIGTERM)

    user = servers_user()
    assert user is not None
    assert len(owners) == 2
    assert set(owners.values()) == {user.uid}
    assert run.left(before) == []


def test_a_server_holds_the_keys_of_its_own_roles_only(run):
    held = {part: keys_of(process) for process in run.processes() if (part := part_of(arguments(process)))}

    assert held == {
        "web": {"DATABASE_URL", "DATABASE_RELAY_URL", "DATABASE_OPERATOR_URL"},
        "worker": {"DATABASE_URL", "DATABASE_RELAY_URL"},
        "beat": {"DATABASE_URL"},
    }


def part_of(command: bytes) -> str:
    """Return which of the product's servers a command is, or nothing."""
    words = command.decode().split("\0")
    return next((part for word, part in PARTS.items() if word in words), "")


def keys_of(process: str) -> set[str]:
    variables = Path("/proc", process.split()[0], "environ").read_text().split("\0")
    return {name for name, _, _text in (each.partition("=") for each in variables) if name.startswith("DATABASE_")}


@pytest.mark.skipif(os.geteuid() != 0, reason="not root: every other test here runs without its rights already")
def test_a_fresh_copy_runs_for_somebody_without_rights_or_home():
    user = User("nobody", 65534, 65534)
    python = shutil.which("python3", path="/usr/local/bin:/usr/bin:/bin")
    if python is None or not can(user, "-x", Path(python)) or not _is_new_enough(python):
        pytest.skip("NOT TESTED without rights: no Python >= 3.11 with venv that other accounts can execute")
    # Not pytest's own folder, which is closed to others.
    place = Path(tempfile.mkdtemp(prefix="crowdhub-copy-"))
    try:
        _copy_checkout(place / "crowdhub", user)
        os.chown(place, user.uid, user.gid)
        port = free_port()
        data = place / ("d" * 120)
        env = environment(HOME="/nonexistent", PATH="/usr/local/bin:/usr/bin:/bin", CROWDHUB_POSTGRES="wheel")
        make = ["make", "demo", f"PORT={port}", f"DATA={data}", f"PYTHON={python}"]
        with Run(data, port, command=make, folder=place / "crowdhub", env=env, user=user.uid) as run:
            run.wait_until_said("Starting PostgreSQL", 300)
            run.wait_until_ready(PATIENCE)
            before = run.processes()
            owners = {Path("/proc", process.split()[0]).stat().st_uid for process in before}

            run.end(signal.SIGTERM)

            assert run.left(before) == []
        assert owners == {user.uid}
    finally:
        shutil.rmtree(place)


def _is_new_enough(python: str) -> bool:
    check = "import sys, ensurepip; sys.exit(sys.version_info < (3, 11))"
    return subprocess.run([python, "-c", check], check=False, capture_output=True).returncode == 0


def _copy_checkout(target: Path, user: User) -> None:
    listed = subprocess.check_output(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], cwd=ROOT, text=True
    )
    for name in filter(None, listed.split("\0")):
        if (ROOT / name).is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, target / name)
    for path in [target, *target.rglob("*")]:
        os.chown(path, user.uid, user.gid)
