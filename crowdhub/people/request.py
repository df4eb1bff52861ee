from __future__ import annotations

from django.http import HttpRequest

from crowdhub.people.models import Member


def member_of(request: HttpRequest) -> Member:
    """Return the signed-in member; the view must have seen to it that there is one."""
    member = request.user
    assert isinstance(member, Member)  # noqa: S101  tells the type checker what login_required has ensured
    return member
