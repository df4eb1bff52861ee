"""The log of decisions, and the reasons that moderators start from."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crowdhub.common.http import refuse_unless
from crowdhub.people.names import shown_name
from crowdhub.people.request import member_of
from crowdhub.tenancy.context import current_organization
from moderation.forms import ReasonTemplateForm
from moderation.models import ReasonTemplate
from moderation.queries import decision_log, original_of
from moderation.rules import edit_templates, read_cases

LOG_ROWS = 50
READERS_ONLY = gettext_lazy("The decision log is for moderators and auditors.")
TEMPLATE_READERS_ONLY = gettext_lazy("The reasons to start from are for moderators and auditors.")
TEMPLATE_EDITORS_ONLY = gettext_lazy("Only moderators write the reasons they start from.")


@login_required
@require_GET
def log(request: HttpRequest) -> HttpResponse:
    """Every decision, the newest first, undone ones marked."""
    member = member_of(request)
    refuse_unless(read_cases, member, None, READERS_ONLY)
    page = Paginator(decision_log(member), LOG_ROWS).get_page(request.GET.get("page"))
    rows = [
        {"decision": row, "by": shown_name(row.decided_by, viewer=member), "original": original_of(row)} for row in page
    ]
    return render(request, "moderation/log.html", {"page": page, "rows": rows})


@login_required
@require_GET
def templates(request: HttpRequest) -> HttpResponse:
    """The reasons, by what they are used for; auditors read them too."""
    member = member_of(request)
    refuse_unless(read_cases, member, None, TEMPLATE_READERS_ONLY)
    rows = ReasonTemplate.objects.order_by("outcome", "language", "title")
    context = {"rows": rows, "may_edit": edit_templates(member, None)}
    return render(request, "moderation/templates.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def add_template(request: HttpRequest) -> HttpResponse:
    refuse_unless(edit_templates, member_of(request), None, TEMPLATE_EDITORS_ONLY)
    return _edit(request, ReasonTemplate(organization=current_organization()))


@login_required
@require_http_methods(["GET", "POST"])
def edit_template(request: HttpRequest, public_id: str) -> HttpResponse:
    refuse_unless(edit_templates, member_of(request), None, TEMPLATE_EDITORS_ONLY)
    return _edit(request, get_object_or_404(ReasonTemplate, public_id=public_id))


@login_required
@require_POST
def delete_template(request: HttpRequest, public_id: str) -> HttpResponse:
    """Delete a reason to start from; decisions keep the words that they were given."""
    refuse_unless(edit_templates, member_of(request), None, TEMPLATE_EDITORS_ONLY)
    get_object_or_404(ReasonTemplate, public_id=public_id).delete()
    messages.success(request, _("The reason was deleted."))
    return HttpResponseRedirect(reverse("moderation:templates"))


def _edit(request: HttpRequest, template: ReasonTemplate) -> HttpResponse:
    form = ReasonTemplateForm(request.POST or None, instance=template)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The reason was saved."))
        return HttpResponseRedirect(reverse("moderation:templates"))
    status = 422 if request.method == "POST" else 200
    return render(request, "moderation/template.html", {"form": form, "template": template}, status=status)
