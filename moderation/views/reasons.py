"""The log of decisions, and the reasons that moderators start from."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods

from crowdhub.activity.enums import Verb
from crowdhub.common.errors import Refusal, put_refusal
from crowdhub.common.http import refuse_unless
from crowdhub.common.shown_again import put_hidden
from crowdhub.people.models import Member
from crowdhub.people.names import shown_name
from crowdhub.people.request import member_of
from crowdhub.people.signed_out import login_required
from moderation.domain import reasons
from moderation.forms import ReasonTemplateForm
from moderation.models import ReasonTemplate
from moderation.queries import decision_log, original_of, reason_changes
from moderation.rules import edit_templates, read_cases, reads_everything

LOG_ROWS = 50
CHANGES_SHOWN = 20
CHANGES = {
    Verb.REASON_ADDED: gettext_lazy("written"),
    Verb.REASON_CHANGED: gettext_lazy("changed"),
    Verb.REASON_DELETED: gettext_lazy("deleted"),
}
READERS_ONLY = gettext_lazy("The decision log is for moderators and auditors.")
TEMPLATE_READERS_ONLY = gettext_lazy("The reason templates are for moderators and auditors.")
TEMPLATE_EDITORS_ONLY = gettext_lazy("Only moderators of the whole organization write reason templates.")


@login_required
@require_GET
def log(request: HttpRequest) -> HttpResponse:
    """Every decision that the member may read, the newest first, undone ones marked."""
    member = member_of(request)
    refuse_unless(read_cases, member, None, READERS_ONLY)
    page = Paginator(decision_log(member), LOG_ROWS).get_page(request.GET.get("page"))
    rows = [
        {"decision": row, "by": shown_name(row.decided_by, viewer=member), "original": original_of(row)} for row in page
    ]
    context = {"page": page, "rows": rows, "of_all": reads_everything(member, None)}
    return render(request, "moderation/log.html", context)


@login_required
@require_GET
def templates(request: HttpRequest) -> HttpResponse:
    """The reasons, by what they are used for; auditors read them too."""
    member = member_of(request)
    refuse_unless(read_cases, member, None, TEMPLATE_READERS_ONLY)
    rows = ReasonTemplate.objects.order_by("outcome", "language", "title")
    changes = reason_changes(member)[:CHANGES_SHOWN]
    known = {template.pk: template.title for template in rows}
    history = [
        {
            "title": known.get(change.data["reason"], ""),
            "what": CHANGES[Verb(change.verb)],
            "by": shown_name(change.actor, viewer=member),
            "at": change.occurred_at,
        }
        for change in changes
    ]
    context = {"rows": rows, "may_edit": edit_templates(member, None), "history": history}
    return render(request, "moderation/templates.html", context)


@login_required
@require_http_methods(["GET", "POST"])
def add_template(request: HttpRequest) -> HttpResponse:
    refuse_unless(edit_templates, member_of(request), None, TEMPLATE_EDITORS_ONLY)
    return _edit(request, None)


@login_required
@require_http_methods(["GET", "POST"])
def edit_template(request: HttpRequest, public_id: str) -> HttpResponse:
    refuse_unless(edit_templates, member_of(request), None, TEMPLATE_EDITORS_ONLY)
    return _edit(request, get_object_or_404(ReasonTemplate, public_id=public_id))


@login_required
@require_http_methods(["GET", "POST"])
def delete_template(request: HttpRequest, public_id: str) -> HttpResponse:
    """Delete a reason to start from, after asking; decisions keep the words that they were given."""
    refuse_unless(edit_templates, member_of(request), None, TEMPLATE_EDITORS_ONLY)
    template = get_object_or_404(ReasonTemplate, public_id=public_id)
    if request.method == "GET":
        context = {"heading": _("Delete this reason?"), "question": "moderation/_delete.html", "template": template}
        return render(request, "ask.html", context)
    try:
        reasons.delete_reason(template, actor=member_of(request))
        messages.success(request, _("The reason was deleted."))
    except Refusal as refusal:
        messages.warning(request, str(refusal))
    return HttpResponseRedirect(reverse("moderation:templates"))


def _edit(request: HttpRequest, template: ReasonTemplate | None) -> HttpResponse:
    form = ReasonTemplateForm(request.POST or None, instance=template)
    other, status = None, 200
    if request.method == "POST":
        try:
            if form.is_valid():
                _save(form, template, member_of(request))
                messages.success(request, _("The reason was saved."))
                return HttpResponseRedirect(reverse("moderation:templates"))
            status = 422
        except Refusal as refusal:
            put_refusal(form, refusal)
            status = refusal.status
            if template and isinstance(refusal, reasons.ReasonChangedMeanwhile):
                put_hidden(form, "version", template.version)
                other = template
    # The browser's own copy of what is typed; a reason that is saved leaves it behind.
    key = f"{template.public_id}-{template.version}" if template else f"new-{ReasonTemplate.objects.count()}"
    context = {"form": form, "template": template, "other": other, "draft_key": key}
    return render(request, "moderation/template.html", context, status=status)


def _save(form: ReasonTemplateForm, template: ReasonTemplate | None, member: Member) -> None:
    words = {name: form.cleaned_data[name] for name in reasons.FIELDS}
    if template is None:
        reasons.add_reason(actor=member, **words)
    else:
        known = form.cleaned_data["version"]
        reasons.change_reason(template, actor=member, known_version=known, **words)
