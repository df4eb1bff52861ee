from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from crowdhub.operator.demo_data.big import HOST, MEMBERS, load_big


class Command(BaseCommand):
    help = f"Load the large organization that benchmarks measure against, at {HOST}, unless it is there."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--members", type=int, default=MEMBERS)

    def handle(self, *args: Any, **options: Any) -> None:
        loaded = load_big(password="crowdhub-demo", now=timezone.now(), members=options["members"])  # noqa: S106  a demo's
        self.stdout.write(f"Loaded {HOST}." if loaded else f"{HOST} is there already.")
