"""The operator's admin: on the operator's own host alone, seeing every organization through its own database role."""

from __future__ import annotations

from typing import Any

from csp.constants import SELF, UNSAFE_EVAL, UNSAFE_INLINE
from csp.decorators import csp_update
from django.contrib import admin, messages
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.db.models import ForeignKey, Model, QuerySet
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.admin import ModelAdmin
from unfold.sites import UnfoldAdminSite

from crowdhub.activity.models import OutboxRow
from crowdhub.common.errors import Refusal
from crowdhub.people.domain.settings import CHECKS, change_settings
from crowdhub.people.models import Member
from crowdhub.reports.models import Export
from crowdhub.tenancy.context import current_organization, tenant
from crowdhub.tenancy.hosts import forget_hosts
from crowdhub.tenancy.models import Domain, Organization

ALIAS = "operator"
# The admin's package needs these; they hold on its path only.
POLICY = {"script-src": [SELF, UNSAFE_INLINE, UNSAFE_EVAL], "style-src": [SELF, UNSAFE_INLINE]}


class OperatorSite(UnfoldAdminSite):
    """An admin that does not exist on any other organization's host."""

    site_header = _("CrowdHub operations")
    site_title = _("CrowdHub operations")

    def admin_view(self, view: Any, cacheable: bool = False) -> Any:
        guarded = csp_update(POLICY)(super().admin_view(view, cacheable))

        def on_the_operators_host(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if not current_organization().is_operator:
                raise Http404
            return guarded(request, *args, **kwargs)

        return on_the_operators_host

    def has_permission(self, request: HttpRequest) -> bool:
        return isinstance(request.user, Member) and request.user.is_staff

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """There is one way to sign in, with its limits and its second factor."""
        if not current_organization().is_operator:
            raise Http404
        return redirect_to_login(request.GET.get("next") or reverse("operator-admin:index"))


site = OperatorSite(name="operator-admin")


class EverywhereAdmin(ModelAdmin):
    """Reads and writes through the operator's role, which row-level security lets see every organization."""

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        # The base manager, because the scoped one knows only the organization that is open.
        rows: QuerySet[Any] = self.model._base_manager.using(ALIAS).all()
        ordering = self.get_ordering(request)
        return rows.order_by(*ordering) if ordering else rows

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        obj.save(using=ALIAS)

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        obj.delete(using=ALIAS)

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        return super().formfield_for_foreignkey(db_field, request, using=ALIAS, **kwargs)


class ReadOnlyAdmin(EverywhereAdmin):
    """A list to look at."""

    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


class OrganizationForm(ModelForm):
    """Checks what is typed as the organization's own settings page does, so that its versions tell of every change."""

    def clean(self) -> dict[str, Any]:
        chosen: dict[str, Any] = super().clean() or self.cleaned_data
        for name in CHECKS:
            if name in chosen and name in self.changed_data:
                try:
                    self.cleaned_data[name] = CHECKS[name](chosen[name])
                except Refusal as refusal:
                    self.add_error(name, str(refusal))
        return self.cleaned_data


@admin.register(Organization, site=site)
class OrganizationAdmin(EverywhereAdmin):
    """Organizations; they are made by `manage.py create_organization`, and never deleted by a click."""

    list_display = ("slug", "name", "language", "timezone", "is_operator", "created_at")
    search_fields = ("slug", "name")
    form = OrganizationForm
    fields = ("slug", *CHECKS, "is_operator", "created_at")
    readonly_fields = ("slug", "is_operator", "created_at")
    actions = None

    def save_model(self, request: HttpRequest, obj: Organization, form: Any, change: bool) -> None:  # type: ignore[override]  # any model
        """Write a version that the organization reads; only the operator can lower its smallest group."""
        values: Any = {name: form.cleaned_data[name] for name in form.changed_data}
        with tenant(obj), transaction.atomic():
            change_settings(Organization(pk=obj.pk), values, actor=None)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(Domain, site=site)
class DomainAdmin(EverywhereAdmin):
    """Which host leads to which organization; other processes learn of a change within a minute."""

    list_display = ("host", "organization", "is_canonical", "redirects")
    list_select_related = ("organization",)
    search_fields = ("host",)
    actions = None

    def save_model(self, request: HttpRequest, obj: Domain, form: Any, change: bool) -> None:  # type: ignore[override]  # any model
        obj.host = obj.host.strip().lower().rstrip(".")
        super().save_model(request, obj, form, change)
        forget_hosts()

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        super().delete_model(request, obj)
        forget_hosts()


@admin.register(OutboxRow, site=site)
class ParkedAdmin(EverywhereAdmin):
    """Work that was tried too often and waits for a person: look at the error, then let it be tried again."""

    list_display = ("id", "organization", "consumer", "attempts", "parked_at", "last_error")
    list_filter = ("consumer",)
    list_select_related = ("organization",)
    ordering = ("-parked_at",)
    actions = ("replay",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(parked_at__isnull=False, done_at=None)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return obj is None  # the action needs it, the row itself is not edited

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    @admin.action(description=_("Replay: try again from the beginning"))
    def replay(self, request: HttpRequest, queryset: QuerySet[OutboxRow]) -> None:
        count = queryset.update(parked_at=None, attempts=0, next_attempt_at=timezone.now(), last_error="")
        text = ngettext("%d row will be tried again.", "%d rows will be tried again.", count) % count
        self.message_user(request, text, messages.SUCCESS)


@admin.register(Export, site=site)
class ExportAdmin(ReadOnlyAdmin):
    """Who exported what and when; never what is in it."""

    list_display = ("public_id", "organization", "kind", "file_format", "state", "requested_at", "finished_at")
    list_filter = ("kind", "state")
    list_select_related = ("organization",)
    ordering = ("-requested_at",)
    fields = ("public_id", "organization", "kind", "file_format", "first_month", "last_month", "state", "requested_at")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).defer("content")
