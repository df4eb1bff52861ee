"""What views about people share: who is let in, and how a refusal is shown."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods

from crowdhub.common.errors import Refusal
from crowdhub.common.http import refuse_unless
from crowdhub.people.along import brought_along
from crowdhub.people.models import Member
from crowdhub.people.queries import people_visible_to
from crowdhub.people.request import member_of
from crowdhub.people.rules import is_administrator, keep_account
from crowdhub.people.signed_out import login_required

NOT_YOURS = _(
    "You look after the accounts of the people in your departments, except for those who hold a role or manage "
    "a challenge."
)
View = Callable[..., HttpResponseBase]

ADMINISTRATORS_ONLY = _("Only administrators of your organization may do this.")


def posted_from(page: str, *ids: str) -> Callable[[View], View]:
    """Make a view of signed-in members that answers POST alone, to a form that stands on another page.

    Whoever comes by GET, because they reload a refusal or have signed in again, is led to that page. `ids` are those
    arguments of the view's address that the page has too; nothing is looked up for it.
    """

    def make(view: View) -> View:
        @login_required
        @require_http_methods(["GET", "HEAD", "POST"])
        @wraps(view)
        def answer(request: HttpRequest, **arguments: str) -> HttpResponseBase:
            if request.method == "POST":
                return view(request, **arguments)
            return HttpResponseRedirect(reverse(page, kwargs={name: arguments[name] for name in ids}))

        return answer

    return make


def administrator_of(request: HttpRequest) -> Member:
    """Return the signed-in administrator of the whole organization; for anyone else 403."""
    return allowed(request, is_administrator, ADMINISTRATORS_ONLY)


def keeper_of(request: HttpRequest, person: Member) -> Member:
    """Return the signed-in administrator who keeps the person's account; for anyone else 403."""
    limited = member_of(request).administered
    return allowed(request, keep_account, NOT_YOURS if limited else ADMINISTRATORS_ONLY, person)


def scope_of(administrator: Member) -> frozenset[str] | None:
    """Return the paths of the departments that limit an administrator; None when nothing does."""
    return None if is_administrator(administrator) else administrator.administered


def allowed(request: HttpRequest, rule: Any, reason: Any, subject: Any = None) -> Member:
    """Return the signed-in member if the rule lets them; else 403 with the reason."""
    member = member_of(request)
    refuse_unless(rule.test, member, subject, reason)
    return member


def person_or_404(request: HttpRequest, public_id: str) -> Member:
    visible = people_visible_to(member_of(request)).annotate(**brought_along())
    person: Member = get_object_or_404(visible, public_id=public_id)
    return person


def tell_refusal(request: HttpRequest, refusal: Refusal) -> None:
    """Show a refusal on the page that the reader is led back to."""
    messages.error(request, str(refusal))
