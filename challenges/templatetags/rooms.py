"""The pages of a challenge's room."""

from __future__ import annotations

from django import template
from django.urls import reverse
from django.utils.translation import gettext as _

from challenges.enums import ChallengeState
from challenges.models import Challenge
from crowdhub.common.tabs import Tab

register = template.Library()


@register.simple_tag
def room_tabs(challenge: Challenge, current: str) -> list[Tab]:
    """Return a tab for each page; current: room, answers, invitations, managers or dates."""
    pages = {
        "room": ("pages:room", _("Overview")),
        "answers": ("pages:answers", _("Answers")),
        "invitations": ("challenges:invitations", _("Invitations")),
        "managers": ("challenges:managers", _("Roles")),
    }
    if challenge.state == ChallengeState.LAUNCHED:
        pages["dates"] = ("challenges:extend", _("Dates"))
    return [
        Tab(reverse(address, args=[challenge.public_id]), label, name == current)
        for name, (address, label) in pages.items()
    ]
