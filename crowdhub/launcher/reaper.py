"""Ends everything that a launcher started, once the launcher is gone, however it went.

A program of its own (`python -I -S reaper.py LABEL`), in a session of its own. It reads lines from its standard
input, a pipe whose other end the launcher holds:

    watch PGID STAGE STEPS   end this process group at that stage; STEPS is e.g. TERM:5,KILL:2
    forget PGID              that group was ended by its starter
    remove FOLDER            delete this folder last
    end                      do it now, though the pipe is still open

The kernel closes the pipe when the launcher dies, SIGKILL included. Groups of one stage are ended together, stages
one after the other: what uses the database goes before the database.
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import time
from collections.abc import Iterable
from pathlib import Path

LOOK_AGAIN = 0.05
Steps = list[tuple[int, float]]


def parse_steps(text: str) -> Steps:
    """Turn "TERM:5,KILL:2" into signals with the seconds that each is given."""
    pairs = (step.split(":") for step in text.split(","))
    return [(signal.Signals[f"SIG{name}"].value, float(seconds)) for name, seconds in pairs]


def live_groups() -> set[int]:
    """Return the ids of process groups with a member that is not a zombie."""
    groups = set()
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            # The name, in brackets, may hold anything; the state and the group follow the last bracket.
            fields = stat.read_text(errors="replace").rpartition(")")[2].split()
        except OSError:
            continue
        if fields[0] not in "ZX":
            groups.add(int(fields[2]))
    return groups


def _signal_group(group: int, number: int) -> None:
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return


def end_groups(groups: dict[int, Steps]) -> None:
    """Send each group its signals in turn until it is gone; return when all are, or have had their last."""
    remaining = {group: list(steps) for group, steps in groups.items()}
    deadlines = dict.fromkeys(groups, 0.0)
    while remaining:
        alive = live_groups()
        for group in list(remaining):
            if group not in alive:
                del remaining[group]
            elif time.monotonic() >= deadlines[group]:
                if not remaining[group]:
                    del remaining[group]
                    continue
                number, seconds = remaining[group].pop(0)
                _signal_group(group, number)
                deadlines[group] = time.monotonic() + seconds
        if remaining:
            time.sleep(LOOK_AGAIN)


class Charges:
    """What the reaper has been told to end and remove."""

    def __init__(self) -> None:
        self.stages: dict[int, dict[int, Steps]] = {}
        self.folders: list[str] = []

    def read(self, lines: Iterable[str]) -> None:
        """Take in lines until the pipe closes or says `end`."""
        for line in lines:
            word, _, rest = line.strip().partition(" ")
            if word == "end":
                return
            if word == "watch":
                group, stage, steps = rest.split()
                self.stages.setdefault(int(stage), {})[int(group)] = parse_steps(steps)
            elif word == "forget":
                for groups in self.stages.values():
                    groups.pop(int(rest), None)
            elif word == "remove":
                self.folders.append(rest)

    def end(self) -> None:
        """End every group, stage by stage, and remove the folders."""
        for _stage, groups in sorted(self.stages.items()):
            end_groups(groups)
        for folder in self.folders:
            shutil.rmtree(folder, ignore_errors=True)


def main() -> None:
    """Wait for the launcher to go, then end what it left."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    charges = Charges()
    charges.read(sys.stdin)
    charges.end()


if __name__ == "__main__":
    main()
