"""Keeping the secrets of second factors encrypted: whoever reads the database cannot make codes of what is in it."""

from __future__ import annotations

import base64

from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa.adapter import DefaultMFAAdapter
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from structlog import get_logger

log = get_logger(__name__)

PURPOSE = b"crowdhub: secrets of second factors"  # of the derived key; another one would make another key


class SecretUnreadable(Exception):
    """None of the keys opens the secret."""


class BadEncryptionKey(ValueError):
    """A key in MFA_ENCRYPTION_KEYS is not one."""


class SecondFactorAdapter(DefaultMFAAdapter):
    """allauth's second factors, with their secrets encrypted."""

    def encrypt(self, text: str) -> str:
        return encryption().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Return the secret; when no key opens it, answer the request with a page that says so."""
        try:
            return open_secret(encrypted_text)
        except SecretUnreadable as error:
            log.error("second factor unreadable: MFA_ENCRYPTION_KEYS lacks the key that it was stored with")
            raise ImmediateHttpResponse(_unreadable_page()) from error


def encryption() -> MultiFernet:
    """Return what encrypts with the first key and decrypts with any. Raises BadEncryptionKey.

    The key derived from SECRET_KEY comes last, and alone when no others are set: what it encrypted before there were
    others can be read.
    """
    return MultiFernet([*map(_fernet, settings.MFA_ENCRYPTION_KEYS), Fernet(_derived_key(settings.SECRET_KEY))])


def open_secret(encrypted: str) -> str:
    """Return the text of a secret. Raises SecretUnreadable."""
    try:
        return encryption().decrypt(encrypted.encode()).decode()
    except InvalidToken as error:
        raise SecretUnreadable from error


def _fernet(key: str) -> Fernet:
    try:
        return Fernet(key.strip())
    except ValueError as error:
        raise BadEncryptionKey("A key in MFA_ENCRYPTION_KEYS is not 32 bytes in URL-safe base 64.") from error


def _derived_key(secret_key: str) -> bytes:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret_key.encode())
    return base64.urlsafe_b64encode(derived)


def _unreadable_page() -> HttpResponse:
    return render(context.request, "mfa/unreadable.html", status=503)
