"""The one page that is there before any organization is."""

from __future__ import annotations

from django.contrib.auth import login
from django.contrib.sessions.middleware import SessionMiddleware
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound
from django.http.request import split_domain_port
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import translation
from django.utils.decorators import decorator_from_middleware
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_deny
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_http_methods

from crowdhub.common.errors import Refusal
from crowdhub.common.forms import put_refusal
from crowdhub.operator.first_run import AlreadyFounded, found_first_organization
from crowdhub.operator.forms import DEFAULT_ACCENT, FoundingForm
from crowdhub.people.models import Member
from crowdhub.tenancy.context import tenant
from crowdhub.tenancy.models import Organization

PAGE = "/"
# Where most who speak a language live; everything can be changed on the page.
HOMES = {"de": ("Europe/Berlin", "DE"), "en": ("Europe/London", "GB-ENG")}


@never_cache
@xframe_options_deny
@decorator_from_middleware(SessionMiddleware)
@csrf_protect
@require_http_methods(["GET", "HEAD", "POST"])
def first_run(request: HttpRequest) -> HttpResponse:
    """Ask for the code, the organization and its first administrator; every other address leads here.

    The middleware of the product comes after an organization is found, so this page brings its own.
    """
    if request.path != PAGE:
        # What a page only asks for beside itself, such as its manifest, is not led to another page.
        return HttpResponseNotFound() if "." in request.path.rpartition("/")[2] else redirect(PAGE)
    with translation.override(translation.get_language_from_request(request)):
        response = _found(request) if request.method == "POST" else _page(request, _empty_form(request))
        response.headers["Content-Language"] = translation.get_language() or "en"
        return response


def _found(request: HttpRequest) -> HttpResponse:
    form = FoundingForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    chosen = form.cleaned_data
    try:
        organization, member = found_first_organization(
            chosen["name"],
            chosen["host"],
            code=chosen["code"],
            founder=form.founder(),
            came_by=_host_of(request),
            **form.organization_fields(),
        )
    except AlreadyFounded:
        return render(request, "operator/already_founded.html", status=409)
    except Refusal as refusal:
        put_refusal(form, refusal)
        return _page(request, form, status=422)
    return _enter(request, organization, member)


def _enter(request: HttpRequest, organization: Organization, member: Member) -> HttpResponse:
    with tenant(organization), transaction.atomic():
        login(request, member, backend="crowdhub.people.authentication.OrganizationBackend")
    return redirect(reverse("pages:getting-started"))


def _page(request: HttpRequest, form: FoundingForm, *, status: int = 200) -> HttpResponse:
    return render(request, "operator/first_run.html", {"form": form}, status=status)


def _empty_form(request: HttpRequest) -> FoundingForm:
    """Return the form with what the visit tells: the address, the language and, behind it, where they may be."""
    language = translation.get_language() or "en"
    timezone, region = HOMES.get(language, HOMES["en"])
    initial = {
        "code": request.GET.get("code", "")[:60],
        "host": _host_of(request),
        "language": language,
        "timezone": timezone,
        "holiday_region": region,
        "accent_colour": DEFAULT_ACCENT,
    }
    return FoundingForm(initial=initial)


def _host_of(request: HttpRequest) -> str:
    return split_domain_port(request.META.get("HTTP_HOST", ""))[0]
