from django.apps import AppConfig


class ActivityConfig(AppConfig):
    name = "crowdhub.activity"

    def ready(self) -> None:
        from crowdhub.activity import people  # noqa: F401  joins the two
