"""An installation of one's own: what its data folder is for, and the code that founds its organization."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from crowdhub.launcher.errors import LauncherError
from crowdhub.launcher.purpose import Purpose, claim
from crowdhub.launcher.run import setup_code


def test_folder_stays_with_what_it_was_made_for(tmp_path: Path) -> None:
    claim(tmp_path, Purpose.RUN)
    claim(tmp_path, Purpose.RUN)

    with pytest.raises(LauncherError, match=r"belongs to `make run`.*make demo DATA="):
        claim(tmp_path, Purpose.DEMO)


def test_folder_from_before_is_a_demos(tmp_path: Path) -> None:
    (tmp_path / "prepared").write_text("state")

    with pytest.raises(LauncherError, match=r"belongs to `make demo`.*make run DATA="):
        claim(tmp_path, Purpose.RUN)
    claim(tmp_path, Purpose.DEMO)


def test_code_can_be_read_aloud_and_is_the_same_at_every_start() -> None:
    secret = "00ff" * 12

    assert re.fullmatch(r"([2-9bcdfghjkmnpqrstvwxz]{5}-){2}[2-9bcdfghjkmnpqrstvwxz]{5}", setup_code(secret))
    assert setup_code(secret) == setup_code(secret)
    assert setup_code(secret) != setup_code("00fe" + secret[4:])
