from __future__ import annotations

import os
import stat

import pytest

from crowdhub.launcher.data_folder import DataFolder
from crowdhub.launcher.errors import LauncherError
from crowdhub.launcher.fingerprint import fingerprint


def test_keys_are_the_same_at_every_start_and_nobody_elses(tmp_path):
    first = DataFolder(tmp_path).keys(["postgres", "redis"])
    again = DataFolder(tmp_path).keys(["redis", "later"])

    assert again["redis"] == first["redis"]
    assert DataFolder(tmp_path).keys(["postgres"]) == {"postgres": first["postgres"]}
    assert stat.S_IMODE((tmp_path / "keys.json").stat().st_mode) == 0o600


def test_a_folder_in_use_is_refused(tmp_path):
    first = DataFolder(tmp_path / "data")
    first.open()

    with pytest.raises(LauncherError, match=rf"process {os.getpid()}\) already runs on .*folder and port: PORT="):
        DataFolder(tmp_path / "data").open()
    os.close(first.lock)


def test_a_file_in_the_way_is_explained(tmp_path):
    (tmp_path / "data").write_text("a file")

    with pytest.raises(LauncherError, match="cannot be used"):
        DataFolder(tmp_path / "data").open()


def test_a_change_of_the_code_is_noticed(tmp_path):
    (tmp_path / "ideas").mkdir()
    code = tmp_path / "ideas" / "models.py"
    code.write_text("one")
    before = fingerprint(tmp_path)

    assert fingerprint(tmp_path) == before
    code.write_text("another")
    assert fingerprint(tmp_path) != before
