"""The living page of the design system: every component in every state, from the templates that all pages use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from crowdhub.common.colour import DARK, LIGHT, Theme
from crowdhub.pages.context import shows_style_guide
from crowdhub.pages.styleguide.forms import FormStates, choice_states, text_states
from crowdhub.pages.styleguide.samples import samples
from crowdhub.pages.styleguide.tokens import Reading, readings, sizes
from crowdhub.tenancy.context import current_organization


@dataclass(frozen=True)
class Part:
    """A section of the guide; its template is rendered once for each scheme, side by side unless it needs the width."""

    slug: str
    title: str | Promise
    note: str | Promise
    is_wide: bool = False

    @property
    def template(self) -> str:
        return f"pages/styleguide/{self.slug}.html"


@dataclass(frozen=True)
class Scheme:
    """A light or a dark half of the guide, with forms whose ids are its own."""

    name: str
    label: str
    texts: FormStates
    choices: FormStates
    readings: list[list[Reading]]


PARTS: Final = (
    Part(
        "colours",
        gettext_lazy("Colours"),
        gettext_lazy("Each text colour on each surface, with its contrast: at least 4.5 for text, 3 for a border."),
    ),
    Part(
        "buttons",
        gettext_lazy("Buttons"),
        gettext_lazy("One main action in view. Hover with the pointer, or move with the Tab key, to see those states."),
    ),
    Part(
        "fields",
        gettext_lazy("Fields"),
        gettext_lazy("A hint stands before its field, an error between both; what was typed stays."),
    ),
    Part(
        "choices",
        gettext_lazy("Choices"),
        gettext_lazy("One of several, some of several, and yes or no."),
    ),
    Part(
        "marks",
        gettext_lazy("Marks"),
        gettext_lazy("Where something stands, what it is, how many, who and when: never by colour alone."),
    ),
    Part(
        "rows",
        gettext_lazy("Rows"),
        gettext_lazy("A list of things that have a page of their own; the whole row leads there."),
        is_wide=True,
    ),
    Part(
        "tables",
        gettext_lazy("Tables"),
        gettext_lazy("For what is compared. On a phone each row becomes a small list."),
        is_wide=True,
    ),
    Part(
        "navigation",
        gettext_lazy("Navigation"),
        gettext_lazy("Tabs are links, with an address each. A menu closes on Escape and when the focus leaves it."),
    ),
    Part(
        "dialogs",
        gettext_lazy("Dialogs"),
        gettext_lazy("A question that must be answered first. Without a script its link leads to a page."),
    ),
    Part(
        "notices",
        gettext_lazy("Notices"),
        gettext_lazy("What happened, what is not there yet, and why: in words, with the next step."),
    ),
    Part(
        "progress",
        gettext_lazy("Progress"),
        gettext_lazy("What is under way, how far it is, and what comes next."),
    ),
    Part(
        "figures",
        gettext_lazy("Figures"),
        gettext_lazy("Each picture has a sentence that says what it shows, and its numbers as a table."),
        is_wide=True,
    ),
)


def styleguide(request: HttpRequest) -> HttpResponse:
    """Show the guide in a demo or while developing; its forms can be sent and do nothing."""
    if not shows_style_guide():
        raise Http404
    return _guide(request)


@require_http_methods(["GET", "HEAD", "POST"])
def _guide(request: HttpRequest) -> HttpResponse:
    if request.method == "POST":
        messages.info(request, _("This page only shows its forms: nothing was changed."))
        return redirect("pages:styleguide")
    context = {
        "parts": PARTS,
        "schemes": [_scheme("light", _("Light"), LIGHT), _scheme("dark", _("Dark"), DARK)],
        "text_sizes": sizes(r"text-\w+"),
        "spaces": sizes(r"s\d+"),
        "radius": sizes("radius")[0],
        "quick": sizes("quick")[0],
        **samples(),
    }
    return render(request, "pages/styleguide/page.html", context)


def _scheme(name: str, label: str, theme: Theme) -> Scheme:
    table: Any = readings(theme, current_organization().accent_colour)
    return Scheme(name, label, text_states(f"{name}-text"), choice_states(f"{name}-choice"), table)
