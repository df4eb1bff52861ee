from __future__ import annotations

from django.utils.translation import gettext as _
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from crowdhub.api.models import PersonalToken
from crowdhub.api.tokens import find_token, note_use
from crowdhub.people.authentication import OrganizationBackend
from crowdhub.people.middleware import speak_as_to
from crowdhub.people.models import Member

KEYWORD = b"bearer"


class TokenAuthentication(BaseAuthentication):
    """Signs in by `Authorization: Bearer chub_...`, for tokens of the host's own organization.

    The answer speaks the member's language and time zone, as one to their session does.
    """

    def authenticate(self, request: Request) -> tuple[Member, PersonalToken] | None:
        """Return the active member and their token; None when there is no such header, 401 for any other token."""
        words = get_authorization_header(request).split()
        if not words or words[0].lower() != KEYWORD:
            return None
        token = find_token(words[1].decode("latin-1")) if len(words) == 2 else None
        member = None if token is None else OrganizationBackend().get_user(token.member_id)
        if token is None or member is None:
            # One sentence for all of it: the answer must not tell which tokens there have been.
            raise AuthenticationFailed(_("This token is unknown here, has expired or was revoked."))
        note_use(token)
        speak_as_to(member)
        return member, token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="CrowdHub"'
