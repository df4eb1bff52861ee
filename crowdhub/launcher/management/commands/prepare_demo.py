from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand


class Command(BaseCommand):
    """Migrations and demo data in one process, because loading the product twice takes longer than either."""

    help = "Migrate the database as its owner, then load the demo's organizations unless they are there."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        call_command("migrate", database="owner", interactive=False, stdout=self.stdout)
        call_command("demo_data", stdout=self.stdout)
