"""What `manage.py demo` and `manage.py run` have in common."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from crowdhub.launcher.demo import Demo, run_in_foreground
from crowdhub.launcher.errors import LauncherError
from crowdhub.launcher.fingerprint import PROJECT


class ForegroundCommand(BaseCommand):
    """Run the whole product for as long as the command lives."""

    kind: type[Demo]
    folder: str  # below .data, where everything is kept unless it is said otherwise
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--port", type=int, default=8000, help="the web server's port (default: 8000)")
        parser.add_argument(
            "--data",
            type=Path,
            default=PROJECT / ".data" / self.folder,
            help=f"the folder that everything is kept in (default: .data/{self.folder})",
        )
        parser.add_argument(
            "--end-with-parent", action="store_true", help="end when the program that started this ends (Linux)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            run_in_foreground(self.kind, options["data"], options["port"], end_with_parent=options["end_with_parent"])
        except LauncherError as error:
            raise CommandError(str(error)) from error
