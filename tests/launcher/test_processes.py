from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from crowdhub.launcher import premises
from crowdhub.launcher.errors import LauncherError
from crowdhub.launcher.mail import Mail
from crowdhub.launcher.ports import demand_free, free_port, listening_socket
from crowdhub.launcher.postgres import end_orphan
from crowdhub.launcher.processes import Family
from crowdhub.launcher.reaper import live_groups, parse_steps

STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up', flush=True); time.sleep(60)"
STARTER = """
import os, signal, sys
from pathlib import Path
from crowdhub.launcher.processes import Family
folder = Path(sys.argv[1])
family = Family(folder)
family.remove_at_end(folder / "passing")
child = family.start("sleeper", ["sh", "-c", "sleep 60 & sleep 60"], log=folder / "log", folder=folder)
print(child.process.pid, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def family(tmp_path):
    family = Family(tmp_path)
    yield family
    family.stop()


def wait_for(condition, seconds: float = 10.0) -> bool:
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return bool(condition())


def test_steps_are_signals_with_their_seconds():
    assert parse_steps("INT:4,QUIT:2.5") == [(signal.SIGINT, 4.0), (signal.SIGQUIT, 2.5)]


def test_stopping_ends_what_ignores_sigterm(family, tmp_path):
    log = tmp_path / "log"
    child = family.start(
        "stubborn", [sys.executable, "-c", STUBBORN], kind=("0", "TERM:0.2,KILL:5"), log=log, folder=tmp_path
    )
    assert wait_for(lambda: "up" in log.read_text())

    family.stop()

    assert child.process.returncode == -signal.SIGKILL
    assert not family.reaper_running


def test_stopping_ends_what_has_only_begun_to_start(tmp_path):
    for _ in range(5):
        family = Family(tmp_path)
        child = family.start("sleeper", ["sleep", "60"], log=tmp_path / "log", folder=tmp_path)

        family.stop()

        assert child.process.returncode is not None
        assert child.process.pid not in live_groups()


def test_what_uses_the_database_goes_before_it(family, tmp_path):
    for name, stage in (("database", "1"), ("web", "0")):
        script = f"trap 'echo {name} >>order; exit' TERM; echo {name} up; while :; do sleep 0.05; done"
        family.start(name, ["sh", "-c", script], kind=(stage, "TERM:5"), log=tmp_path / name, folder=tmp_path)
        assert wait_for(lambda name=name: "up" in (tmp_path / name).read_text())

    family.stop()

    assert (tmp_path / "order").read_text().split() == ["web", "database"]


def test_a_killed_starter_leaves_neither_process_nor_passing_folder(tmp_path):
    (tmp_path / "passing").mkdir()

    starter = subprocess.run(
        [sys.executable, "-c", STARTER, str(tmp_path)], capture_output=True, text=True, check=False
    )

    assert starter.returncode == -signal.SIGKILL, starter.stderr
    assert wait_for(lambda: int(starter.stdout) not in live_groups())
    assert wait_for(lambda: not (tmp_path / "passing").exists())


def test_a_failing_step_tells_its_last_words(family, tmp_path):
    child = family.start("step", ["sh", "-c", "echo no disk; exit 3"], log=tmp_path / "log", folder=tmp_path)

    with pytest.raises(LauncherError, match=r"step failed \(3\)(?s:.*)no disk"):
        family.finish(child)


def test_a_missing_program_is_told(family, tmp_path):
    child = family.start("step", ["/no/such/program"], log=tmp_path / "log", folder=tmp_path)

    with pytest.raises(LauncherError, match="/no/such/program: No such file"):
        family.finish(child)


def test_a_port_in_use_is_refused():
    with listening_socket() as listener:
        port = listener.getsockname()[1]
        with pytest.raises(LauncherError, match=rf"Port {port} cannot be used .*choose another: PORT="):
            demand_free(port)

    demand_free(free_port())
    with pytest.raises(LauncherError, match="Port 70000"):
        demand_free(70000)


def test_a_note_about_a_server_that_is_gone_is_removed(tmp_path):
    note = tmp_path / "postmaster.pid"
    # Our own number: taken, but not by a server of this folder.
    note.write_text(f"{os.getpid()}\n{tmp_path}\n")

    end_orphan(tmp_path)

    assert not note.exists()


def test_a_server_that_nobody_watches_is_ended(tmp_path):
    # A shell that runs tests in the background makes its children deaf to SIGQUIT; PostgreSQL listens always.
    orphan = subprocess.Popen(
        ["sleep", "60"], cwd=tmp_path, preexec_fn=lambda: signal.signal(signal.SIGQUIT, signal.SIG_DFL)
    )
    (tmp_path / "postmaster.pid").write_text(f"{orphan.pid}\n")
    # As the system's first process would, so that it does not stay a zombie.
    assert wait_for(lambda: os.readlink(f"/proc/{orphan.pid}/cwd") == str(tmp_path))

    end_orphan(tmp_path)

    assert orphan.wait(timeout=5) == -signal.SIGQUIT


def test_servers_of_a_deleted_folder_are_cleared(tmp_path, monkeypatch):
    monkeypatch.setattr(premises, "ELSEWHERE", tmp_path / "elsewhere")
    monkeypatch.setattr(premises, "can", lambda user, test, path: False)
    gone, kept = tmp_path / "gone", tmp_path / "kept"
    for data in (gone, kept):
        data.mkdir()
    left_behind = premises.lasting_premises(gone, None).folder
    (gone / "servers-are-in").unlink()

    place = premises.lasting_premises(kept, None).folder

    assert premises.lasting_premises(kept, None).folder == place
    assert list((tmp_path / "elsewhere").iterdir()) == [place]
    assert left_behind != place


def test_mail_becomes_a_file(family, tmp_path):
    import smtplib

    mailbox = tmp_path / "mailbox"
    mailbox.mkdir()
    mail = Mail(family, mailbox, logs=tmp_path)
    mail.launch()

    with smtplib.SMTP("127.0.0.1", mail.port, timeout=20) as client:
        client.sendmail("from@acme.example", ["to@acme.example"], b"Subject: Hello\r\n\r\nText")

    (file,) = Path(mailbox).iterdir()
    assert file.suffix == ".eml"
    assert file.read_bytes().splitlines() == [
        b"X-Envelope-From: from@acme.example",
        b"X-Envelope-To: to@acme.example",
        b"Subject: Hello",
        b"",
        b"Text",
    ]
