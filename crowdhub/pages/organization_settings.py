"""What an organization decides for its members, where that can be changed, and what was changed when."""

from __future__ import annotations

from typing import Any, Final

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBadRequest
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from crowdhub.common.conflict import differences
from crowdhub.common.errors import Refusal, form_status, put_refusal
from crowdhub.common.http import by_htmx
from crowdhub.common.shown_again import put_hidden
from crowdhub.pages.accent_preview import accent_previews
from crowdhub.pages.agreement import FIXED, rules_of
from crowdhub.pages.setting_words import SETTING_NAMED, history_rows, value_in_words
from crowdhub.pages.settings_forms import SECTION_NAMED, SECTIONS, LogoForm, Section, SectionForm
from crowdhub.people.access import ADMINISTRATORS_ONLY, allowed, posted_from
from crowdhub.people.domain.logo import remove_logo, set_logo
from crowdhub.people.domain.settings import SettingsConflict, change_settings, latest_version
from crowdhub.people.models import Member, SettingsVersion
from crowdhub.people.queries import settings_versions, was_logo
from crowdhub.people.rules import keep_settings, see_settings
from crowdhub.people.signed_out import login_required
from crowdhub.tenancy.context import current_organization
from crowdhub.tenancy.models import Logo, Organization

PAGE: Final = "pages:settings"
PREVIEW: Final = "accent-preview"  # the element that htmx puts a preview into
VERSIONS_PER_PAGE: Final = 20
LOG_ROWS: Final = 20
OLD_LOGO_LASTS: Final = 3600  # seconds that a browser keeps what the address of a replaced logo leads to
READERS_ONLY = gettext_lazy(
    "The settings are for administrators of the whole organization, and for auditors to read. Ask one of them."
)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings_page(request: HttpRequest) -> HttpResponse:
    """The settings in their sections, each with a form for administrators, and the change log."""
    member = allowed(request, see_settings, READERS_ONLY)
    if request.method == "POST":
        return _change(request, allowed(request, keep_settings, ADMINISTRATORS_ONLY))
    return _page(request, member)


@posted_from(PAGE)
def logo_upload(request: HttpRequest) -> HttpResponse:
    """Take a new logo, or with `remove` go back to the initial."""
    administrator = allowed(request, keep_settings, ADMINISTRATORS_ONLY)
    form = LogoForm(request.POST, request.FILES)
    if "remove" in request.POST:
        del form.fields["logo"]
    if form.is_valid():
        try:
            _change_logo(form, actor=administrator)
        except SettingsConflict:
            said = _(
                "Somebody has changed the logo in the meantime. This is it now; choose again if it should be yours."
            )
            messages.error(request, said)
        except Refusal as refusal:
            put_refusal(form, refusal)
        else:
            messages.success(request, _("The logo is saved.") if "logo" in form.fields else _("The logo is removed."))
        if not form.errors:
            return _to(SECTION_NAMED["look"])
    return _page(request, administrator, logo_form=form, status=form_status(form))


@require_safe
def logo(request: HttpRequest, version: str) -> HttpResponse:
    """The organization's logo, for visitors as well: it stands on the sign-in page and in mails.

    Mails that were sent name the version of their day: for one that was replaced this is the logo of today.
    """
    found = get_object_or_404(Logo.objects.all())
    response = HttpResponse(bytes(found.content), content_type=found.content_type)
    if found.version == version:
        patch_cache_control(response, public=True, max_age=365 * 24 * 3600, immutable=True)
    elif was_logo(version):
        patch_cache_control(response, public=True, max_age=OLD_LOGO_LASTS)
    else:
        raise Http404
    return response


@login_required
@require_safe
def agreement(request: HttpRequest) -> HttpResponse:
    """Every rule that matters to privacy, its value, since when and by whom; nothing can be changed here."""
    member = allowed(request, see_settings, READERS_ONLY)
    organization = current_organization()
    context = {
        "rules": rules_of(organization, viewer=member),
        "fixed": FIXED,
        "history": history_rows(settings_versions(policies=True)[:LOG_ROWS], viewer=member),
        "log_rows": LOG_ROWS,
    }
    return render(request, "pages/agreement.html", context)


def _change(request: HttpRequest, administrator: Member) -> HttpResponse:
    section = SECTION_NAMED.get(request.POST.get("section", ""))
    if section is None:
        return HttpResponseBadRequest(_("Say which settings you want to change."))
    organization = current_organization()
    form = section.form(organization, request.POST)
    if "preview" in request.POST:
        return _preview(request, administrator, form)
    if form.is_valid():
        try:
            written = _save(organization, form, administrator)
        except SettingsConflict:
            return _conflict(request, administrator, section, form)
        except Refusal as refusal:
            put_refusal(form, refusal)
        else:
            said = _("Saved. It applies from now on.") if written else _("There was nothing to change.")
            messages.success(request, said)
            return _to(section)
    return _page(request, administrator, form, status=form_status(form))


def _save(organization: Organization, form: SectionForm, administrator: Member) -> SettingsVersion | None:
    return change_settings(
        organization,
        form.values(),
        actor=administrator,
        known_version=form.cleaned_data["version"],
        agreed_with=form.agreement(),
    )


def _change_logo(form: LogoForm, *, actor: Member) -> None:
    known = form.cleaned_data["version"]
    if "logo" in form.fields:
        set_logo(current_organization(), form.cleaned_data["logo"].read(), actor=actor, known_version=known)
    else:
        remove_logo(current_organization(), actor=actor, known_version=known)


def _preview(request: HttpRequest, administrator: Member, form: SectionForm) -> HttpResponse:
    """Show what a colour would look like, and save nothing."""
    if by_htmx(request, target=PREVIEW):
        previews = accent_previews(request.POST.get("accent_colour", ""))
        return render(request, "pages/settings.html#accent", {"previews": previews})
    return _page(request, administrator, form)


def _conflict(request: HttpRequest, administrator: Member, section: Section, form: SectionForm) -> HttpResponse:
    """Show both versions; what was typed stays in the form, which knows of the present version from now on."""
    organization = current_organization()
    organization.refresh_from_db()
    latest = latest_version()
    conflict = differences(section.form(organization), form)
    put_hidden(form, "version", latest.number if latest else 0)
    return _page(request, administrator, form, conflict=conflict, status=409)


def _page(
    request: HttpRequest,
    member: Member,
    changed: SectionForm | None = None,
    *,
    logo_form: LogoForm | None = None,
    conflict: list[Any] | None = None,
    status: int = 200,
) -> HttpResponse:
    organization = current_organization()
    latest = latest_version()
    version = latest.number if latest else 0
    page = Paginator(settings_versions(), VERSIONS_PER_PAGE).get_page(request.GET.get("page"))
    parts = [_part(section, organization, changed, version=version) for section in SECTIONS]
    shown_colour = parts[0]["form"]["accent_colour"].value()
    context = {
        "parts": parts,
        "may_change": keep_settings(member),
        "changed": changed if changed is not None and changed.is_bound else logo_form,
        "logo_form": logo_form or LogoForm(initial={"version": version}),
        "logo_effect": SETTING_NAMED["logo_version"].effect,
        "previews": accent_previews(str(shown_colour)),
        "conflict": conflict,
        "page": page,
        "history": history_rows(page, viewer=member),
    }
    return render(request, "pages/settings.html", context, status=status)


def _part(section: Section, organization: Organization, changed: SectionForm | None, *, version: int) -> dict[str, Any]:
    """Return a section with the form that was sent, if it was this one, and with its values in words."""
    is_changed = isinstance(changed, section.form)
    return {
        "section": section,
        "form": changed if is_changed else section.form(organization, version=version),
        "is_changed": is_changed,
        "rows": [(SETTING_NAMED[name], value_in_words(organization, SETTING_NAMED[name])) for name in section.settings],
    }


def _to(section: Section) -> HttpResponse:
    return redirect(f"{reverse(PAGE)}#{section.name}")
