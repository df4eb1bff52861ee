from django.apps import AppConfig


class PeopleConfig(AppConfig):
    name = "crowdhub.people"

    def ready(self) -> None:
        from crowdhub.people import checks  # noqa: F401  registers them
