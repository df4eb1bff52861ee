"""My profile and skills."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_GET

from crowdhub.common.errors import Refusal, form_status, put_refusal
from crowdhub.people import queries
from crowdhub.people.access import posted_from, tell_refusal
from crowdhub.people.domain import directory, skills
from crowdhub.people.enums import Role, SkillLevel
from crowdhub.people.forms import LevelForm, OwnSettingsForm, StateSkillForm
from crowdhub.people.models import Member
from crowdhub.people.names import shown_name
from crowdhub.people.request import member_of
from crowdhub.people.signed_out import login_required

ROLES_THAT_SEE_SKILLS = (Role.MANAGER, Role.HR, Role.ADMINISTRATOR)


@login_required
@require_GET
def me(request: HttpRequest) -> HttpResponse:
    member = member_of(request)
    return _page(request, member, StateSkillForm(member), _settings_form(member))


@posted_from("people:me")
def state_skill(request: HttpRequest) -> HttpResponse:
    """Add a skill to one's list."""
    member = member_of(request)
    form = StateSkillForm(member, request.POST)
    if form.is_valid():
        try:
            skills.state_skill(member, form.cleaned_data["skill"], form.cleaned_data["level"])
        except Refusal as refusal:
            put_refusal(form, refusal)
        else:
            messages.success(request, _("%s is on your list.") % form.cleaned_data["skill"])
            return redirect("people:me")
    return _page(request, member, form, _settings_form(member), status=form_status(form))


@posted_from("people:me")
def change_skill(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change the level of a skill on one's list, or remove it."""
    member = member_of(request)
    stated = get_object_or_404(queries.skills_of(member), skill__public_id=public_id)
    try:
        if "remove" in request.POST:
            skills.remove_skill(member, stated.skill)
            messages.success(request, _("%s is no longer on your list.") % stated.skill)
        else:
            _change_level(request, member, stated.skill)
    except Refusal as refusal:
        tell_refusal(request, refusal)
    return redirect("people:me")


@posted_from("people:me")
def change_settings(request: HttpRequest) -> HttpResponse:
    """Set one's language and time zone."""
    member = member_of(request)
    form = OwnSettingsForm(request.POST)
    if not form.is_valid():
        return _page(request, member, StateSkillForm(member), form, status=422)
    chosen = form.cleaned_data
    directory.change_own_settings(member, language=chosen["language"], timezone_name=chosen["timezone"])
    with override(chosen["language"]):
        messages.success(request, _("Language and time zone are saved."))
    return redirect("people:me")


@login_required
def addresses_are_kept(request: HttpRequest) -> HttpResponse:
    """Refuse to change one's address: it comes from the directory, and with it who one is."""
    raise PermissionDenied(_("Administrators look after addresses. Ask one of them to change yours."))


def _change_level(request: HttpRequest, member: Member, skill: object) -> None:
    form = LevelForm(request.POST)
    if not form.is_valid():
        raise skills.WrongLevel
    skills.state_skill(member, skill, form.cleaned_data["level"])  # type: ignore[arg-type]  # a Skill of the query
    messages.success(request, _("The level of %s is saved.") % skill)


def _settings_form(member: Member) -> OwnSettingsForm:
    return OwnSettingsForm(initial={"language": member.language, "timezone": member.timezone})


def _page(
    request: HttpRequest,
    member: Member,
    skill_form: StateSkillForm,
    settings_form: OwnSettingsForm,
    *,
    status: int = 200,
) -> HttpResponse:
    context = {
        "skills": queries.skills_of(member),
        "levels": SkillLevel,
        "skill_form": skill_form,
        "settings_form": settings_form,
        "who_sees": _who_sees(member),
    }
    return render(request, "people/me.html", context, status=status)


def _who_sees(member: Member) -> list[str]:
    """Say who else sees the member's skills, in words."""
    counts = queries.counts_of_roles(ROLES_THAT_SEE_SKILLS, about=member)
    said = []
    if member.manager is not None:
        said.append(_("%s, your manager") % shown_name(member.manager, viewer=member))
    said.append(_("challenge managers, who ask people by their skills (%d)") % counts.get(Role.MANAGER, 0))
    said.append(_("HR analysts, who confirm skills (%d)") % counts.get(Role.HR, 0))
    said.append(_("administrators, who keep the directory (%d)") % counts.get(Role.ADMINISTRATOR, 0))
    return said
