from django.apps import AppConfig


class ChallengesConfig(AppConfig):
    name = "challenges"

    def ready(self) -> None:
        from challenges import receivers  # noqa: F401  registers them
        from challenges.queries import ids_managed_by, ids_moderated_by
        from crowdhub.people.along import bring_along

        bring_along("managing", ids_managed_by)
        bring_along("moderated", ids_moderated_by)
