"""Whose name is shown to whom: the one function that every page, export, mail and log asks."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from crowdhub.people.models import Member

PATH_SIGN: Final = " › "  # between a department and what is above it; files have ">", which keyboards have


def shown_name(person: Member | None, *, viewer: Member | None) -> str:
    """Return the name of `person` to show to `viewer` (None: the system itself, in a mail or an export).

    An erased person, or an absent one, has no name any more. Nobody's name depends on the viewer yet; every caller
    says who that is, because a name that is hidden from some has to be hidden here.
    """
    if person is None or person.erased_at is not None:
        return _("Former member")
    return person.name


def account_name(person: Member) -> str:
    """Return what allauth calls a signed-in person to themselves."""
    return shown_name(person, viewer=person)
