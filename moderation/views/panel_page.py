"""Rendering the panel: all of it, or the part that htmx asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from crowdhub.common.http import by_htmx
from crowdhub.people.request import member_of
from crowdhub.tenancy.context import current_organization
from crowdhub.tenancy.models import PUBLIC_ID_ALPHABET, PUBLIC_ID_LENGTH
from ideas.queries import ideas_to_link
from moderation.enums import CaseKind, CaseOutcome
from moderation.forms import QueueFilterForm, ReasonForm
from moderation.models import Case, ReasonTemplate
from moderation.panel import CaseView
from moderation.queries import MOST_ROWS, ROWS, QueueFilter, case_to_read, overview, queue_rows
from moderation.rules import work_on_cases

ORIGINALS_OFFERED = 3
PUBLIC_ID = re.compile(rf"[{PUBLIC_ID_ALPHABET}]{{{PUBLIC_ID_LENGTH}}}")


@dataclass
class Toast:
    """A decision that was just made and can be undone."""

    text: str
    undo_url: str


@dataclass
class Extras:
    """What an action adds to the panel that it renders."""

    reason_form: ReasonForm | None = None
    templates: list[ReasonTemplate] = field(default_factory=list)
    foreign_templates: list[ReasonTemplate] = field(default_factory=list)  # in another language than the idea
    bulk: list[Case] = field(default_factory=list)
    toast: Toast | None = None
    problems: list[str] = field(default_factory=list)


def filter_of(request: HttpRequest) -> QueueFilter:
    """Return what the address asks the list to show; what it does not know means everything."""
    kind = request.GET.get("kind", "")
    return QueueFilter(
        kind=kind if kind in CaseKind.values else "",
        challenge=request.GET.get("challenge", "")[:20],
        mine=request.GET.get("mine", "") not in {"", "0"},
        shown=_number_shown(request.GET.get("shown", "")),
    )


def _number_shown(asked: str) -> int:
    number = int(asked) if asked.isdecimal() and len(asked) < 6 else ROWS
    return max(ROWS, min(MOST_ROWS, number))


def render_panel(
    request: HttpRequest, *, selected: str = "", extras: Extras | None = None, status: int = 200
) -> HttpResponse:
    """Render list and reading pane; a plain request gets the page around them. Raises Http404 for an unknown case."""
    context = _panel_context(request, selected, extras or Extras())
    template = "moderation/panel.html" if by_htmx(request) else "moderation/queue.html"
    response = render(request, template, context, status=status)
    if by_htmx(request) and request.method == "POST":
        response.headers["HX-Push-Url"] = context["address"]
    return response


def render_list(request: HttpRequest) -> HttpResponse:
    """Render the list alone, longer than before; `selected` names the case in the reading pane, which stays."""
    context = _list_context(request, request.POST.get("selected", ""))
    response = render(request, "moderation/list.html", context | {"starts_with": filter_of(request).shown - ROWS})
    response.headers["HX-Push-Url"] = context["address"]
    return response


def render_case(request: HttpRequest, case: Case, extras: Extras) -> HttpResponse:
    """Render the reading pane alone, for a row of the list that was opened."""
    return render(request, "moderation/case.html", _case_context(request, case, extras))


def load_case(request: HttpRequest, public_id: str) -> Case:
    """Return the case with its content; raises Http404."""
    case = case_to_read(member_of(request), public_id)
    if case is None:
        raise Http404
    return case


def _panel_context(request: HttpRequest, selected: str, extras: Extras) -> dict[str, Any]:
    case = load_case(request, selected) if selected else None
    return _list_context(request, selected) | _case_context(request, case, extras)


def _list_context(request: HttpRequest, selected: str) -> dict[str, Any]:
    member, chosen, now = member_of(request), filter_of(request), timezone.now()
    cases = queue_rows(member, chosen, limit=chosen.shown + 1, now=now)
    found = overview(member)
    rows = [CaseView(row, member, current_organization(), now, chosen.query) for row in cases[: chosen.shown]]
    if not PUBLIC_ID.fullmatch(selected):
        selected = ""
    longer = replace(chosen, shown=chosen.shown + ROWS)
    return {
        "rows": rows,
        "selected": selected,
        "ticked": request.POST.getlist("case"),
        "has_more": len(cases) > chosen.shown,
        "more_url": "" if longer.shown > MOST_ROWS else _panel_address(longer, selected),
        "more_rows_url": _address("moderation:queue", longer),
        "overview": found,
        "filter_form": QueueFilterForm(chosen, found),
        "bulk_url": _address("moderation:bulk", chosen),
        "may_work": work_on_cases(member, None),
        "address": _panel_address(chosen, selected),
    }


def _case_context(request: HttpRequest, case: Case | None, extras: Extras) -> dict[str, Any]:
    chosen = filter_of(request)
    view = None
    _offer_originals(request, extras.reason_form, case)
    _offer_in_the_language_of(extras, [case] if case else extras.bulk)
    if case is not None:
        view = CaseView(case, member_of(request), current_organization(), timezone.now(), chosen.query)
    return {
        "chosen": view,
        "extras": extras,
        "queue_url": _address("moderation:queue", chosen),
        "bulk_url": _address("moderation:bulk", chosen),
    }


def _offer_originals(request: HttpRequest, form: ReasonForm | None, case: Case | None) -> None:
    """Let the moderator who rejects an idea name the one that said the same: one like it, or found by words.

    Looked for when the form comes back, not when it is opened: most ideas have no original.
    """
    if form is None or case is None or case.idea is None:
        return
    form.may_name_original = form["outcome"].value() == CaseOutcome.REJECTED
    if form.may_name_original and request.method == "POST":
        member = member_of(request)
        form.offer(list(ideas_to_link(case.idea, member, form["words"].value() or "", limit=ORIGINALS_OFFERED)))


def _panel_address(chosen: QueueFilter, selected: str) -> str:
    return _address("moderation:case", chosen, selected) if selected else _address("moderation:queue", chosen)


def _offer_in_the_language_of(extras: Extras, cases: list[Case]) -> None:
    """Put the reasons first that its author reads in the language of the idea; all of them where there is none."""
    languages = {case.idea_at_stake.language for case in cases}
    own = [template for template in extras.templates if template.language in languages]
    if own:
        extras.foreign_templates = [template for template in extras.templates if template not in own]
        extras.templates = own


def _address(name: str, chosen: QueueFilter, *args: str) -> str:
    query = chosen.query.rstrip("&")
    return reverse(name, args=args) + (f"?{query}" if query else "")
