"""Whose name is shown to whom: the one function that every page, export, mail and log asks."""

from __future__ import annotations

from django.utils.translation import gettext as _

from crowdhub.people.models import Member


def shown_name(person: Member | None, *, viewer: Member | None, sealed: bool = False) -> str:
    """Return the name of `person` to show to `viewer` (None: the system itself, in a mail or an export).

    `sealed` is for a person whose authorship is hidden from everyone but themselves. An erased person,
    or an absent one, has no name any more.
    """
    if person is None or person.erased_at is not None:
        return _("Former member")
    if sealed and (viewer is None or viewer.pk != person.pk):
        return _("Hidden until the decision")
    return person.name


def account_name(person: Member) -> str:
    """Return what allauth calls a signed-in person to themselves."""
    return shown_name(person, viewer=person)
