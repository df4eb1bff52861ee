"""The ideas that an idea is connected with, and connecting it with more."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from crowdhub.common.errors import Refusal, form_status, put_refusal
from crowdhub.common.http import refuse_unless
from crowdhub.people.models import Member
from crowdhub.people.request import member_of
from crowdhub.people.signed_out import login_required
from ideas import rules
from ideas.connections import connections
from ideas.domain import linking
from ideas.forms import LinkForm
from ideas.models import Idea, IdeaLink
from ideas.queries import ideas_to_link, linkable_ideas, links_of
from ideas.views.fetching import id_from, idea_or_404

LINKS_ON_A_PAGE = 50
MOST_LETTERS = 140  # of a search: no title is longer


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def links(request: HttpRequest, public_id: str) -> HttpResponse:
    """Every connection of an idea; for those who may, a search by words (`q`) and the form that adds one."""
    member = member_of(request)
    idea = idea_or_404(request, public_id)
    if request.method == "POST":
        refuse_unless(rules.link_idea, member, idea, rules.WHO_LINKS)
    words = (request.POST.get("q") or request.GET.get("q") or "")[:MOST_LETTERS].strip()
    kinds = rules.link_kinds(member, idea)
    found = list(ideas_to_link(idea, member, words)) if kinds else []
    form = LinkForm(request.POST if request.method == "POST" else None, kinds=kinds, found=found)
    if request.method == "POST" and form.is_valid():
        try:
            other = _other(idea, member, form.cleaned_data["other"])
            linking.link_ideas(idea, other, form.cleaned_data["kind"], actor=member)
            messages.success(request, _("The ideas are connected."))
            return redirect("ideas:links", public_id)
        except Refusal as refusal:
            put_refusal(form, refusal)
    page = Paginator(links_of(idea, member), LINKS_ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "idea": idea,
        "page": page,
        "connections": connections(page, idea, member),
        "form": form if kinds else None,
        "found": found,
        "words": words,
    }
    return render(request, "ideas/links.html", context, status=form_status(form))


@login_required
@require_POST
def unlink(request: HttpRequest, public_id: str) -> HttpResponse:
    """Take away the link whose id is in `link`."""
    member = member_of(request)
    idea = idea_or_404(request, public_id)
    refuse_unless(rules.link_idea, member, idea, rules.WHO_LINKS)
    chosen = links_of(idea, member).filter(public_id=id_from(request.POST, "link"))
    link: IdeaLink | None = chosen.filter(idea=idea).first()
    try:
        if link is not None and linking.unlink_ideas(link, actor=member):
            messages.success(request, _("The ideas are no longer connected."))
    except Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("ideas:links", public_id)


def _other(idea: Idea, member: Member, public_id: str) -> Idea:
    other: Idea | None = linkable_ideas(idea, member).filter(public_id=public_id).first()
    if other is None:
        raise linking.OtherIdeaNotThere(field="other")
    return other
