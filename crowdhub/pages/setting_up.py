"""Getting started: what an administrator does in an organization that is new."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crowdhub.common.errors import Refusal, form_status, put_refusal
from crowdhub.pages.domain.first_steps import hide_first_steps, show_first_steps
from crowdhub.pages.first_steps import first_steps
from crowdhub.pages.forms import ModeratorForm, SkillNamesForm
from crowdhub.people.access import administrator_of
from crowdhub.people.domain.setting_up import invite_moderator, name_skills
from crowdhub.people.names import shown_name
from crowdhub.people.signed_out import login_required
from crowdhub.tenancy.context import current_organization

PAGE = "pages:getting-started"


@login_required
@require_GET
def getting_started(request: HttpRequest) -> HttpResponse:
    """The steps, whether or not home shows them any more."""
    steps = first_steps(administrator_of(request))
    context = {
        "steps": steps,
        "done_count": sum(step.is_done for step in steps),
        "all_done": all(step.is_done for step in steps),
        "is_hidden": current_organization().first_steps_hidden_at is not None,
    }
    return render(request, "pages/getting_started.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def skills(request: HttpRequest) -> HttpResponse:
    """Name many skills at once."""
    administrator = administrator_of(request)
    form = SkillNamesForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            added = len(name_skills(form.listed(), actor=administrator))
        except Refusal as refusal:
            put_refusal(form, refusal)
        else:
            said = ngettext("%d skill is added.", "%d skills are added.", added) % added
            messages.success(request, said if added else _("These skills are all on the list."))
            return redirect(PAGE)
    return render(request, "pages/name_skills.html", {"form": form}, status=form_status(form))


@login_required
@require_http_methods(["GET", "POST"])
def moderator(request: HttpRequest) -> HttpResponse:
    """Invite somebody to moderate."""
    administrator = administrator_of(request)
    form = ModeratorForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            invited = invite_moderator(form.cleaned_data["email"], form.cleaned_data["name"], actor=administrator)
        except Refusal as refusal:
            put_refusal(form, refusal)
        else:
            name = shown_name(invited, viewer=administrator)
            is_invited = invited.last_login is None
            said = (
                _("%s is now a moderator. The invitation is on its way.") if is_invited else _("%s is now a moderator.")
            )
            messages.success(request, said % name)
            return redirect(PAGE)
    return render(request, "pages/invite_moderator.html", {"form": form}, status=form_status(form))


@login_required
@require_POST
def hide(request: HttpRequest) -> HttpResponse:
    """Take the steps from the home page, or put them back with `show`."""
    administrator = administrator_of(request)
    if "show" in request.POST:
        show_first_steps(actor=administrator)
        messages.success(request, _("The first steps are on the home page again."))
        return redirect(PAGE)
    hide_first_steps(actor=administrator)
    messages.success(
        request, _("The first steps are off the home page. You find them under People, “Getting started”.")
    )
    return redirect("pages:home")
