"""The moderators' panel: reading the queue and working on it. Plain pages all of it; htmx only saves reloads."""

from __future__ import annotations

from datetime import timedelta

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from crowdhub.common.errors import Refusal
from crowdhub.common.http import by_htmx, refuse_unless
from crowdhub.people.models import Member
from crowdhub.people.request import member_of
from crowdhub.people.signed_out import login_required
from ideas.domain.linking import OtherIdeaNotThere
from ideas.models import Idea
from ideas.queries import linkable_ideas
from moderation.domain.claiming import claim_case
from moderation.domain.deciding import UNDO_WITHIN, NotModerated, decide_case, undo_decision
from moderation.enums import NEEDS_REASON, CaseOutcome
from moderation.forms import ReasonForm
from moderation.models import Case
from moderation.queries import (
    ROWS,
    authored_by,
    cases_visible_to,
    is_decided_so,
    open_cases,
    reason_templates,
    undoable_cases,
)
from moderation.rules import MODERATORS_ONLY, QUEUE_READERS_ONLY, read_cases, work_on_cases
from moderation.views.panel_page import (
    Extras,
    Toast,
    filter_of,
    load_case,
    render_case,
    render_list,
    render_panel,
)

MOST_TOGETHER = 100  # each is decided by itself, and the moderator waits for all of them


@login_required
@require_http_methods(["GET", "POST"])
def queue(request: HttpRequest) -> HttpResponse:
    """The list, with what was just decided in a banner that undoes it.

    A list that grows by script is a POST: its ticks are too many for an address.
    """
    member = member_of(request)
    refuse_unless(read_cases, member, None, QUEUE_READERS_ONLY)
    if by_htmx(request, target="cases"):
        return render_list(request)
    return render_panel(request, extras=Extras(toast=_toast_after_redirect(request, member)))


@login_required
@require_GET
def case(request: HttpRequest, public_id: str) -> HttpResponse:
    """The list with one case open in the reading pane; a moderator who opens a free case holds it."""
    member = member_of(request)
    refuse_unless(read_cases, member, None, QUEUE_READERS_ONLY)
    extras = Extras(toast=_toast_after_redirect(request, member))
    _add_reason_form(extras, request.GET.get("outcome", ""))
    if work_on_cases(member, None):
        claim_case(public_id, actor=member)
    if by_htmx(request, target="case"):
        return render_case(request, load_case(request, public_id), extras)
    return render_panel(request, selected=public_id, extras=extras)


@login_required
@require_POST
def decide(request: HttpRequest, public_id: str) -> HttpResponse:
    """Decide one case and open the next; a button of a reason to start from only fills the form."""
    member = member_of(request)
    refuse_unless(work_on_cases, member, None, MODERATORS_ONLY)
    found = get_object_or_404(cases_visible_to(member), public_id=public_id)
    refuse_unless(work_on_cases, member, found, NotModerated.message)
    form = ReasonForm(request.POST)
    if "template" in request.POST or "find" in request.POST:
        return render_panel(request, selected=public_id, extras=_with_template(request))
    if not form.is_valid():
        return render_panel(request, selected=public_id, extras=_refused_form(form), status=422)
    following, sent = _following(request, member, [public_id]), form.cleaned_data
    said = {name: sent[name] for name in ("outcome", "reason", "original")}
    if is_decided_so(found, **said, actor=member):
        return _done(request, following, [found], form, [])
    try:
        original = _original(found, member, form)
        decide_case(found, outcome=sent["outcome"], reason=sent["reason"], original=original, actor=member)
    except Refusal as refusal:
        return _refused(request, public_id, form, refusal)
    return _done(request, following, [found], form, [])


@login_required
@require_POST
def decide_many(request: HttpRequest) -> HttpResponse:
    """Decide the ticked cases in the same way with the same reason; says which ones could not be."""
    member = member_of(request)
    refuse_unless(work_on_cases, member, None, MODERATORS_ONLY)
    ids = request.POST.getlist("case")
    if len(ids) > MOST_TOGETHER:
        too_many = _("Tick at most %(most)d cases at once.") % {"most": MOST_TOGETHER}
        return render_panel(request, extras=Extras(problems=[too_many]), status=422)
    cases = list(cases_visible_to(member).filter(public_id__in=ids).select_related("idea", "comment__idea"))
    if not cases:
        return render_panel(request, extras=Extras(problems=[_("Tick the cases first.")]), status=422)
    outcome = request.POST.get("outcome", "")
    if "template" in request.POST or (outcome in NEEDS_REASON and "reason" not in request.POST):
        return render_panel(request, extras=_with_template(request, cases))
    form = ReasonForm(request.POST)
    if not form.is_valid():
        return render_panel(request, extras=_refused_form(form, cases), status=422)
    return _decide_all(request, member, cases, form)


@login_required
@require_POST
def undo(request: HttpRequest) -> HttpResponse:
    """Take back what was decided a moment ago."""
    member = member_of(request)
    refuse_unless(work_on_cases, member, None, MODERATORS_ONLY)
    ids = (request.POST.getlist("case") or request.GET.getlist("case"))[:MOST_TOGETHER]
    cases = list(cases_visible_to(member).filter(public_id__in=ids))
    problems = [problem for found in cases if (problem := _undo_one(found, member))]
    selected = cases[0].public_id if len(cases) == 1 else ""
    extras = Extras(problems=problems or ([] if cases else [_("There is nothing to undo.")]))
    if by_htmx(request) or extras.problems:
        return render_panel(request, selected=selected, extras=extras, status=409 if extras.problems else 200)
    return HttpResponseRedirect(_address(request, selected))


def _decide_all(request: HttpRequest, member: Member, cases: list[Case], form: ReasonForm) -> HttpResponse:
    decided, problems = [], []
    said = {name: form.cleaned_data[name] for name in ("outcome", "reason")}
    following = _following(request, member, [found.public_id for found in cases])
    for found in cases:
        try:
            if not is_decided_so(found, **said, original="", actor=member):
                decide_case(found, **said, actor=member)
            decided.append(found)
        except Refusal as refusal:
            if refusal.field == "reason":
                form.add_error("reason", str(refusal))
                return render_panel(request, extras=_refused_form(form, cases), status=422)
            problems.append(f"{_title(found)}: {refusal}")
    if not decided:
        return render_panel(request, extras=_with_problems(form, problems), status=409)
    return _done(request, "" if problems else following, decided, form, problems)


def _done(
    request: HttpRequest, following: str, decided: list[Case], form: ReasonForm, problems: list[str]
) -> HttpResponse:
    """Show the next case, with the way back."""
    outcome = form.cleaned_data["outcome"]
    if by_htmx(request) or problems:
        extras = _with_problems(form, problems, _toast(request, decided, outcome))
        if following:
            claim_case(following, actor=member_of(request))
        return render_panel(request, selected=following, extras=extras)
    done = urlencode({"done": [found.public_id for found in decided], "as": outcome}, doseq=True)
    return HttpResponseRedirect(_address(request, following, done))


def _refused(request: HttpRequest, public_id: str, form: ReasonForm, refusal: Refusal) -> HttpResponse:
    if refusal.field:
        form.add_error(refusal.field if refusal.field in ("reason", "original") else None, str(refusal))
        return render_panel(request, selected=public_id, extras=_refused_form(form), status=422)
    return render_panel(request, selected=public_id, extras=_with_problems(form, [str(refusal)]), status=409)


def _with_problems(form: ReasonForm, problems: list[str], toast: Toast | None = None) -> Extras:
    """Say what could not be done, and keep the reason that was typed for it."""
    typed = form if problems and form.cleaned_data["reason"] else None
    return Extras(problems=problems, reason_form=typed, toast=toast)


def _refused_form(form: ReasonForm, cases: list[Case] | None = None) -> Extras:
    outcome = str(form.data.get("outcome", ""))
    return Extras(reason_form=form, templates=list(reason_templates(outcome)), bulk=cases or [])


def _add_reason_form(extras: Extras, outcome: str) -> None:
    if outcome in NEEDS_REASON:
        extras.reason_form = ReasonForm(initial={"outcome": outcome})
        extras.templates = list(reason_templates(outcome))


def _with_template(request: HttpRequest, cases: list[Case] | None = None) -> Extras:
    """Return the reason form with what was typed so far and, below that, the text of the chosen reason if one was."""
    outcome = request.POST.get("outcome", "")
    templates = list(reason_templates(outcome))
    texts = [request.POST.get("reason", "").strip()]
    texts += [template.text for template in templates if template.public_id == request.POST.get("template")]
    reason = "\n\n".join(text for text in texts if text)
    initial = {"outcome": outcome, "reason": reason}
    initial |= {name: request.POST.get(name, "") for name in ("words", "original")}
    return Extras(ReasonForm(initial=initial), templates, bulk=cases or [])


def _original(found: Case, member: Member, form: ReasonForm) -> Idea | None:
    """Return the idea that was named as the original, or None for none; raises OtherIdeaNotThere."""
    public_id = form.cleaned_data["original"]
    if not public_id or found.idea is None:
        return None
    original: Idea | None = linkable_ideas(found.idea, member).filter(public_id=public_id.replace("\0", "")).first()
    if original is None:
        raise OtherIdeaNotThere(field="original")
    return original


def _undo_one(found: Case, member: Member) -> str:
    try:
        undo_decision(found, actor=member)
    except Refusal as refusal:
        return str(refusal)
    return ""


def _following(request: HttpRequest, member: Member, going: list[str]) -> str:
    """Return the public id of the case that comes after the ones that are about to be decided, or nothing."""
    chosen = filter_of(request)
    cases = open_cases(member, chosen).exclude(authored_by(member))
    ids = list(cases.values_list("public_id", flat=True)[: chosen.shown + ROWS])
    places = [ids.index(public_id) for public_id in going if public_id in ids]
    after = [public_id for public_id in ids[max(places, default=-1) + 1 :] if public_id not in going]
    before = [public_id for public_id in ids if public_id not in going]
    return (after or before or [""])[0]


def _toast_after_redirect(request: HttpRequest, member: Member) -> Toast | None:
    """Return the banner for the decisions named in the address, where they can still be undone."""
    ids = request.GET.getlist("done")[:MOST_TOGETHER]
    if not ids:
        return None
    decided = undoable_cases(member, ids, since=timezone.now() - UNDO_WITHIN + timedelta(seconds=10))
    return _toast(request, decided, request.GET.get("as", "")) if decided else None


def _toast(request: HttpRequest, decided: list[Case], outcome: str) -> Toast:
    label = CaseOutcome(outcome).label if outcome in CaseOutcome.values else _("Decided")
    cases = ngettext("%(label)s: %(number)d case.", "%(label)s: %(number)d cases.", len(decided))
    query = urlencode({"case": [found.public_id for found in decided]}, doseq=True)
    undo_url = f"{reverse('moderation:undo')}?{filter_of(request).query}{query}"
    return Toast(cases % {"label": label, "number": len(decided)}, undo_url)


def _title(found: Case) -> str:
    idea = found.idea if found.comment is None else found.comment.idea
    return str(idea)


def _address(request: HttpRequest, public_id: str, more: str = "") -> str:
    path = reverse("moderation:case", args=[public_id]) if public_id else reverse("moderation:queue")
    query = (filter_of(request).query + more).rstrip("&")
    return f"{path}?{query}" if query else path
