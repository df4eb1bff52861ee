from __future__ import annotations

from crowdhub.launcher.command import ForegroundCommand
from crowdhub.launcher.run import Installation


class Command(ForegroundCommand):
    """`manage.py run`: see crowdhub/launcher/run.py."""

    help = "Start the whole product, empty, in the foreground, for an organization of your own."
    kind = Installation
    folder = "run"
