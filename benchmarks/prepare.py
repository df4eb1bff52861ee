"""Print, as JSON, what to measure: pages with somebody's session, in the demo's acme and in the large organization."""

from __future__ import annotations

import json

import django

django.setup()

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import transaction
from django.db.models import Count
from django.urls import reverse

from challenges.models import Challenge, Invitation
from challenges.queries import challenges_visible_to
from challenges.wording import names_in
from crowdhub.people.models import Member
from crowdhub.tenancy.context import tenant
from crowdhub.tenancy.models import Domain, Organization
from ideas.models import Idea
from ideas.queries import ideas_visible_to
from moderation.models import Case


def session_of(member: Member) -> str:
    store = SessionStore()
    store[SESSION_KEY] = str(member.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = member.get_session_auth_hash()
    store.create()
    return str(store.session_key)


def pages_of(host: str, people: dict[str, str]) -> dict[str, object]:
    domain = Domain.objects.get(host=host)
    with tenant(Organization(pk=domain.organization_id)), transaction.atomic():
        employee = Member.objects.get(email=people["employee"])
        moderator = Member.objects.get(email=people["moderator"])
        # The same kind of page at both sizes: asked for a reason that names something, and somebody else's idea.
        asked = [one.challenge_id for one in Invitation.objects.filter(member=employee) if names_in([one.reason])]
        challenge = (
            challenges_visible_to(employee)
            .filter(pk__in=asked, ideas__state="published")
            .annotate(count=Count("ideas"))
            .order_by("-count")
            .first()
        )
        assert isinstance(challenge, Challenge)
        idea = (
            ideas_visible_to(employee)
            .filter(state="published")
            .exclude(contributors__member=employee)
            .annotate(count=Count("comments"))
            .order_by("-count", "pk")
            .first()
        )
        assert isinstance(idea, Idea)
        sizes = {
            "members": Member.objects.count(),
            "ideas": Idea.objects.count(),
            "open cases": Case.objects.filter(state="open").count(),
            "ideas of the challenge": challenge.count,
            "comments of the idea": idea.count,
        }
        session, moderators = session_of(employee), session_of(moderator)
        return {
            "host": host,
            "sizes": sizes,
            "pages": {
                "floor": {"path": "/floor/", "session": session},
                "home": {"path": reverse("pages:home"), "session": session},
                "challenge": {
                    "path": reverse("pages:challenge", kwargs={"public_id": challenge.public_id}),
                    "session": session,
                },
                "idea": {
                    "path": reverse("ideas:detail", kwargs={"public_id": idea.public_id}),
                    "session": session,
                },
                "moderation queue": {"path": reverse("moderation:queue"), "session": moderators},
            },
        }


if __name__ == "__main__":
    print(
        json.dumps(
            {
                "small": pages_of(
                    "acme.localhost", {"employee": "alice@acme.example", "moderator": "bob@acme.example"}
                ),
                "large": pages_of(
                    "big.localhost", {"employee": "employee@big.example", "moderator": "moderator@big.example"}
                ),
            }
        )
    )
