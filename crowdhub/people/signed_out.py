"""What somebody gets whose session has ended: a page to sign in, and whatever they typed meanwhile.

A form is sent to its address before anybody can know that its sender is signed out, and without JavaScript its text
is nowhere else. So the answer to it holds the text.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.middleware.csrf import REASON_NO_CSRF_COOKIE
from django.shortcuts import render

from crowdhub.common.typed import kept

View = TypeVar("View", bound=Callable[..., HttpResponseBase])


def login_required(view: View) -> View:
    """Let only members in; a visitor is led to the sign-in page, and one who sent a form gets its text back (401)."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        if request.method != "POST":
            return redirect_to_login(request.get_full_path())
        # Not by redirect for htmx either: it leaves the page alone at a 401, with the text on it.
        return render(request, "people/signed_out.html", kept(request), status=401)

    return cast(View, answer)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer a form that is not surely its sender's own: its session is another one by now, or another site sent it."""
    context: dict[str, Any] = {"no_cookie": reason == REASON_NO_CSRF_COOKIE}
    # Nobody may put words on our pages from elsewhere, as if the reader had typed them.
    if not reason.startswith(("Origin", "Referer")):
        context |= kept(request)
    return render(request, "403_csrf.html", context, status=403)
