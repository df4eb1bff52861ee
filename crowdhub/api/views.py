"""The page on which members keep their tokens."""

from __future__ import annotations

from uuid import uuid4

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from crowdhub.api.enums import Scope
from crowdhub.api.forms import TokenForm
from crowdhub.api.tokens import TokenMadeAlready, create_token, revoke_token, tokens_of
from crowdhub.common.errors import Refusal, form_status, put_refusal
from crowdhub.common.shown_again import put_hidden
from crowdhub.people.access import posted_from
from crowdhub.people.request import member_of
from crowdhub.people.signed_out import login_required


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required(enabled=lambda request: request.method == "POST")
def tokens(request: HttpRequest) -> HttpResponse:
    """The member's tokens, and a form for one more, whose secret is in the answer and nowhere else.

    A token outlives the session, so whoever found a browser open is asked for the password first; what was typed is
    kept.
    """
    member = member_of(request)
    form = TokenForm(request.POST if request.method == "POST" else None, member=member)
    if request.method == "POST" and form.is_valid():
        try:
            data = form.cleaned_data
            _token, secret = create_token(
                member,
                name=data["name"],
                scopes=data["scopes"],
                expires_at=form.expires_at(),
                client_uuid=data["client_uuid"],
            )
            return _page(request, TokenForm(member=member), secret=secret)
        except Refusal as refusal:
            put_refusal(form, refusal)
            if isinstance(refusal, TokenMadeAlready):
                put_hidden(form, "client_uuid", uuid4())  # what was typed makes another token when it is sent again
    return _page(request, form, status=form_status(form))


@posted_from("api:tokens")
def revoke(request: HttpRequest, public_id: str) -> HttpResponse:
    """Make one of the member's own tokens useless."""
    member = member_of(request)
    token = get_object_or_404(tokens_of(member), public_id=public_id)
    revoke_token(token, actor=member)
    messages.success(request, _("“%(name)s” is revoked. Nothing can use it any more.") % {"name": token.name})
    return redirect("api:tokens")


def _page(request: HttpRequest, form: TokenForm, *, secret: str = "", status: int = 200) -> HttpResponse:
    found = tokens_of(member_of(request))
    rows = [(token, [str(Scope(scope).label) for scope in token.scopes]) for token in found]
    return render(request, "api/tokens.html", {"form": form, "rows": rows, "secret": secret}, status=status)
