from django.apps import AppConfig


class InboxConfig(AppConfig):
    name = "crowdhub.inbox"

    def ready(self) -> None:
        from crowdhub.inbox import receivers  # noqa: F401  registers them
