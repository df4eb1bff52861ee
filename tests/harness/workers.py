"""Celery's worker and beat as processes of their own, on a broker that a test may kill."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from crowdhub.launcher.premises import passing_premises
from crowdhub.launcher.processes import Child, Family
from crowdhub.launcher.redis import Redis
from crowdhub.launcher.users import servers_user

ROOT = Path(__file__).resolve().parent.parent.parent


class Workers:
    """Worker and beat on a broker of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.family = Family(folder)
        self.redis = Redis(
            self.family, passing_premises(folder, servers_user()), password="only-for-this-test", logs=folder
        )
        self.redis.launch()
        self.redis.ready()
        self.environment = os.environ | {"REDIS_URL": self.redis.url, "CROWDHUB_TEST_EFFECTS": "1"}

    def start(self) -> None:
        self.start_worker()
        self.beat = self._start("beat", f"--schedule={self.folder / 'beat'}")

    def _start(self, what: str, *options: str) -> Child:
        command = [sys.executable, "-m", "celery", "-A", "tests.harness.effects", what, "--loglevel=INFO", *options]
        return self.family.start(
            what, command, log=self.folder / f"{what}.log", folder=ROOT, environment=self.environment
        )

    def start_worker(self) -> None:
        self.worker = self._start("worker", "--concurrency=2")

    def kill_worker(self) -> None:
        self.family.kill(self.worker)
        self.start_worker()

    def kill_broker(self) -> None:
        self.redis.kill()
        self.redis.launch()
        self.redis.ready()
