"""What makes the pages an app on a phone: the manifest, the service worker, the offline page, and a clean sign-out."""

from __future__ import annotations

import json
import re
from hashlib import sha256
from html import unescape

from allauth.account.views import logout
from csp.constants import NONE, SELF
from csp.decorators import csp
from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from crowdhub.common.colour import LIGHT, accent_for
from crowdhub.tenancy.context import current_organization

WORKER = settings.BASE_DIR / "static" / "js" / "worker.js"
ICONS = (
    ("img/icon-192.png", "192x192", "any"),
    ("img/icon-512.png", "512x512", "any"),
    ("img/icon-maskable-512.png", "512x512", "maskable"),
)


@require_safe
@cache_control(private=True, max_age=3600)
def manifest(request: HttpRequest) -> HttpResponse:
    """What a phone needs to install the organization's pages as an app; the same for all its members."""
    organization = current_organization()
    return JsonResponse(
        {
            "id": "/",
            "name": organization.name,
            "short_name": organization.name,
            "description": _("Ask the right people, answer every idea, reward what helped."),
            "lang": get_language(),
            "start_url": reverse("pages:home"),
            "scope": "/",
            "display": "standalone",
            "theme_color": accent_for(organization.accent_colour, LIGHT).accent,
            "background_color": LIGHT.paper,
            "icons": [
                {"src": static(path), "sizes": sizes, "type": "image/png", "purpose": purpose}
                for path, sizes, purpose in ICONS
            ],
        },
        content_type="application/manifest+json",
    )


@require_safe
@csp({"default-src": [NONE], "connect-src": [SELF]})  # it fetches from here and loads nothing else
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, served from the root because it may only control what lies below its own address.

    It names the offline page's content and files, so that a browser notices when one of them changes, or when its
    reader has another language.
    """
    page, source = _offline_page(), WORKER.read_text()
    named = {
        "VERSION": sha256((page + source).encode()).hexdigest()[:12],
        "OFFLINE": reverse("pages:offline"),
        "FILES": _files_of(page),
    }
    constants = "".join(f"const {name} = {json.dumps(value)};\n" for name, value in named.items())
    return HttpResponse(constants + source, content_type="text/javascript")


@require_safe
def offline(request: HttpRequest) -> HttpResponse:
    """The page that the service worker keeps; it holds nothing of whoever fetches it but their language."""
    return HttpResponse(_offline_page())


def sign_out(request: HttpRequest) -> HttpResponseBase:
    """Sign out, and let the browser forget its pages, its drafts and the service worker with all that it keeps."""
    response: HttpResponseBase = logout(request)
    if request.method == "POST":
        response.headers["Clear-Site-Data"] = '"cache", "storage"'
    return response


def _offline_page() -> str:
    # No request, so no context processors: neither a name nor a token gets into what is kept for everybody.
    return render_to_string("pages/offline.html", {"request": {"organization": current_organization()}})


def _files_of(page: str) -> list[str]:
    """Return the addresses of the static files that the page loads, and of its accent and logo, which have versions."""
    linked = [unescape(address) for address in re.findall(r'(?:href|src)="([^"]+)"', page)]
    files = [settings.STATIC_URL, reverse("pages:theme")]
    if version := current_organization().logo_version:
        files.append(reverse("pages:logo", args=[version]))
    return list(dict.fromkeys(address for address in linked if address.startswith(tuple(files))))
