"""Personal tokens: made, found and revoked. The secret leaves this module once and is stored nowhere."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from crowdhub.activity.domain import record
from crowdhub.activity.enums import Verb
from crowdhub.api.enums import Scope
from crowdhub.api.models import PersonalToken
from crowdhub.common.errors import Refusal
from crowdhub.people.models import Member

PREFIX: Final = "chub_"  # lets a scanner recognise a token that was published by mistake
RANDOM_BYTES: Final = 30  # 40 characters in base 64
MAX_TOKENS: Final = 20
MAX_NAME_LENGTH: Final = 80
NOTE_USE_EVERY: Final = timedelta(minutes=1)


class TooManyTokens(Refusal):
    message = _("You have 20 tokens in use. Revoke one that you no longer need.")


class NoScope(Refusal):
    message = _("Choose at least one thing that the token may do.")


class NoTokenName(Refusal):
    message = _("Give the token a name that tells you later what it is for.")


class TokenMadeAlready(Refusal):
    message = _("This form has already made a token. Send it again if you want another one.")


class ExpiresInThePast(Refusal):
    message = _("The token would have expired already.")


def create_token(
    member: Member,
    *,
    name: str,
    scopes: Collection[str],
    expires_at: datetime | None,
    client_uuid: UUID | None = None,
    now: datetime | None = None,
) -> tuple[PersonalToken, str]:
    """Make a token for the member and return it with its secret, which nobody can ask for again.

    It goes on record, because a token acts as the member. The same UUID once more is a second press of the button,
    whose answer alone is seen: the token gets a new secret as long as nothing has used it.
    Raises NoTokenName, NoScope, ExpiresInThePast, TooManyTokens or TokenMadeAlready.
    """
    now = now or timezone.now()
    name = name.strip()
    if not name or len(name) > MAX_NAME_LENGTH:
        raise NoTokenName(field="name")
    if not scopes or not set(scopes) <= set(Scope.values):
        raise NoScope(field="scopes")
    if expires_at is not None and expires_at <= now:
        raise ExpiresInThePast(field="expires_at")
    secret = PREFIX + secrets.token_urlsafe(RANDOM_BYTES)
    scopes = [scope for scope in Scope.values if scope in scopes]
    with transaction.atomic():
        Member.objects.select_for_update(of=("self",), no_key=True).get(pk=member.pk)
        again = _token_made(member, client_uuid)
        if again is not None:
            _give_another_secret(again, secret, name=name, scopes=scopes)
            return again, secret
        if usable_tokens(member, now=now).count() >= MAX_TOKENS:
            raise TooManyTokens
        token: PersonalToken = PersonalToken.objects.create(
            organization_id=member.organization_id,
            member=member,
            client_uuid=client_uuid,
            name=name,
            digest=digest_of(secret),
            scopes=scopes,
            created_at=now,
            expires_at=expires_at,
        )
        data = {"token": token.pk, "scopes": token.scopes}
        record(Verb.TOKEN_CREATED, subject=member, actor=member, data=data, now=now)
    return token, secret


def _token_made(member: Member, client_uuid: UUID | None) -> PersonalToken | None:
    if client_uuid is None:
        return None
    found: PersonalToken | None = PersonalToken.objects.filter(member=member, client_uuid=client_uuid).first()
    return found


def _give_another_secret(token: PersonalToken, secret: str, *, name: str, scopes: list[str]) -> None:
    """Change the secret of a token that was made a moment ago; raises TokenMadeAlready for any other."""
    if token.last_used_at or token.revoked_at or (token.name, token.scopes) != (name, scopes):
        raise TokenMadeAlready
    token.digest = digest_of(secret)
    token.save(update_fields=["digest"])


def tokens_of(member: Member) -> QuerySet[PersonalToken]:
    """Return the member's tokens that were not revoked, the newest first; expired ones too."""
    return PersonalToken.objects.filter(member=member, revoked_at=None).order_by("-created_at", "-pk")


def usable_tokens(member: Member, *, now: datetime | None = None) -> QuerySet[PersonalToken]:
    """Return the member's tokens that still open something."""
    return tokens_of(member).filter(Q(expires_at=None) | Q(expires_at__gt=now or timezone.now()))


def find_token(secret: str, *, now: datetime | None = None) -> PersonalToken | None:
    """Return the token of the open organization that has this secret, unless it has expired or was revoked."""
    now = now or timezone.now()
    if not secret.startswith(PREFIX):
        return None
    found: PersonalToken | None = PersonalToken.objects.filter(
        Q(expires_at=None) | Q(expires_at__gt=now), digest=digest_of(secret), revoked_at=None
    ).first()
    return found


def note_use(token: PersonalToken, *, now: datetime | None = None) -> None:
    """Note that the token was used, at most once a minute: a script must not write a row for each request."""
    now = now or timezone.now()
    if token.last_used_at is None or now - token.last_used_at >= NOTE_USE_EVERY:
        PersonalToken.objects.filter(pk=token.pk).update(last_used_at=now)
        token.last_used_at = now


@transaction.atomic
def revoke_token(token: PersonalToken, *, actor: Member, now: datetime | None = None) -> None:
    """Make the token useless from now on, and put that on record; a second time changes nothing."""
    now = now or timezone.now()
    if PersonalToken.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now):
        record(Verb.TOKEN_REVOKED, subject=token.member, actor=actor, data={"token": token.pk}, now=now)


def digest_of(secret: str) -> str:
    """Return what is stored: a plain SHA-256 is enough for 240 random bits."""
    return hashlib.sha256(secret.encode()).hexdigest()
