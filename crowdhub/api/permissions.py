from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from crowdhub.api.enums import Scope
from crowdhub.api.models import PersonalToken
from crowdhub.people.models import Member

if TYPE_CHECKING:
    from rest_framework.views import APIView  # its module reads the settings that name this one


class SignedInWithScope(BasePermission):
    """Lets in signed-in members; those who come by a token need the scope of what they ask for.

    A view says what an action needs in `scopes` (action or "*" -> scope); otherwise reading takes `read` and anything
    else `write`. Someone who signed in by a browser has every scope. Rules come after this, never instead.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        if not isinstance(request.user, Member):
            return False
        scope = scope_needed(request, view)
        if not isinstance(request.auth, PersonalToken) or scope in request.auth.scopes:
            return True
        self.message = _("This token lacks the scope “%(scope)s”.") % {"scope": scope}
        return False


def scope_needed(request: Request, view: APIView) -> Scope:
    """Return the scope that a token must have for this request."""
    scopes: dict[str, Scope] = getattr(view, "scopes", {})
    usual = Scope.READ if request.method in SAFE_METHODS else Scope.WRITE
    return scopes.get(getattr(view, "action", None) or "", scopes.get("*", usual))
