from django.apps import AppConfig


class ChallengesConfig(AppConfig):
    name = "challenges"

    def ready(self) -> None:
        from challenges import receivers, rules  # noqa: F401  registers them
        from crowdhub.people.rules import trust_also

        trust_also(rules.is_appointed)
