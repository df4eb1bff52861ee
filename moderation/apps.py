from django.apps import AppConfig


class ModerationConfig(AppConfig):
    name = "moderation"

    def ready(self) -> None:
        from crowdhub.people.along import bring_count
        from moderation import receivers  # noqa: F401  registers them
        from moderation.queries import OPEN_CASES, open_case_count

        bring_count(OPEN_CASES, open_case_count)
