"""Who may do what with people, as predicates: of a member alone, or of (member, person)."""

from __future__ import annotations

from typing import Any

from rules.predicates import predicate

from crowdhub.people.enums import Role
from crowdhub.people.models import Department, Member


def _holds(role: Role) -> Any:
    @predicate(f"is_{role}")
    def holds(member: Member) -> bool:
        return role in member.roles

    return holds


is_moderator = _holds(Role.MODERATOR)
is_manager = _holds(Role.MANAGER)
is_hr = _holds(Role.HR)
is_administrator = _holds(Role.ADMINISTRATOR)
is_auditor = _holds(Role.AUDITOR)


@predicate
def is_self(member: Member, person: Member) -> bool:
    return member.pk == person.pk


@predicate
def leads(member: Member, person: Member) -> bool:
    """Whether the member is the person's manager in the directory."""
    return person.manager_id == member.pk


def is_covered(department: Department | None, paths: frozenset[str]) -> bool:
    """Tell whether a department is one of those with these paths, or below one."""
    return department is not None and any(path and department.path.startswith(path) for path in paths)


@predicate
def administers_departments(member: Member) -> bool:
    """Whether the member is an administrator of single departments; of the whole organization is another matter."""
    return bool(member.administered)


@predicate
def has_in_scope(member: Member, person: Member) -> bool:
    """Whether the person belongs to a department that the member administers."""
    return is_covered(person.department, member.administered)


@predicate
def is_trusted(member: Member, person: Member) -> bool:
    """Whether the person holds a role, of any reach, or was appointed to a challenge, even if that sleeps."""
    return bool(person.roles or person.administered or person.managing or person.moderated)


# The directory as a list is for those who keep it, who confirm skills, and who look over their shoulders.
see_directory = is_administrator | is_hr | is_auditor
see_roles = is_administrator | is_auditor  # who holds which role, of everyone
keep_directory = is_administrator
# Administrators of single departments have the list, and what it says, of the people there alone.
open_directory = see_directory | administers_departments
see_account = see_directory | has_in_scope
# Administrators of single departments are told who of their people holds a role: these accounts are not theirs to keep.
# Where the list has everyone, as for HR, it has nobody's roles.
see_roles_listed = see_roles | (administers_departments & ~is_hr)
see_roles_of = see_roles | has_in_scope | is_self
# When somebody was here last is for those who keep the accounts. Whoever reads reports could tell from it how many of a
# small group took part in a month that hides it: they learn no more than whether somebody has ever signed in.
see_visits_listed = is_administrator | (administers_departments & ~see_directory)
see_visits_of = is_administrator | (has_in_scope & ~see_directory)
# What an organization decides for everybody is for those who keep the whole of it; the works council reads along.
see_settings = is_administrator | is_auditor
keep_settings = is_administrator
add_people = is_administrator | administers_departments
change_many = add_people
# Auditors look at the list; taking it away as a file is for those who work with it.
export_directory = is_administrator | is_hr | administers_departments
# Whoever changes an address can take the account over, and with it the account's role.
keep_account = is_administrator | (has_in_scope & ~is_trusted)
# A manager confirms skills, and confirmed skills let people into challenges for the invited alone. So nobody whose
# administration has a limit says who leads whom: they could make up a person, and let that person in.
name_managers = is_administrator
# People aim challenges by skill; everyone else's skills are their own affair.
see_everybodys_skills = is_hr | is_administrator | is_manager
see_skills = is_self | leads | see_everybodys_skills | has_in_scope
# Whom a list leaves out tells as much as a profile, so it is narrowed by skill only where all its people's skills are
# seen: an auditor has everybody in the list, whatever departments they administer.
filter_by_skill = see_everybodys_skills | (administers_departments & ~see_directory)
confirm_skills = (leads | is_hr) & ~is_self
