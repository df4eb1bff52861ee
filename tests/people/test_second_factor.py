"""Second factors: their secrets are encrypted in the database, by keys that can be changed."""

from __future__ import annotations

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import transaction
from django.test import Client
from django.urls import reverse

from crowdhub.people.checks import check_encryption_keys
from crowdhub.people.models import Member
from crowdhub.people.second_factor import SecondFactorAdapter, SecretUnreadable, open_secret
from crowdhub.tenancy.context import tenant
from tests import factories

PASSWORD = "a-lamp-in-the-hall"
COUNTER = 1  # of the half minutes; standing still, or a code could grow old between being made and being checked
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
UNREADABLE = "Your second factor cannot be checked just now"


def protected(member: Member) -> str:
    """Give a member a password and a second factor, and return the secret of its app."""
    secret = generate_totp_secret()
    member.set_password(PASSWORD)
    member.save()
    TOTP.activate(member, secret)
    RecoveryCodes.activate(member)
    return secret


@pytest.fixture(autouse=True)
def _time_stands_still(monkeypatch):
    monkeypatch.setattr("allauth.mfa.totp.internal.auth.yield_hotp_counters_from_time", lambda: iter([COUNTER]))


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, COUNTER))


def after_password(member: Member) -> Client:
    client = Client(headers={"host": "acme.localhost"})
    client.post(reverse("account_login"), {"login": member.email, "password": PASSWORD})
    return client


def stored() -> dict[str, str]:
    values = Authenticator.objects.values_list("data", flat=True)
    return {name: data[name] for data in values for name in ("secret", "seed") if name in data}


def test_secrets_are_stored_encrypted(in_acme):
    secret = protected(in_acme.alice)

    assert secret not in str(stored())
    assert {name: text.startswith("gAAAA") for name, text in stored().items()} == {"secret": True, "seed": True}
    assert open_secret(stored()["secret"]) == secret


def test_signing_in_with_the_code_of_an_encrypted_secret(in_acme):
    secret = protected(in_acme.alice)
    client = after_password(in_acme.alice)

    response = client.post(reverse("mfa_authenticate"), {"code": code_of(secret)})

    assert response.url == reverse("pages:home")
    assert client.session["_auth_user_id"] == str(in_acme.alice.pk)


def test_first_key_encrypts_and_every_key_decrypts(settings):
    settings.MFA_ENCRYPTION_KEYS = []
    derived = SecondFactorAdapter().encrypt("a")
    settings.MFA_ENCRYPTION_KEYS = [OLD]
    old = SecondFactorAdapter().encrypt("b")
    settings.MFA_ENCRYPTION_KEYS = [NEW, OLD]
    new = SecondFactorAdapter().encrypt("c")

    assert [open_secret(text) for text in (derived, old, new)] == ["a", "b", "c"]
    assert Fernet(NEW).decrypt(new) == b"c"
    settings.MFA_ENCRYPTION_KEYS = [NEW]
    with pytest.raises(SecretUnreadable):
        open_secret(old)


def test_another_secret_key_opens_nothing(settings):
    text = SecondFactorAdapter().encrypt("a")
    settings.SECRET_KEY = "another-one-that-is-just-as-long-0123456789012345678"

    with pytest.raises(SecretUnreadable):
        open_secret(text)


@pytest.mark.parametrize("code", ["123456", "12345678"])
def test_wrong_key_is_said_clearly_at_sign_in(in_acme, settings, code):
    settings.MFA_ENCRYPTION_KEYS = [OLD]
    protected(in_acme.alice)
    settings.MFA_ENCRYPTION_KEYS = [NEW]
    client = after_password(in_acme.alice)

    response = client.post(reverse("mfa_authenticate"), {"code": code})

    assert response.status_code == 503
    assert UNREADABLE in response.content.decode()
    assert "_auth_user_id" not in client.session


def test_wrong_key_is_said_clearly_on_the_pages_of_the_account(in_acme, settings, as_member):
    settings.MFA_ENCRYPTION_KEYS = [OLD]
    protected(in_acme.alice)
    settings.MFA_ENCRYPTION_KEYS = [NEW]
    client = as_member(in_acme.alice)

    for response in (client.get(reverse("mfa_index")), client.post(reverse("mfa_reauthenticate"), {"code": "123456"})):
        assert response.status_code == 503
        assert UNREADABLE in response.content.decode()


def test_malformed_key_is_found_before_anybody_signs_in(settings):
    assert check_encryption_keys(None) == []

    settings.MFA_ENCRYPTION_KEYS = [OLD, "too short"]

    assert [error.id for error in check_encryption_keys(None)] == ["crowdhub.E004"]


@pytest.fixture
def two_organizations(committed_db, settings):
    settings.MFA_ENCRYPTION_KEYS = [OLD]
    made = [factories.organization("acme"), factories.organization("globex")]
    for organization in made:
        with tenant(organization), transaction.atomic():
            protected(factories.member("Ann"))
    return made


def all_stored(organizations) -> list[str]:
    texts = []
    for organization in organizations:
        with tenant(organization), transaction.atomic():
            texts += stored().values()
    return texts


def test_key_is_changed_in_every_organization(two_organizations, settings):
    settings.MFA_ENCRYPTION_KEYS = [NEW, OLD]

    call_command("reencrypt_second_factors")

    settings.MFA_ENCRYPTION_KEYS = [NEW]
    assert len([open_secret(text) for text in all_stored(two_organizations)]) == 4


def test_changing_the_key_without_the_old_one_changes_nothing(two_organizations, settings):
    settings.MFA_ENCRYPTION_KEYS = [NEW]

    with pytest.raises(CommandError, match="Nothing was changed"):
        call_command("reencrypt_second_factors")

    settings.MFA_ENCRYPTION_KEYS = [OLD]
    assert len([open_secret(text) for text in all_stored(two_organizations)]) == 4
