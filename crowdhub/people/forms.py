from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from crowdhub.people.domain.directory import Entry
from crowdhub.people.domain.import_file import LARGEST_FILE
from crowdhub.people.enums import Kind, Role, SkillLevel
from crowdhub.people.models import Department, Location, Member, Skill
from crowdhub.people.queries import departments_as_tree, skills_not_stated_by

INDENT = "\u2003"  # an em space: browsers trim ordinary ones in options


class DepartmentField(forms.ChoiceField):
    """A department of the open organization, chosen from the tree; cleans to a Department or None."""

    def load(self, none: str | Promise | None = None, *, within: frozenset[str] | None = None) -> None:
        """Read the tree; called when the form is made, because only then a tenant is open.

        none: what stands there while no department is chosen.
        within: the paths of the departments that can be chosen, with all below; None for every one.
        """
        tree = departments_as_tree(within=within)
        self.departments = {department.public_id: department for department in tree}
        names = [(d.public_id, INDENT * d.depth + d.name) for d in tree]  # type: ignore[attr-defined]  # set by the query
        self.choices = [("", none or _("None")), *names]

    def clean(self, value: Any) -> Department | None:
        return self.departments.get(super().clean(value))


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
    """What the list of people is narrowed by; what is not valid narrows nothing."""

    STATES = (("active", _("Active")), ("inactive", _("Deactivated")), ("", _("All")))

    q = forms.CharField(label=_("Name or e-mail"), max_length=100, required=False)
    department = DepartmentField(label=_("Department"), required=False)
    skill = forms.ModelChoiceField(
        Skill.objects.none(), label=_("Skill"), to_field_name="public_id", required=False, empty_label=_("Any")
    )
    role = forms.ChoiceField(label=_("Role"), choices=[("", _("Any")), *Role.choices], required=False)
    state = forms.ChoiceField(label=_("Account"), choices=STATES, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["department"].load(_("Any"))  # type: ignore[attr-defined]  # a DepartmentField
        self.fields["skill"].queryset = Skill.objects.all()  # type: ignore[attr-defined]  # a model choice


class MemberForm(forms.Form):
    """What the directory says about a member.

    within: the paths of the departments to which whoever fills it in is limited; one of them has to be chosen then.
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

    def __init__(self, *args: Any, within: frozenset[str] | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
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
        fields = ("name", "email", "kind", "department", "location", "manager", "language")
        return Entry(**{field: self.cleaned_data[field] for field in fields})


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
        help_text=_("They keep the accounts of its people, and of those below it, except of those who hold a role."),
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
        help_text=_("UTF-8, at most 20 MB and 100,000 rows, columns parted by commas or semicolons."),
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
