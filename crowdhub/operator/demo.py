"""What only a demo has: sign-in by one click, and the mail that was sent. Elsewhere all of it is a 404."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from allauth.account.utils import perform_login
from csp.constants import SELF
from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext_lazy as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET, require_POST

from crowdhub.operator.mailbox import Letter, letters, open_letter
from crowdhub.people.models import Member
from crowdhub.people.names import shown_name
from crowdhub.tenancy.context import current_organization

View = Callable[..., HttpResponseBase]

PARTS = {
    "alice": _("Employee, has the skill that is asked for"),
    "bob": _("Moderator"),
    "carol": _("Challenge manager"),
    "dave": _("HR"),
    "ed": _("Employee, without that skill"),
    "erin": _("Administrator"),
    "grace": _("Evaluator"),
    "frank": _("Auditor"),
    "mallory": _("Administrator"),
}
# A mail is shown as its reader's program would: its own styles and nothing else, no script, no request to anywhere.
LETTER_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'self'; "
    "base-uri 'none'; sandbox allow-popups allow-top-navigation-by-user-activation"
)


def cast(request: HttpRequest) -> dict[str, Any]:
    """Give the sign-in page of a demo, and only that one, its people."""
    if not settings.DEMO or request.path != reverse("account_login"):
        return {}
    return {"demo_cast": SimpleLazyObject(_cast)}


def demo_only(view: View) -> View:
    """Let a view exist only in a demo."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


@demo_only
@require_POST
def sign_in(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the cast, without a password; a second factor that they set up is asked for all the same."""
    chosen = request.POST.get("email", "")
    addresses = {person["email"] for person in _cast()}
    if chosen not in addresses:
        raise Http404
    member = get_object_or_404(Member, email=chosen, is_active=True)
    response: HttpResponse = perform_login(request, member, redirect_url=_safe_target(request))
    return response


@demo_only
@require_GET
def mailbox(request: HttpRequest) -> HttpResponse:
    """List the mails that were sent to members of this organization, newest first."""
    return render(request, "operator/mailbox.html", {"letters": letters()})


@demo_only
@require_GET
@csp_update({"frame-src": [SELF]})  # type: ignore[arg-type]  # its types know no views with arguments
def letter(request: HttpRequest, name: str) -> HttpResponse:
    """Show one mail: its text, and its HTML in a frame that can do nothing."""
    return render(request, "operator/letter.html", {"letter": _letter_or_404(name)})


@demo_only
@require_GET
@xframe_options_sameorigin
def letter_html(request: HttpRequest, name: str) -> HttpResponse:
    """Return the HTML part of a mail as it was sent, under a policy of its own."""
    html = _letter_or_404(name).html
    if not html:
        raise Http404
    return HttpResponse(html, headers={"Content-Security-Policy": LETTER_POLICY})


def _cast() -> list[dict[str, Any]]:
    """Return who of the cast is in the open organization, in the order of PARTS."""
    domain = f"@{current_organization().slug}.example"
    members = {member.email: member for member in Member.objects.filter(email__in=[name + domain for name in PARTS])}
    return [
        {"email": name + domain, "name": shown_name(members[name + domain], viewer=None), "role": part}
        for name, part in PARTS.items()
        if name + domain in members and members[name + domain].is_active
    ]


def _letter_or_404(name: str) -> Letter:
    found = open_letter(name)
    if found is None:
        raise Http404
    return found


def _safe_target(request: HttpRequest) -> str | None:
    """Return where to go after sign-in, if that is a page of ours."""
    from allauth.account.adapter import get_adapter

    target = request.POST.get("next", "")
    return target if target and get_adapter().is_safe_url(target) else None
