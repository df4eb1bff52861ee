"""Departments, locations, skills, groups and roles: simple pages for administrators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from crowdhub.common.errors import Refusal, form_status, put_refusal
from crowdhub.common.http import by_htmx
from crowdhub.common.numbers import grouped
from crowdhub.people import queries, rules, shelves
from crowdhub.people.access import administrator_of, allowed, posted_from, tell_refusal
from crowdhub.people.domain import structure
from crowdhub.people.enums import Role
from crowdhub.people.forms import GroupMemberForm, NameForm, NewDepartmentForm
from crowdhub.people.models import Department, Group, Location, Member, Skill
from crowdhub.people.names import PATH_SIGN, shown_name
from crowdhub.people.signed_out import login_required
from crowdhub.tenancy.context import current_organization

SHOWN = 50  # things and members of a group on a page, and holders of a role
SORTS = ("name", "-name", "members", "-members")


@dataclass(frozen=True)
class Shelf:
    """One kind of thing, and how its pages read it and write it."""

    model: type[Any]
    title: str | Promise
    lede: str | Promise
    empty: str | Promise
    add: str | Promise
    listed: Callable[[], Any]
    delete: Callable[..., None]


SHELVES = {
    "departments": Shelf(
        Department,
        gettext_lazy("Departments"),
        gettext_lazy("Where people belong. Challenges are aimed at departments, and reports count by them."),
        gettext_lazy("There are no departments yet."),
        gettext_lazy("Add a department"),
        lambda: shelves.departments_as_tree(with_counts=True),
        structure.delete_department,
    ),
    "locations": Shelf(
        Location,
        gettext_lazy("Locations"),
        gettext_lazy("Where people work. Challenges can be aimed at a location."),
        gettext_lazy("There are no locations yet."),
        gettext_lazy("Add a location"),
        shelves.locations_with_counts,
        structure.delete_location,
    ),
    "skills": Shelf(
        Skill,
        gettext_lazy("Skills"),
        gettext_lazy("What people can do. Members choose from this list, and challenges ask for skills on it."),
        gettext_lazy("There are no skills yet."),
        gettext_lazy("Add a skill"),
        shelves.skills_with_counts,
        structure.delete_skill,
    ),
    "groups": Shelf(
        Group,
        gettext_lazy("Groups"),
        gettext_lazy("Named sets of people across departments, such as first-aiders. Challenges can be aimed at them."),
        gettext_lazy("There are no groups yet."),
        gettext_lazy("Add a group"),
        shelves.groups_with_counts,
        structure.delete_group,
    ),
}


@login_required
@require_http_methods(["GET", "POST"])
def things(request: HttpRequest, shelf_name: str) -> HttpResponse:
    """List the things of one kind, and add one."""
    administrator = administrator_of(request)
    form = NewDepartmentForm(request.POST or None) if shelf_name == "departments" else NameForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            thing = _create(shelf_name, form.cleaned_data, actor=administrator)
        except Refusal as refusal:
            put_refusal(form, refusal)
        else:
            messages.success(request, _("%s is added.") % thing)
            return redirect(f"people:{shelf_name}")
    shelf = SHELVES[shelf_name]
    context = {
        "shelf": shelf,
        "section": shelf_name,
        "form": form,
        "list_url": f"people:{shelf_name}",
        "one_url": f"people:{shelf_name}-one",
    } | _found(request, shelf)
    if by_htmx(request, target="found"):
        return render(request, "people/things.html#found", context | {"by_htmx": True})
    return render(request, "people/things.html", context, status=form_status(form))


@login_required
@require_http_methods(["GET", "POST"])
def thing(request: HttpRequest, shelf_name: str, public_id: str) -> HttpResponse:
    """Rename or delete one thing; for a group also say who is in it."""
    administrator = administrator_of(request)
    shelf = SHELVES[shelf_name]
    found: structure.Thing = get_object_or_404(shelf.model, public_id=public_id)
    form = NameForm(request.POST or None, initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        try:
            structure.rename(found, form.cleaned_data["name"], actor=administrator)
        except Refusal as refusal:
            put_refusal(form, refusal)
            found.refresh_from_db()
        else:
            messages.success(request, _("The name is saved."))
            return redirect(f"people:{shelf_name}")
    return _thing_page(request, shelf_name, found, form, status=form_status(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: HttpRequest, shelf_name: str, public_id: str) -> HttpResponse:
    """Delete one thing, after asking."""
    administrator = administrator_of(request)
    shelf = SHELVES[shelf_name]
    found: structure.Thing = get_object_or_404(shelf.model, public_id=public_id)
    if request.method != "POST":
        context = {
            "heading": _("Delete this?"),
            "question": "people/_delete.html",
            "thing": found,
            "delete_url": f"people:{shelf_name}-delete",
            "one_url": f"people:{shelf_name}-one",
        }
        return render(request, "ask.html", context)
    try:
        shelf.delete(found, actor=administrator)
    except Refusal as refusal:
        tell_refusal(request, refusal)
        return redirect(f"people:{shelf_name}-one", public_id=public_id)
    messages.success(request, _("%s is deleted.") % found)
    return redirect(f"people:{shelf_name}")


@posted_from("people:groups-one", "public_id")
def add_to_group(request: HttpRequest, public_id: str) -> HttpResponse:
    administrator = administrator_of(request)
    group = get_object_or_404(Group, public_id=public_id)
    form = GroupMemberForm(request.POST)
    if form.is_valid():
        person = Member.objects.filter(email__iexact=form.cleaned_data["email"], erased_at=None).first()
        if person is not None:
            structure.add_to_group(group, person, actor=administrator)
            messages.success(request, _("%s is in the group.") % shown_name(person, viewer=administrator))
            return redirect("people:groups-one", public_id=public_id)
        form.add_error("email", _("Nobody in the directory has this address."))
    return _thing_page(request, "groups", group, NameForm(initial={"name": group.name}), member_form=form, status=422)


@posted_from("people:groups-one", "public_id")
def remove_from_group(request: HttpRequest, public_id: str, member_id: str) -> HttpResponse:
    administrator = administrator_of(request)
    group = get_object_or_404(Group, public_id=public_id)
    person = get_object_or_404(Member, public_id=member_id, memberships__group=group)
    structure.remove_from_group(group, person, actor=administrator)
    messages.success(request, _("%s is no longer in the group.") % shown_name(person, viewer=administrator))
    return redirect("people:groups-one", public_id=public_id)


@login_required
@require_GET
def role_list(request: HttpRequest) -> HttpResponse:
    """Say who holds which role; a role is given on a person's page."""
    member = allowed(
        request, rules.see_roles, gettext_lazy("Only administrators and auditors see who holds which role.")
    )
    granted = [
        (Role(role), count, [(grant, shown_name(grant.member, viewer=member)) for grant in grants])
        for role, (count, grants) in queries.grants_by_role(at_most=SHOWN).items()
    ]
    return render(request, "people/roles.html", {"granted": granted, "section": "roles"})


def _found(request: HttpRequest, shelf: Shelf) -> dict[str, Any]:
    """Return a page of the things that are looked for, sorted as asked; a shelf is read at once, which is one query.

    A department is found by what is above it, too.
    """
    words = request.GET.get("q", "").strip()[:100]
    sort = request.GET.get("sort", "name")
    sort = sort if sort in SORTS else "name"
    listed = list(shelf.listed())
    found = [thing for thing in listed if all(word in _path_of(thing).lower() for word in words.lower().split())]
    if sort.endswith("members"):
        found.sort(key=attrgetter("member_count"), reverse=sort.startswith("-"))
    elif sort == "-name":
        found.reverse()
    return {
        "page": Paginator(found, SHOWN).get_page(request.GET.get("page")),
        "count": len(found),
        "total": len(listed),
        "q": words,
        "sort": sort,
        "query": _query(q=words),
        "page_query": _query(q=words, sort="" if sort == "name" else sort),
    }


def _path_of(thing: Any) -> str:
    return PATH_SIGN.join([*getattr(thing, "ancestors", []), thing.name])


def _query(**parameters: str) -> str:
    """Return parameters of an address that others can follow, without those that say nothing."""
    said = {name: value for name, value in parameters.items() if value}
    return f"{urlencode(said)}&" if said else ""


def _create(shelf_name: str, chosen: dict[str, Any], *, actor: Member) -> structure.Thing:
    organization = current_organization()
    if shelf_name == "departments":
        return structure.create_department(organization, chosen["name"], actor=actor, parent=chosen["parent"])
    created: structure.Thing = structure.create_named(
        SHELVES[shelf_name].model, organization, chosen["name"], actor=actor
    )
    return created


def _thing_page(
    request: HttpRequest,
    shelf_name: str,
    found: structure.Thing,
    form: NameForm,
    *,
    member_form: GroupMemberForm | None = None,
    status: int,
) -> HttpResponse:
    context: dict[str, Any] = {
        "shelf": SHELVES[shelf_name],
        "section": shelf_name,
        "thing": found,
        "form": form,
        "list_url": f"people:{shelf_name}",
        "delete_url": f"people:{shelf_name}-delete",
    }
    if isinstance(found, Group):
        context |= _members_of(found, request, viewer=administrator_of(request))
        context["member_form"] = member_form or GroupMemberForm()
    return render(request, "people/thing.html", context, status=status)


def _members_of(group: Group, request: HttpRequest, *, viewer: Member) -> dict[str, Any]:
    """Return a page of who is in a group, by name, and how many there are."""
    words = request.GET.get("q", "").strip()[:100]
    members = queries.people_found(words, group=group)
    page = queries.directory_order("name").page(members, request.GET.dict(), size=SHOWN)
    count = queries.count_found(members, words)
    return {
        "q": words,
        "page": page,
        "page_query": _query(q=words),
        "people": [(person, shown_name(person, viewer=viewer)) for person in page.rows],
        "count": count,
        "count_shown": grouped(count.number),
    }
