"""Becomes a program that the launcher starts, after telling the reaper about it.

A program of its own (`python -I -S enter.py PIPE STAGE STEPS UID GID COMMAND...`). Telling comes before becoming, and
the pipe stays open until then: a launcher that is killed in between leaves nothing that the reaper does not know.
"""

from __future__ import annotations

import os
import signal
import sys


def main(pipe: int, stage: str, steps: str, uid: int, gid: int, command: list[str]) -> None:
    """Report this process group, give up root if asked (uid >= 0), and become `command`."""
    os.set_inheritable(pipe, False)
    os.write(pipe, f"watch {os.getpgid(0)} {stage} {steps}\n".encode())
    # The launcher may itself run where these are ignored (nohup, a background job); its servers must not.
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGQUIT, signal.SIGPIPE):
        signal.signal(number, signal.SIG_DFL)
    if uid >= 0:
        os.setgroups([])
        os.setgid(gid)
        os.setuid(uid)
    try:
        os.execvp(command[0], command)  # noqa: S606  a shell is what is not wanted here
    except OSError as error:
        sys.exit(f"{command[0]}: {error.strerror}")


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5]), sys.argv[6:])
