"""The page of one person, and what is done there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from crowdhub.common.errors import Refusal, form_status, put_refusal
from crowdhub.people import queries, rules
from crowdhub.people.access import (
    ADMINISTRATORS_ONLY,
    administrator_of,
    allowed,
    keeper_of,
    person_or_404,
    posted_from,
    scope_of,
    tell_refusal,
)
from crowdhub.people.domain import directory, joining, roles, skills
from crowdhub.people.enums import Role, SkillLevel
from crowdhub.people.forms import LevelForm, MemberForm, NewMemberForm, RolesForm
from crowdhub.people.models import Department, Member, RoleGrant
from crowdhub.people.names import shown_name
from crowdhub.people.request import member_of
from crowdhub.people.signed_out import login_required
from crowdhub.tenancy.context import current_organization

CONFIRMERS_ONLY = gettext_lazy("Skills are confirmed by HR and by the person’s own manager.")

# What administrators do to an account by one button: the domain call, and what is said when it is done.
ACCOUNT_ACTS: dict[str, tuple[Callable[..., None], str | Promise]] = {
    "reactivate": (directory.reactivate_member, gettext_lazy("The account is active again.")),
    "invite": (joining.invite_member, gettext_lazy("The invitation is on its way.")),
}


@login_required
@require_GET
def detail(request: HttpRequest, public_id: str) -> HttpResponse:
    """A small profile for everyone; more for those who keep the directory or see the skills."""
    person = person_or_404(request, public_id)
    return _detail_page(request, person)


@login_required
@require_http_methods(["GET", "POST"])
def create(request: HttpRequest) -> HttpResponse:
    administrator = allowed(request, rules.add_people, ADMINISTRATORS_ONLY)
    initial = {"language": current_organization().language}
    form = NewMemberForm(request.POST or None, initial=initial, within=scope_of(administrator))
    if request.method == "POST" and form.is_valid():
        try:
            person = directory.create_member(
                current_organization(), form.entry(), actor=administrator, invite=form.cleaned_data["invite"]
            )
        except Refusal as refusal:
            put_refusal(form, refusal)
        else:
            messages.success(request, _("%s is in the directory.") % shown_name(person, viewer=administrator))
            return redirect("people:detail", public_id=person.public_id)
    return render(request, "people/form.html", {"form": form, "section": "people"}, status=form_status(form))


@login_required
@require_http_methods(["GET", "POST"])
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    person = person_or_404(request, public_id)
    administrator = keeper_of(request, person)
    within = scope_of(administrator)
    form = MemberForm(request.POST or None, initial=_initial(person), within=within, manager=person.manager)
    if request.method == "POST" and form.is_valid():
        try:
            directory.change_member(person, form.entry(), actor=administrator)
        except Refusal as refusal:
            put_refusal(form, refusal)
        else:
            messages.success(request, _("The changes are saved."))
            return redirect("people:detail", public_id=person.public_id)
    context = {"form": form, "person": person, "section": "people", "name": shown_name(person, viewer=administrator)}
    return render(request, "people/form.html", context, status=form_status(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def deactivate(request: HttpRequest, public_id: str) -> HttpResponse:
    """Deactivate the account of a member, after asking."""
    person = person_or_404(request, public_id)
    administrator = keeper_of(request, person)
    if request.method == "POST":
        done = _("The account is deactivated and signed out everywhere.")
        return _attempt(request, person, lambda: directory.deactivate_member(person, actor=administrator), done)
    context = {
        "heading": _("Deactivate this account?"),
        "question": "people/_deactivate.html",
        "person": person,
        "name": shown_name(person, viewer=administrator),
    }
    return render(request, "ask.html", context)


@posted_from("people:detail", "public_id")
def keep_account(request: HttpRequest, public_id: str, act: str) -> HttpResponse:
    """Reactivate or invite a member, as the address says."""
    person = person_or_404(request, public_id)
    administrator = keeper_of(request, person)
    do, done = ACCOUNT_ACTS[act]
    return _attempt(request, person, lambda: do(person, actor=administrator), done)


@posted_from("people:detail", "public_id")
def change_roles(request: HttpRequest, public_id: str) -> HttpResponse:
    """Make the roles of a member, and the departments that they administer, those that are chosen."""
    person = person_or_404(request, public_id)
    administrator = administrator_of(request)
    form = RolesForm(request.POST, held=_departments_in(queries.grants_of(person)))
    if not form.is_valid():
        return _detail_page(request, person, status=422)
    wanted = {Role(role) for role in form.cleaned_data["roles"]}
    return _attempt(
        request,
        person,
        lambda: roles.set_roles(person, wanted, actor=administrator, administered=form.administered()),
        _("The roles are saved."),
    )


@posted_from("people:detail", "public_id")
def confirm_skill(request: HttpRequest, public_id: str, skill_id: str) -> HttpResponse:
    person = person_or_404(request, public_id)
    member = allowed(request, rules.confirm_skills, CONFIRMERS_ONLY, person)
    stated = get_object_or_404(queries.skills_of(person), skill__public_id=skill_id)
    form = LevelForm(request.POST)
    if not form.is_valid():
        return _detail_page(request, person, status=422)
    return _attempt(
        request,
        person,
        lambda: skills.confirm_skill(person, stated.skill, form.cleaned_data["level"], actor=member),
        _("%s is confirmed.") % stated.skill,
    )


def _initial(person: Member) -> dict[str, Any]:
    return {
        "name": person.name,
        "email": person.email,
        "kind": person.kind,
        "department": person.department.public_id if person.department else "",
        "location": person.location.public_id if person.location else "",
        "manager": person.manager.email if person.manager else "",
        "language": person.language,
    }


def _attempt(request: HttpRequest, person: Member, act: Any, done: str | Promise) -> HttpResponse:
    """Do what a button asks for, and lead back to the person's page, where its result or its refusal is told."""
    try:
        act()
    except Refusal as refusal:
        tell_refusal(request, refusal)
    else:
        messages.success(request, str(done))
    return redirect("people:detail", public_id=person.public_id)


def _departments_in(grants: list[RoleGrant]) -> list[Department]:
    return [grant.department for grant in grants if grant.department is not None]


def _roles_form(grants: list[RoleGrant]) -> RolesForm:
    held = [grant.role for grant in grants if grant.department is None]
    return RolesForm(initial={"roles": held}, held=_departments_in(grants))


def _detail_page(request: HttpRequest, person: Member, *, status: int = 200) -> HttpResponse:
    member = member_of(request)
    sees_skills = rules.see_skills(member, person)
    sees_account = rules.see_account(member, person)
    may_grant = rules.keep_directory(member)
    grants = queries.grants_of(person) if sees_account else []
    context = {
        "person": person,
        "name": shown_name(person, viewer=member),
        "manager_name": shown_name(person.manager, viewer=member) if person.manager else "",
        "is_self": person.pk == member.pk,
        "skills": queries.skills_of(person) if sees_skills else None,
        "levels": SkillLevel,
        "may_confirm": rules.confirm_skills(member, person),
        "may_keep": rules.keep_account(member, person),
        "may_see_account": sees_account,
        "roles_form": _roles_form(grants) if may_grant and person.is_active else None,
        "sees_roles": rules.see_roles_of(member, person),
        "sees_visits": rules.see_visits_of(member, person),
        "role_labels": [grant.label for grant in grants],
    }
    return render(request, "people/detail.html", context, status=status)
