from django.apps import AppConfig


class TenancyConfig(AppConfig):
    name = "crowdhub.tenancy"

    def ready(self) -> None:
        from crowdhub.tenancy import checks  # noqa: F401  registers the start-up checks
