"""The member's lists of challenges, and what waits there for those who manage them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.core.paginator import Paginator
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET

from challenges import rules
from challenges.enums import ChallengeState
from challenges.models import Challenge, Invitation
from challenges.queries import challenges_listed
from challenges.wording import next_date, status_of, why_asked_each
from crowdhub.common.tabs import Tab
from crowdhub.people.models import Member
from crowdhub.people.request import member_of
from crowdhub.people.signed_out import login_required
from ideas.queries import AnswersWaiting, answers_waiting

PAGE_SIZE: Final = 20
LISTS: Final = {
    "asked": gettext_lazy("Asked of you"),
    "open": gettext_lazy("Open to you"),
    "past": gettext_lazy("Past"),
}
MANAGED: Final = "managed"
EMPTY: Final = {
    "asked": gettext_lazy("Nothing is asked of you now."),
    "open": gettext_lazy("No other challenge is open to you now."),
    "past": gettext_lazy("No challenge has ended yet."),
    MANAGED: gettext_lazy("You do not manage any challenge yet."),
}


@dataclass(frozen=True)
class Row:
    """A challenge in a list: where it stands, what comes next and why it is there."""

    title: str
    url: str
    status: str
    tone: str
    next_label: str
    next_at: datetime | None
    why: str
    waiting: AnswersWaiting | None


@login_required
@require_GET
def list_challenges(request: HttpRequest) -> HttpResponse:
    """The challenges that the member is asked, may see, could see once, or manages."""
    member = member_of(request)
    tabs = dict(LISTS)
    if rules.create_challenge(member):
        tabs[MANAGED] = gettext_lazy("Managed by you")
    current = request.GET.get("show", "asked")
    current = current if current in tabs else "asked"
    invitations = Invitation.objects.filter(member=member, withdrawn_at=None)
    found = challenges_listed(member, current).prefetch_related(
        "phases", Prefetch("invitations", queryset=invitations, to_attr="mine")
    )
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "rows": rows_of(list(page), manager=member if current == MANAGED else None),
        "page": page,
        "query": f"show={current}&",
        "tabs": [Tab(f"?show={name}", label, name == current) for name, label in tabs.items()],
        "heading": tabs[current],
        "empty": EMPTY[current],
        "may_create": rules.create_challenge(member),
        "may_begin": rules.begin_challenge(member),
    }
    return render(request, "challenges/list.html", context)


def rows_of(challenges: list[Challenge], *, manager: Member | None = None) -> list[Row]:
    """Return what a list shows; the challenges come with phases, and with the member's invitation in `mine`.

    A manager who looks after them reads what waits there instead of why they are asked.
    """
    asked = [] if manager else [one for challenge in challenges for one in challenge.mine]  # type: ignore[attr-defined]  # prefetched
    reasons = why_asked_each(asked)
    waiting = answers_waiting((challenge.pk for challenge in challenges), manager) if manager and challenges else {}
    return [_row(challenge, reasons, waiting.get(challenge.pk), editable=bool(manager)) for challenge in challenges]


def _row(challenge: Challenge, reasons: dict[int, str], waiting: AnswersWaiting | None, *, editable: bool) -> Row:
    status, tone = status_of(challenge)
    next_label, next_at = next_date(challenge)
    mine: list[Invitation] = challenge.mine  # type: ignore[attr-defined]  # prefetched by the view
    return Row(
        title=challenge.title or _("Untitled"),
        url=_url(challenge, editable=editable),
        status=status,
        tone=tone,
        next_label=next_label,
        next_at=next_at,
        why=reasons.get(mine[0].pk, "") if mine else "",
        waiting=waiting,
    )


def _url(challenge: Challenge, *, editable: bool) -> str:
    if challenge.state == ChallengeState.DRAFT:
        return reverse("challenges:edit", args=[challenge.public_id])
    return reverse("pages:room" if editable else "pages:challenge", args=[challenge.public_id])
