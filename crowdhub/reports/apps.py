from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "crowdhub.reports"

    def ready(self) -> None:
        from crowdhub.reports import receivers  # noqa: F401  registers them
