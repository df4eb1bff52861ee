from __future__ import annotations

from functools import lru_cache
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from crowdhub.people.along import brought_along, counted_along
from crowdhub.people.models import EVERYWHERE, IN_DEPARTMENTS, Member, RoleGrant
from crowdhub.tenancy.context import current_organization


class OrganizationBackend(AuthenticationBackend):
    """Signs in members of the open organization; a cookie replayed on another host finds nobody there."""

    def get_user(self, user_id: int) -> Member | None:
        """Return the active member with their roles and all that limits them, in one query."""
        return _members_for_a_request(current_organization().pk).filter(pk=user_id).first()


@lru_cache(maxsize=256)
def _members_for_a_request(organization_id: int) -> QuerySet[Member]:
    """Return the active members of the open organization with all that they bring along; each use adds to a copy.

    It is the same for every request, and to build it takes longer than all else that signs a member in.
    """
    grants = RoleGrant.objects.filter(member=OuterRef("pk"))
    return (
        Member.objects.filter(is_active=True)
        .select_related("department")
        .annotate(
            role_names=ArraySubquery(grants.filter(EVERYWHERE).values("role")),
            scope_paths=ArraySubquery(grants.filter(IN_DEPARTMENTS).values("department__path")),
            unread_count=_unread_count(),
            **brought_along(),
            **counted_along(),
        )
    )


def _unread_count() -> Coalesce:
    """Count the notifications that the member of an outer query has not read.

    The inbox stands above this app, so its table is named by the reverse key and not imported.
    """
    unread = Member.objects.filter(
        pk=OuterRef("pk"), notifications__isnull=False, notifications__read_at__isnull=True
    ).order_by()
    counted = unread.values("pk").annotate(count=Count("notifications")).values("count")
    return Coalesce(Subquery(counted), 0)


class AccountAdapter(DefaultAccountAdapter):
    """allauth, bound to the open organization and closed to strangers."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False  # people come by invitation or import, never by themselves

    def format_email_subject(self, subject: str) -> str:
        return f"{current_organization().name}: {subject}"

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """The synthetic login is set when a member is saved."""

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        # By organization and not, as allauth has it, by the host that a request claims, which one may vary.
        login = str(credentials.get("email", "")).lower()
        return f"organization-{current_organization().pk}:{login}"
