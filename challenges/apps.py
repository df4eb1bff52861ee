from django.apps import AppConfig


class ChallengesConfig(AppConfig):
    name = "challenges"

    def ready(self) -> None:
        from challenges import receivers, rules  # noqa: F401  registers them
        from challenges.queries import ids_moderated_by
        from crowdhub.people.along import bring_along
        from crowdhub.people.rules import trust_also

        bring_along("moderated", ids_moderated_by)
        trust_also(rules.is_appointed)
