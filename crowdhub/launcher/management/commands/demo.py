from __future__ import annotations

from crowdhub.launcher.command import ForegroundCommand
from crowdhub.launcher.demo import Demo


class Command(ForegroundCommand):
    """`manage.py demo`: see crowdhub/launcher/demo.py."""

    help = "Start the whole product with demo data, in the foreground: PostgreSQL, Redis, web, worker and beat."
    kind = Demo
    folder = "demo"
