from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, ClassVar
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crowdhub.people.domain.bulk import TARGETS, Target, may_do
from crowdhub.people.domain.directory import Entry
from crowdhub.people.domain.import_file import LARGEST_FILE
from crowdhub.people.domain.keeping import may_place
from crowdhub.people.domain.structure import Thing
from crowdhub.people.enums import BulkAction, Kind, Role, SkillLevel
from crowdhub.people.models import Department, Location, Member, Skill
from crowdhub.people.queries import skills_not_stated_by
from crowdhub.people.rules import filter_by_skill, see_roles_listed
from crowdhub.people.shelves import Shelves, departments_as_tree

INDENT = "\u2003"  # an em space: browsers trim ordinary ones in options


class ThingField(forms.ChoiceField):
    """A department, location, skill or group of the open organization; cleans to it, or to None."""

    def fill(self, things: Sequence[Thing], none: str | Promise) -> None:
        """Say what can be chosen, when the form is made, because only then a tenant is open.

        none: what stands there while nothing is chosen.
        """
        self.things = {thing.public_id: thing for thing in things}
        names = [(thing.public_id, INDENT * getattr(thing, "depth", 0) + thing.name) for thing in things]
        self.choices = [("", none), *names]

    def clean(self, value: Any) -> Thing | None:
        return self.things.get(super().clean(value))


class DepartmentField(ThingField):
    """A department, chosen from the tree."""

    def load(self, none: str | Promise | None = None, *, within: frozenset[str] | None = None) -> None:
        """Read the tree. within: the paths of the departments that can be chosen, with all below; None for all."""
        self.fill(departments_as_tree(within=within), none or _("None"))


def level_field() -> forms.TypedChoiceField:
    choices = [(level.value, f"{level.value} · {level.label}") for level in SkillLevel]
    return forms.TypedChoiceField(label=_("Level"), coerce=int, choices=choices, initial=SkillLevel.SOLID)


class StateSkillForm(forms.Form):
    """A skill that the member has not listed yet, and its level."""

    skill = forms.ModelChoiceField(
        Skill.objects.none(), label=_("Skill"), to_field_name="public_id", empty_label=_("choose…")
    )

    def __init__(self, member: Member, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["skill"].queryset = skills_not_stated_by(member)  # type: ignore[attr-defined]  # a model choice
        self.fields["level"] = level_field()


class LevelForm(forms.Form):
    """A level alone."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["level"] = level_field()


class OwnSettingsForm(forms.Form):
    """In what language and time zone a member reads."""

    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)
    timezone = forms.ChoiceField(
        label=_("Time zone"), choices=[(name, name.replace("_", " ")) for name in sorted(available_timezones())]
    )


class FilterForm(forms.Form):
    """What the list of people is narrowed by; in the list, what is not valid narrows nothing.

    viewer: whose list it is; who may not see the skills of everybody in it has no such field.
    """

    STATES = (
        ("active", _("Active")),
        ("waiting", _("Never signed in")),
        ("inactive", _("Deactivated")),
        ("", _("All")),
    )

    # What people_found, and the record of a file of them, calls a field otherwise.
    NAMES: ClassVar[dict[str, str]] = {"q": "words"}

    q = forms.CharField(label=_("Name or e-mail"), max_length=100, required=False, widget=forms.SearchInput)
    department = ThingField(label=_("Department"), required=False)
    state = forms.ChoiceField(label=_("Account"), choices=STATES, required=False)
    location = ThingField(label=_("Location"), required=False)
    skill = ThingField(label=_("Skill"), required=False)
    group = ThingField(label=_("Group"), required=False)
    role = forms.ChoiceField(label=_("Role"), choices=[("", _("Any")), *Role.choices], required=False)

    def __init__(self, parameters: Mapping[str, str], *, shelves: Shelves, viewer: Member) -> None:
        super().__init__({"state": "active", **parameters})
        for name in ("department", "location", "skill", "group"):
            _fill(self, name, getattr(shelves, f"{name}s"), _("Any"))
        if not filter_by_skill(viewer):
            del self.fields["skill"]
        if not see_roles_listed(viewer):
            del self.fields["role"]

    @property
    def more(self) -> list[forms.BoundField]:
        """The fields that stand behind "More filters"."""
        return [self[name] for name in ("location", "skill", "group", "role") if name in self.fields]

    @property
    def has_more(self) -> bool:
        """Whether one of those is in use."""
        return any(self.data.get(field.name) for field in self.more)

    def chosen(self) -> dict[str, Any]:
        """Return what is valid of it, for `people_found`."""
        if not self.is_valid() and "state" in self.errors:
            self.cleaned_data["state"] = "active"
        return {self.NAMES.get(name, name): value for name, value in self.cleaned_data.items() if value}


class BulkForm(forms.Form):
    """What is to be done to the people who are ticked, or to all who were found."""

    action = forms.ChoiceField(label=_("With those chosen"))
    to_group = ThingField(label=_("Group"), required=False)
    to_department = ThingField(label=_("Department"), required=False)
    to_location = ThingField(label=_("Location"), required=False)
    everyone = forms.BooleanField(required=False)

    def __init__(self, data: Any = None, *, shelves: Shelves, actor: Member) -> None:
        super().__init__(data)
        actions = [(action.value, action.label) for action in BulkAction if may_do(actor, action)]
        self.fields["action"].choices = [("", _("choose…")), *actions]  # type: ignore[attr-defined]  # a choice field
        departments = [each for each in shelves.departments if may_place(actor, each)]
        for name, things in (("group", shelves.groups), ("department", departments), ("location", shelves.locations)):
            _fill(self, f"to_{name}", things, _("choose…"))
        if not may_do(actor, BulkAction.ADD_TO_GROUP):
            del self.fields["to_group"]

    def target(self) -> Target | None:
        """Return what the action needs to know besides the people."""
        wanted = TARGETS.get(self.cleaned_data["action"])
        return self.cleaned_data.get(f"to_{wanted._meta.model_name}") if wanted is not None else None

    @property
    def targets(self) -> list[tuple[forms.BoundField, str]]:
        """The fields of the targets, each with the actions that need it, parted by spaces."""
        needed = {f"to_{model._meta.model_name}": model for model in TARGETS.values()}
        return [
            (self[name], " ".join(action for action, other in TARGETS.items() if other is model))
            for name, model in needed.items()
            if name in self.fields
        ]


class FileForm(forms.Form):
    """How the list is taken away."""

    file_format = forms.ChoiceField(label=_("Format"), choices=[("csv", "CSV"), ("xlsx", "XLSX")])


def _fill(form: forms.Form, name: str, things: Sequence[Thing], none: str | Promise) -> None:
    form.fields[name].fill(things, none)  # type: ignore[attr-defined]  # a ThingField


class MemberForm(forms.Form):
    """What the directory says about a member.

    within: the paths of the departments to which whoever fills it in is limited; one of them has to be chosen then, and
    who leads the member is not theirs to say: it stays as it is (`manager`).
    """

    name = forms.CharField(label=_("Name"), max_length=120)
    email = forms.EmailField(label=_("E-mail"), max_length=254, help_text=_("They sign in with it."))
    kind = forms.ChoiceField(label=_("Kind"), choices=Kind.choices)
    department = DepartmentField(label=_("Department"), required=False)
    location = forms.ModelChoiceField(
        Location.objects.none(), label=_("Location"), to_field_name="public_id", required=False, empty_label=_("None")
    )
    manager = forms.EmailField(
        label=_("Manager’s e-mail"), required=False, help_text=_("The manager sees and confirms their skills.")
    )
    language = forms.ChoiceField(label=_("Language"), choices=settings.LANGUAGES)

    def __init__(
        self, *args: Any, within: frozenset[str] | None = None, manager: Member | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.led_by = manager
        if within is not None:
            del self.fields["manager"]
        department = self.fields["department"]
        department.load(within=within)  # type: ignore[attr-defined]  # a DepartmentField
        department.required = department.widget.is_required = within is not None
        self.fields["location"].queryset = Location.objects.all()  # type: ignore[attr-defined]  # a model choice

    def clean_manager(self) -> Member | None:
        address = self.cleaned_data["manager"]
        if not address:
            return None
        manager = Member.objects.filter(email__iexact=address, erased_at=None).first()
        if manager is None:
            raise forms.ValidationError(_("Nobody in the directory has this address."))
        return manager

    def entry(self) -> Entry:
        """Return what was entered, for the domain."""
        fields = ("name", "email", "kind", "department", "location", "language")
        manager = self.cleaned_data["manager"] if "manager" in self.fields else self.led_by
        return Entry(manager=manager, **{field: self.cleaned_data[field] for field in fields})


class NewMemberForm(MemberForm):
    invite = forms.BooleanField(label=_("Send an invitation by e-mail now"), required=False, initial=True)


class RolesForm(forms.Form):
    """The roles that a member is to hold, and the departments that they are to administer.

    held: the departments that they administer now; each can be taken away, and one be added.
    """

    roles = forms.MultipleChoiceField(
        label=_("Roles in the whole organization"),
        choices=Role.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    departments = forms.MultipleChoiceField(
        label=_("Administrator of"), required=False, widget=forms.CheckboxSelectMultiple
    )
    one_more = DepartmentField(
        label=_("Make them administrator of one department"),
        required=False,
        help_text=_(
            "They look after the accounts of its people, and of those below it, except for those who hold a "
            "role or manage a challenge. They cannot set anybody’s manager."
        ),
    )

    def __init__(self, *args: Any, held: Iterable[Department], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.held = {department.public_id: department for department in held}
        choices = [(public_id, department.name) for public_id, department in self.held.items()]
        self.fields["departments"].choices = choices  # type: ignore[attr-defined]  # a choice field
        self.fields["departments"].initial = list(self.held)
        self.fields["one_more"].load()  # type: ignore[attr-defined]  # a DepartmentField
        if not self.held:
            del self.fields["departments"]

    def administered(self) -> list[Department]:
        """Return the departments that were chosen."""
        kept = [self.held[public_id] for public_id in self.cleaned_data.get("departments", [])]
        added = self.cleaned_data["one_more"]
        return kept if added is None else [*kept, added]


class NameForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=120)


class NewDepartmentForm(NameForm):
    parent = DepartmentField(label=_("Below"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["parent"].load()  # type: ignore[attr-defined]  # a DepartmentField


class GroupMemberForm(forms.Form):
    email = forms.EmailField(label=_("E-mail of a member"))


class UploadForm(forms.Form):
    file = forms.FileField(
        label=_("CSV file"),
        help_text=_("UTF-8, at most 20 MB and 100,000 rows, columns separated by commas or semicolons."),
        widget=forms.ClearableFileInput(attrs={"accept": ".csv,text/csv"}),
    )

    def clean_file(self) -> Any:
        upload = self.cleaned_data["file"]
        if upload.size > LARGEST_FILE:  # before it is read
            raise forms.ValidationError(_("The file is larger than 20 MB."))
        return upload


class ConfirmImportForm(forms.Form):
    digest = forms.RegexField(r"^[0-9a-f]{64}$", widget=forms.HiddenInput)
    send_invitations = forms.BooleanField(label=_("Send an invitation by e-mail to every new member"), required=False)
