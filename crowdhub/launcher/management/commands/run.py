from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crowdhub.launcher.demo import run_demo
from crowdhub.launcher.errors import LauncherError
from crowdhub.launcher.fingerprint import PROJECT
from crowdhub.launcher.run import Installation


class Command(BaseCommand):
    """`manage.py run`: see crowdhub/launcher/run.py."""

    help = "Start the whole product, empty, in the foreground, for an organization of your own."
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="the web server's port (default: 8000)")
        parser.add_argument(
            "--data",
            type=Path,
            default=PROJECT / ".data" / "run",
            help="the folder that everything is kept in (default: .data/run)",
        )
        parser.add_argument(
            "--end-with-parent", action="store_true", help="end when the program that started this ends (Linux)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            run_demo(options["data"], options["port"], end_with_parent=options["end_with_parent"], kind=Installation)
        except LauncherError as error:
            # The parts that the demo is made of advise to start that one in another way.
            raise CommandError(re.sub(r"make demo (?=PORT=|DATA=)", "make run ", str(error))) from error
