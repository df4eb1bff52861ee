from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from crowdhub.people.second_factor import SecretUnreadable, encryption, open_secret

SECRETS = ("secret", "seed")  # of an authenticator app, and of recovery codes


class Command(BaseCommand):
    help = (
        "Encrypt the secrets of all second factors with the first of MFA_ENCRYPTION_KEYS, so that the other keys can "
        "be taken away. All of them or none."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        # Across all organizations, so as the role that sees them.
        with transaction.atomic(using="operator"):
            found = Authenticator.objects.using("operator").select_for_update().order_by("pk")
            authenticators = list(found)
            unreadable = [one.pk for one in authenticators if not _reencrypt(one)]
            if unreadable:
                ids = ", ".join(map(str, unreadable))
                raise CommandError(f"Nothing was changed: no key opens the second factors {ids} (mfa_authenticator).")
            Authenticator.objects.using("operator").bulk_update(authenticators, ["data"], batch_size=500)
        self.stdout.write(f"{len(authenticators)} second factors are encrypted with the first key.")


def _reencrypt(authenticator: Authenticator) -> bool:
    """Encrypt the secrets anew, and tell whether that was possible."""
    for name in SECRETS:
        if name in authenticator.data:
            try:
                text = open_secret(authenticator.data[name])
            except SecretUnreadable:
                return False
            authenticator.data[name] = encryption().encrypt(text.encode()).decode()
    return True
