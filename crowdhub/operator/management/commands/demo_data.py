from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import timezone

from crowdhub.operator.demo_data.load import load_demo


class Command(BaseCommand):
    help = "Load the demo's organizations; those that are there already are left alone."

    def handle(self, *args: Any, **options: Any) -> None:
        names = load_demo(password="crowdhub-demo", now=timezone.now())  # noqa: S106  a demo's is meant to be known
        self.stdout.write(f"Loaded {', '.join(names)}." if names else "The demo's organizations are there already.")
