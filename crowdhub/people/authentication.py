from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.auth_backends import AuthenticationBackend
from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Count, OuterRef, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest

from crowdhub.people.models import Member, RoleGrant
from crowdhub.tenancy.context import current_organization
from crowdhub.tenancy.hosts import organization_url


class OrganizationBackend(AuthenticationBackend):
    """Signs in members of the open organization; a cookie replayed on another host finds nobody there."""

    def get_user(self, user_id: int) -> Member | None:
        """Return the active member with the roles they hold everywhere, in one query."""
        return (
            Member.objects.filter(pk=user_id, is_active=True)
            .select_related("department")
            .annotate(
                role_names=ArraySubquery(RoleGrant.objects.filter(member=OuterRef("pk")).values("role")),
                unread_count=_unread_count(),
            )
            .first()
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


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """allauth, bound to the open organization and closed to strangers."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False  # people come by invitation or import, never by themselves

    def get_reset_password_from_key_url(self, key: str) -> str:
        from django.urls import reverse

        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        path = path.replace("UID-KEY", key)
        return organization_url(current_organization().pk, path)

    def populate_username(self, request: HttpRequest, user: Any) -> None:
        """The synthetic login is set when a member is saved."""
